/**
 * Cache of items of equal length. The file holds a table with a checksum for each item, then the items. An item is valid
 * if the table has the checksum of its bytes, so that a killed program or a lost disk block costs no more than recomputing
 * that item.
 *
 * @module
 */
import { fnv1a } from "@gasp/tensor";
import type { CacheFile, CacheStore } from "../core/cache_store.ts";

/** A cached item: its bytes, a mark that it is damaged, or `undefined` if it is not cached. */
export type CachedItem = Uint8Array | "damaged" | undefined;

/** Entries of the table that are not checksums. */
const ABSENT = 0;
const DAMAGED = 1;

/** FNV-1a over 32-bit words, then the bytes left over; never a value that means something else. */
function checkSum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i, true));
  const hash = fnv1a(bytes.subarray(4 * words.length), fnv1a(words)) >>> 0;
  return hash <= DAMAGED ? 2 : hash;
}

/** A cache of items of equal length. */
export class PixelCache {
  readonly #file: CacheFile;
  readonly #table: DataView<ArrayBuffer>;
  readonly #itemBytes: number;

  private constructor(file: CacheFile, table: DataView<ArrayBuffer>, itemBytes: number) {
    this.#file = file;
    this.#table = table;
    this.#itemBytes = itemBytes;
  }

  /**
   * Opens the cache of a data set.
   *
   * @param store Storage.
   * @param set Key of the data set: letters, digits and `-`.
   * @param version Key of its contents: letters and digits.
   * @param items Number of items.
   * @param itemBytes Bytes per item.
   */
  static async open(
    store: CacheStore,
    set: string,
    version: string,
    items: number,
    itemBytes: number,
  ): Promise<PixelCache> {
    const file = await store.open(set, version);
    const table = new Uint8Array(4 * items);
    table.set(await file.read(0, table.length));
    return new PixelCache(file, new DataView(table.buffer), itemBytes);
  }

  /**
   * Reads an item.
   *
   * @param item Item index.
   */
  async get(item: number): Promise<CachedItem> {
    const sum = this.#table.getUint32(4 * item, true);
    if (sum === ABSENT) return undefined;
    if (sum === DAMAGED) return "damaged";
    const bytes = await this.#file.read(this.#offset(item), this.#itemBytes);
    return bytes.length === this.#itemBytes && checkSum(bytes) === sum ? bytes : undefined;
  }

  /**
   * Stores an item.
   *
   * @param item Item index.
   * @param value Its bytes, or a mark that it is damaged.
   */
  async put(item: number, value: Uint8Array | "damaged"): Promise<void> {
    if (value !== "damaged") await this.#file.write(this.#offset(item), value);
    const entry = new Uint8Array(4);
    new DataView(entry.buffer).setUint32(0, value === "damaged" ? DAMAGED : checkSum(value), true);
    await this.#file.write(4 * item, entry);
    new Uint8Array(this.#table.buffer).set(entry, 4 * item);
  }

  /** Closes the cache. */
  close(): Promise<void> {
    return this.#file.close();
  }

  #offset(item: number): number {
    return this.#table.byteLength + item * this.#itemBytes;
  }
}

/**
 * Returns a short key for a description, the same on every machine: 128 bits of SHA-256 in hexadecimal.
 *
 * @param description JSON-compatible data.
 */
export async function cacheKey(description: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(description));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
