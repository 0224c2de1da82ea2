/**
 * Items of a set as bytes of one length, kept as they are made. The file holds a table with a check sum for each item, then
 * the items. An item counts once its check sum is in the table and fits its bytes, so that a program that is killed, or a disk
 * that loses a part, costs no more than making that item again.
 *
 * @module
 */
import { fnv1a } from "@gasp/tensor";
import type { CacheFile, CacheStore } from "../core/cache_store.ts";

/** What the cache knows of an item: its bytes, that it cannot be made, or nothing yet. */
export type CachedItem = Uint8Array | "damaged" | undefined;

/** Values of the table that are no check sums. */
const ABSENT = 0;
const DAMAGED = 1;

/** FNV-1a over 32-bit words, then the bytes left over; never a value that means something else. */
function checkSum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i, true));
  const hash = fnv1a(bytes.subarray(4 * words.length), fnv1a(words)) >>> 0;
  return hash <= DAMAGED ? 2 : hash;
}

/** Items of one length in a cache. */
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
   * Opens the cache of a set.
   *
   * @param store Where it is kept.
   * @param set Which set: letters, digits and `-`.
   * @param version Which state of the set.
   * @param items Number of items.
   * @param itemBytes Bytes of an item.
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
   * What is known of an item.
   *
   * @param item Its number.
   */
  async get(item: number): Promise<CachedItem> {
    const sum = this.#table.getUint32(4 * item, true);
    if (sum === ABSENT) return undefined;
    if (sum === DAMAGED) return "damaged";
    const bytes = await this.#file.read(this.#offset(item), this.#itemBytes);
    return bytes.length === this.#itemBytes && checkSum(bytes) === sum ? bytes : undefined;
  }

  /**
   * Keeps an item.
   *
   * @param item Its number.
   * @param value Its bytes, or that it cannot be made.
   */
  async put(item: number, value: Uint8Array | "damaged"): Promise<void> {
    if (value !== "damaged") await this.#file.write(this.#offset(item), value);
    const entry = new Uint8Array(4);
    new DataView(entry.buffer).setUint32(0, value === "damaged" ? DAMAGED : checkSum(value), true);
    await this.#file.write(4 * item, entry);
    new Uint8Array(this.#table.buffer).set(entry, 4 * item);
  }

  /** Ends the use of the cache. */
  close(): Promise<void> {
    return this.#file.close();
  }

  #offset(item: number): number {
    return this.#table.byteLength + item * this.#itemBytes;
  }
}

/**
 * A short name for a long description, the same on every machine: 128 bits of SHA-256.
 *
 * @param description Plain data.
 */
export async function cacheKey(description: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(description));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
