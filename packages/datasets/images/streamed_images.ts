/**
 * Data sets of pictures that are made when a batch needs them, and kept in a cache: sets larger than memory, ready at once.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { requireBatch } from "../core/batch_memory.ts";
import { featuresOfBytes } from "../core/byte_features.ts";
import type { CacheStore } from "../core/cache_store.ts";
import { DataError } from "../core/data_error.ts";
import type { Dataset } from "../core/dataset.ts";
import { gridCoordinates } from "../core/grid.ts";
import { cacheKey, PixelCache } from "./pixel_cache.ts";

/** Where pictures come from. */
export interface PictureSource {
  /** Name for people. */
  readonly name: string;
  /** Number of pictures. */
  readonly items: number;
  /** Height and width. */
  readonly resolution: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
  /** What tells this set from others, as plain data: the cache keeps one state of each. */
  readonly identity: unknown;
  /** What tells this state of the set from others, as plain data; change it whenever the pixels may change. */
  readonly state: unknown;
  /**
   * Makes a picture.
   *
   * @param item Its number.
   * @returns Bytes `[resolution, resolution, channels]`.
   * @throws {DataError} If it cannot be made.
   */
  pixels(item: number): Promise<Uint8Array>;
}

/** How pictures are streamed. */
export interface StreamOptions {
  /** Where made pictures are kept; without it they are made anew for each batch. */
  readonly cache?: CacheStore;
  /** Whether a picture that cannot be made is replaced by the next that can, instead of ending the run. */
  readonly skipDamaged?: boolean;
  /** Is told, once for each, of pictures that are skipped and of a cache that fails. */
  readonly report?: (message: string) => void;
}

/** A data set of streamed pictures. */
export interface StreamedImages extends Dataset {
  /**
   * The bytes of some pictures, as they are before they become features.
   *
   * @param indices Numbers of the items.
   * @returns `[indices, resolution, resolution, channels]`, a fresh array.
   * @throws {RangeError} If there is no such item.
   * @throws {DataError} If one cannot be made.
   */
  pixels(indices: ArrayLike<number>): Promise<Uint8Array>;
  /** Number of damaged pictures met so far. */
  readonly damaged: number;
  /** Ends the use of the cache. */
  close(): Promise<void>;
}

/** Changed when the layout of the cache or the way pictures are made changes. */
const CACHE_VERSION = 1;

class PictureStream {
  readonly damaged = new Set<number>();
  #cache: PixelCache | undefined;

  constructor(
    readonly source: PictureSource,
    readonly options: StreamOptions,
    cache: PixelCache | undefined,
  ) {
    this.#cache = cache;
  }

  /** The bytes of an item, or of the next that is not damaged. */
  async pixels(item: number): Promise<Uint8Array> {
    const { items, name } = this.source;
    for (let tried = 0; tried < items; tried++) {
      const pixels = await this.#own((item + tried) % items);
      if (pixels !== undefined) return pixels;
    }
    throw new DataError(`All ${items} pictures of ${name} are damaged: give others.`);
  }

  async close(): Promise<void> {
    await this.#cache?.close();
    this.#cache = undefined;
  }

  /** The bytes of an item; nothing if it is damaged and that is no error. */
  async #own(item: number): Promise<Uint8Array | undefined> {
    const { skipDamaged, report } = this.options;
    if (this.damaged.has(item)) return undefined;
    const kept = await this.#useCache((cache) => cache.get(item));
    if (kept instanceof Uint8Array) return kept;
    if (kept === "damaged" && skipDamaged) {
      this.damaged.add(item);
      report?.(`Skipped: item ${item} of ${this.source.name}, found damaged in an earlier run.`);
      return undefined;
    }
    try {
      const pixels = await this.source.pixels(item);
      await this.#useCache((cache) => cache.put(item, pixels));
      return pixels;
    } catch (error) {
      if (!skipDamaged || !(error instanceof DataError)) throw error;
      this.damaged.add(item);
      report?.(`Skipped: ${error.message}`);
      await this.#useCache((cache) => cache.put(item, "damaged"));
      return undefined;
    }
  }

  /** A cache is for speed: where it fails, the run goes on without. */
  async #useCache<T>(action: (cache: PixelCache) => Promise<T>): Promise<T | undefined> {
    const cache = this.#cache;
    if (cache === undefined) return undefined;
    try {
      return await action(cache);
    } catch (error) {
      this.#cache = undefined;
      this.options.report?.(cacheFailure(this.source.name, error));
      await cache.close().catch(() => {});
      return undefined;
    }
  }
}

