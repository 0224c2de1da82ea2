/**
 * The error of all file readers here.
 *
 * @module
 */

/** The bytes of a file are not what its format allows; the message says what was found and what was expected. */
export class FileFormatError extends Error {
  /** Name of the class, as for every error. */
  override readonly name: string = "FileFormatError";
}
