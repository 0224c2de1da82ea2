/**
 * Items computed on first use and cached within a share of the free memory.
 *
 * @module
 */
import { availableMemory } from "@gasp/tensor";
import { memoize } from "./memoize.ts";

/** Share of the free memory that cached items may fill. */
const CACHE_SHARE = 1 / 4;

/**
 * Caches the results of a function of an item's index, as many as fit in a quarter of the memory that is free now. The
 * others are recomputed on each call.
 *
 * @param compute Computes an item.
 * @param itemBytes Bytes of an item.
 */
export function memoizeItems<T>(compute: (item: number) => T, itemBytes: number): (item: number) => T {
  return memoize(compute, Math.floor(CACHE_SHARE * availableMemory() / itemBytes));
}
