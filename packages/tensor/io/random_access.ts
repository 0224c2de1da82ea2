/**
 * Reading parts of a file without loading it whole.
 *
 * @module
 */

/**
 * Random access to bytes: a file, a blob, a server with range requests.
 *
 * @category Files
 */
export interface RandomAccess {
  /** Number of bytes. */
  readonly size: number;
  /**
   * Reads a range.
   *
   * @param offset Byte offset.
   * @param length Number of bytes.
   * @returns Exactly those bytes.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Creates random access to a blob, such as a file chosen in a browser.
 *
 * @param blob The blob.
 * @returns Access to its bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { blobAccess } from "@gasp/tensor";
 *
 * const access = blobAccess(new Blob(["0123456789"]));
 * assertEquals(access.size, 10);
 * assertEquals(new TextDecoder().decode(await access.read(3, 2)), "34");
 * ```
 *
 * @category Files
 */
export function blobAccess(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
