/**
 * The error for data that cannot be used.
 *
 * @module
 */

/**
 * A file or folder of data is missing, damaged or of another kind. The message is complete: what was found, what was
 * expected and what to do. A program shows it without a stack trace.
 */
export class DataError extends Error {
  /** Tells it from other errors. */
  override readonly name = "DataError";
}
