/**
 * The error thrown by all file readers of this package.
 *
 * @module
 */

/** Thrown if the bytes of a file violate its format; the message says what was found and what was expected. */
export class FileFormatError extends Error {
  /** Error name. */
  override readonly name: string = "FileFormatError";
}
