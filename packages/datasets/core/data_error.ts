/**
 * The error for data that cannot be used.
 *
 * @module
 */

/**
 * A file or folder of data is missing, damaged or of another kind. The message is complete: what was found, what was
 * expected and what to do. A program shows it without a stack trace.
 *
 * @example
 * ```ts
 * import { DataError, decodeImage } from "@gasp/datasets";
 * import { assertStringIncludes, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => decodeImage(Uint8Array.of(1, 2, 3), "a.png"), DataError);
 * assertStringIncludes(error.message, "a.png");
 * ```
 */
export class DataError extends Error {
  /** Tells it from other errors. */
  override readonly name = "DataError";
}
