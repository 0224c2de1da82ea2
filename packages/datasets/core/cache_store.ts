/**
 * Storage for caches: an interface small enough for a disk, a browser's storage or a test.
 *
 * @module
 */

/**
 * A file of bytes with random access.
 *
 * @category Data
 */
export interface CacheFile {
  /**
   * Reads bytes.
   *
   * @param offset First byte.
   * @param length Number of bytes.
   * @returns The bytes; fewer at the end of the file.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * Writes bytes. The file grows as needed; gaps read as zeros. Writes reach the file in order.
   *
   * @param offset First byte.
   * @param bytes Bytes to write.
   */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * Storage for cache files.
 *
 * @category Data
 */
export interface CacheStore {
  /**
   * Opens the file of a data set, creating it if it does not exist. Files of the set's other versions may be deleted.
   *
   * @param set Key of the data set: letters, digits and `-`.
   * @param version Key of its contents: letters and digits.
   */
  open(set: string, version: string): Promise<CacheFile>;
}

/**
 * A cache in memory.
 *
 * @example
 * ```ts
 * import { MemoryCacheStore } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await new MemoryCacheStore().open("pictures", "1");
 * await file.write(2, Uint8Array.of(7));
 * assertEquals(await file.read(0, 4), Uint8Array.of(0, 0, 7));
 * ```
 *
 * @category Data
 */
export class MemoryCacheStore implements CacheStore {
  readonly #files = new Map<string, Uint8Array>();

  /** See {@link CacheStore.open}. @param set Key of the data set. @param version Key of its contents. */
  open(set: string, version: string): Promise<CacheFile> {
    const files = this.#files;
    const name = `${set}.${version}`;
    for (const other of files.keys()) {
      if (other.startsWith(`${set}.`) && other !== name) files.delete(other);
    }
    if (!files.has(name)) files.set(name, new Uint8Array(0));
    return Promise.resolve({
      read: (offset, length) => Promise.resolve(files.get(name)!.slice(offset, offset + length)),
      write(offset, bytes) {
        const end = offset + bytes.length;
        let file = files.get(name)!;
        if (end > file.length) {
          const longer = new Uint8Array(end);
          longer.set(file);
          files.set(name, file = longer);
        }
        file.set(bytes, offset);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }
}
