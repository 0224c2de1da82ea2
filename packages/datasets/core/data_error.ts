/**
 * The error for unusable data.
 *
 * @module
 */

/**
 * A file or folder of data is missing, damaged or of another format. The message is complete: what was found, what was
 * expected and what to do, so that a program can show it without a stack trace.
 *
 * @example
 * ```ts
 * import { DataError, decodeImage } from "@gasp/datasets";
 * import { assertRejects, assertStringIncludes } from "@std/assert";
 *
 * const error = await assertRejects(() => decodeImage(Uint8Array.of(1, 2, 3), "a.png"), DataError);
 * assertStringIncludes(error.message, "a.png");
 * ```
 *
 * @category Data
 */
export class DataError extends Error {
  /** Identifies the class, also across workers. */
  override readonly name = "DataError";
}
