/**
 * Data sets of images that are produced when a batch needs them and stored in a cache: larger than memory, and ready at once.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { requireBatch } from "../core/batch_memory.ts";
import { bytesToFeatures } from "../core/byte_features.ts";
import type { CacheStore } from "../core/cache_store.ts";
import { DataError } from "../core/data_error.ts";
import type { Dataset } from "../core/dataset.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset, requireItem } from "../core/item_dataset.ts";
import { cacheKey, PixelCache } from "./pixel_cache.ts";

/**
 * A source of square images.
 *
 * @category Pictures
 */
export interface PictureSource {
  /** Display name. */
  readonly name: string;
  /** Number of images. */
  readonly items: number;
  /** Height and width. */
  readonly resolution: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
  /** Identifies the set, as JSON-compatible data: the cache stores one state of each set. */
  readonly identity: unknown;
  /** Identifies the set's contents, as JSON-compatible data: must change whenever pixels may have changed. */
  readonly state: unknown;
  /**
   * Produces an image.
   *
   * @param item Item index.
   * @returns Bytes `[resolution, resolution, channels]`.
   * @throws {DataError} If the image is damaged.
   */
  pixels(item: number): Promise<Uint8Array>;
}

/**
 * How images are streamed.
 *
 * @category Pictures
 */
export interface StreamOptions {
  /** Cache for images; without it they are recomputed for each batch. */
  readonly cache?: CacheStore;
  /** Whether to replace a damaged image by the next intact one instead of throwing; default false. */
  readonly skipDamaged?: boolean;
  /** Receives one warning for each skipped image and for a failing cache. */
  readonly report?: (message: string) => void;
}

/**
 * A data set of streamed images.
 *
 * @category Pictures
 */
export interface StreamedImages extends Dataset {
  /**
   * Reads the bytes of some images.
   *
   * @param indices Item indices.
   * @returns Bytes `[indices, resolution, resolution, channels]`, in a new array.
   * @throws {RangeError} If an index is out of range.
   * @throws {DataError} If an image is damaged.
   */
  pixels(indices: ArrayLike<number>): Promise<Uint8Array>;
  /** Number of damaged images found so far. */
  readonly damaged: number;
  /** Closes the cache; later batches recompute their images. */
  close(): Promise<void>;
}

/** To be increased when the layout of the cache or the computation of images changes. */
const CACHE_VERSION = 2;

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

  /** Returns the bytes of an item, or of the next intact one. */
  async pixels(item: number): Promise<Uint8Array> {
    const { items, name } = this.source;
    for (let attempt = 0; attempt < items; attempt++) {
      const pixels = await this.#intactPixels((item + attempt) % items);
      if (pixels !== undefined) return pixels;
    }
    throw new DataError(`All ${items} images of ${name} are damaged: replace them.`);
  }

  async close(): Promise<void> {
    await this.#cache?.close();
    this.#cache = undefined;
  }

  /** Returns the bytes of an item, or `undefined` if it is damaged and to be skipped. */
  async #intactPixels(item: number): Promise<Uint8Array | undefined> {
    const { skipDamaged, report } = this.options;
    if (this.damaged.has(item)) return undefined;
    const cached = await this.#useCache((cache) => cache.get(item));
    if (cached instanceof Uint8Array) return cached;
    if (cached === "damaged" && skipDamaged) {
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

  /** Uses the cache, and abandons it on an error, since it only saves time. */
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
  return `The cache of ${name} cannot be used (${reason}): its images are recomputed for each batch.`;
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
 * Creates a data set of images that are produced on demand. With a cache, each is produced once; later runs read it by
 * random access. Memory use is four bytes per item.
 *
 * @param source Source of the images.
 * @param options Cache, and how damaged images are handled.
 * @throws {MemoryError} If not even one image fits in memory; from `batch` and `pixels`, if several do not.
 *
 * @example Images computed on demand
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
 *
 * @category Pictures
 */
export async function streamedImages(
  source: PictureSource,
  options: StreamOptions = {},
): Promise<StreamedImages> {
  const { name, items, resolution, channels } = source;
  // Coordinates, and one image as bytes and as features.
  const bytes = (side: number) => side * side * (8 + 5 * channels);
  requireMemory({
    purpose: `${name} at a resolution of ${resolution}`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  const stream = new PictureStream(source, options, await openCache(source, options));
  const dataset = itemDataset({
    name,
    items,
    coordinates: gridCoordinates([resolution, resolution]),
    pointCount: resolution * resolution,
    coordinateDim: 2,
    featureDim: channels,
    display: { kind: "image", height: resolution, width: resolution, channels },
  }, async (item, features) => bytesToFeatures(await stream.pixels(item), features));
  return {
    ...dataset,
    get damaged() {
      return stream.damaged.size;
    },
    async pixels(indices) {
      requireBatch(dataset, indices.length, channels);
      const itemBytes = resolution * resolution * channels;
      const pixels = new Uint8Array(indices.length * itemBytes);
      for (let row = 0; row < indices.length; row++) {
        requireItem(dataset, indices[row]!);
        pixels.set(await stream.pixels(indices[row]!), row * itemBytes);
      }
      return pixels;
    },
    close: () => stream.close(),
  };
}