function cacheFailure(name: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `The cache of ${name} cannot be used (${reason}): its pictures are made anew for each batch.`;
}

async function openCache(
  source: PictureSource,
  { cache, report }: StreamOptions,
): Promise<PixelCache | undefined> {
  if (cache === undefined) return undefined;
  const { identity, state, items, resolution, channels } = source;
  const set = await cacheKey([identity, resolution, channels]);
  const version = await cacheKey([CACHE_VERSION, state, items]);
  try {
    return await PixelCache.open(cache, set, version, items, resolution * resolution * channels);
  } catch (error) {
    report?.(cacheFailure(source.name, error));
    return undefined;
  }
}

/**
 * The data set of pictures that are made when they are needed. With a cache, each is made once; later runs read them by random
 * access. Memory does not grow with the set, but for four bytes an item.
 *
 * @param source Where pictures come from.
 * @param options Cache, and what to do about damaged pictures.
 * @throws {MemoryError} If not even one picture fits in memory; from `batch` and `pixels`, if several do not.
 *
 * @example Pictures that are computed when they are asked for
 * ```ts
 * import { streamedImages } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const set = await streamedImages({
 *   name: "shades",
 *   items: 3,
 *   resolution: 2,
 *   channels: 1,
 *   identity: "shades",
 *   state: null,
 *   pixels: (item) => Promise.resolve(new Uint8Array(4).fill(100 * item)),
 * });
 * assertEquals((await set.batch([0, 2])).length, 2 * 4);
 * await set.close();
 * ```
 */
export async function streamedImages(
  source: PictureSource,
  options: StreamOptions = {},
): Promise<StreamedImages> {
  const { name, items, resolution, channels } = source;
  // Coordinates, and one picture as bytes and as features.
  const bytes = (side: number) => side * side * (8 + 5 * channels);
  requireMemory({
    purpose: `${name} at a resolution of ${resolution}`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  const stream = new PictureStream(source, options, await openCache(source, options));
  const valuesPerItem = resolution * resolution * channels;
  const pointCount = resolution * resolution;
  const display = { kind: "image", height: resolution, width: resolution, channels } as const;
  const each = async (
    indices: ArrayLike<number>,
    use: (pixels: Uint8Array, offset: number) => void,
  ): Promise<void> => {
    for (let row = 0; row < indices.length; row++) {
      const item = indices[row]!;
      if (!Number.isInteger(item) || item < 0 || item >= items) {
        throw new RangeError(`The data set ${name} has items 0 to ${items - 1}, asked for ${item}.`);
      }
      use(await stream.pixels(item), row * valuesPerItem);
    }
  };
  return {
    name,
    items,
    coordinates: gridCoordinates([resolution, resolution]),
    pointCount,
    coordinateDim: 2,
    featureDim: channels,
    display,
    get damaged() {
      return stream.damaged.size;
    },
    async batch(indices) {
      requireBatch({ name, pointCount, display }, indices.length, channels);
      const features = new Float32Array(indices.length * valuesPerItem);
      await each(indices, (pixels, offset) => featuresOfBytes(pixels, features, offset));
      return features;
    },
    async pixels(indices) {
      requireBatch({ name, pointCount, display }, indices.length, channels);
      const bytes = new Uint8Array(indices.length * valuesPerItem);
      await each(indices, (pixels, offset) => bytes.set(pixels, offset));
      return bytes;
    },
    close: () => stream.close(),
  };
}
