/**
 * The error thrown by all file readers of this package.
 *
 * @module
 */

/**
 * Thrown if the bytes of a file violate its format; the message says what was found and what was expected.
 *
 * @category Files
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { FileFormatError, parseNpy } from "@gasp/tensor";
 *
 * assertThrows(() => parseNpy(Uint8Array.of(1, 2, 3)), FileFormatError, "npy");
 * ```
 */
export class FileFormatError extends Error {
  /** Error name. */
  override readonly name: string = "FileFormatError";
}
