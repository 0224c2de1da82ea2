/**
 * Reading parts of a file without loading it whole.
 *
 * @module
 */

/** Random access to bytes: a file, a blob, a server with range requests. */
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
 * import { blobAccess } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const source = blobAccess(new Blob(["hello"]));
 * assertEquals(new TextDecoder().decode(await source.read(1, 3)), "ell");
 * ```
 */
export function blobAccess(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}
