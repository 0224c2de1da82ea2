/**
 * The error for unusable data.
 *
 * @module
 */

/**
 * A file or folder of data is missing, damaged or of another format. The message is complete: what was found, what was
 * expected and what to do, so that a program can show it without a stack trace.
 */
export class DataError extends Error {
  /** Identifies the class, also across workers. */
  override readonly name = "DataError";
}
