/**
 * What a cache needs of the place where it is kept, small enough for a disk, a browser's storage or a test to offer.
 *
 * @module
 */

/** A file of bytes read and written at any place. */
export interface CacheFile {
  /**
   * Bytes from a place on; fewer where the file ends.
   *
   * @param offset First byte.
   * @param length How many.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * Writes bytes at a place. The file grows as needed; what was never written is zeros. Writes reach the file in their
   * order.
   *
   * @param offset First byte.
   * @param bytes What to write.
   */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Ends the use of the file. */
  close(): Promise<void>;
}

/** Where caches are kept. */
export interface CacheStore {
  /**
   * Opens the file of a set, and makes it if there is none. Files of other versions of the set are of no use any more.
   *
   * @param set Which set: letters, digits and `-`.
   * @param version Which state of it: letters and digits.
   */
  open(set: string, version: string): Promise<CacheFile>;
}

/**
 * A cache that lasts as long as the program.
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
 */
export class MemoryCacheStore implements CacheStore {
  readonly #files = new Map<string, Uint8Array>();

  /** See {@link CacheStore.open}. @param set Which set. @param version Which state of it. */
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
