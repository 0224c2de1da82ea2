/**
 * Sets of functions known at shared points, read in blocks, so that neither a data set nor a set of samples is ever held in
 * memory as a whole.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";

/**
 * What metrics need to know about the functions: dimensions, points and display.
 *
 * @category Metrics
 */
export type Domain = Pick<
  Dataset,
  "name" | "coordinates" | "pointCount" | "coordinateDim" | "featureDim" | "display"
>;

/**
 * A set of functions, each a row of values at the shared points.
 *
 * @category Metrics
 */
export interface Items {
  /** Number of items. */
  readonly count: number;
  /** Values per item: points × features. */
  readonly size: number;
  /**
   * Reads some items.
   *
   * @param first Index of the first.
   * @param count Number of items.
   * @returns Values in [-1, 1], `[count, points, features]`, in a new array.
   */
  read(first: number, count: number): Promise<Float32Array>;
}

/** Maximum number of values per block: 16 MiB. */
const BLOCK_VALUES = 2 ** 22;
/** Maximum number of items per block. */
const BLOCK_ITEMS = 256;

/**
 * Reads a set block by block.
 *
 * @param items Set to read.
 * @returns Blocks: index of the first item, number of items, values `[count, size]`.
 */
export async function* blocksOf(
  items: Items,
): AsyncGenerator<{ readonly first: number; readonly count: number; readonly values: Float32Array }> {
  const most = Math.max(1, Math.min(BLOCK_ITEMS, Math.floor(BLOCK_VALUES / items.size)));
  for (let first = 0; first < items.count; first += most) {
    const count = Math.min(most, items.count - first);
    yield { first, count, values: await items.read(first, count) };
  }
}

/**
 * Returns items in memory as a set.
 *
 * @param values Values, `[count, size]`.
 * @param size Values per item.
 * @throws {RangeError} If the number of values is not a multiple of `size`.
 *
 * @example
 * ```ts
 * import { itemsOf } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const items = itemsOf(Float32Array.of(1, 2, 3, 4), 2);
 * assertEquals([items.count, await items.read(1, 1)], [2, Float32Array.of(3, 4)]);
 * ```
 *
 * @category Metrics
 */
export function itemsOf(values: Float32Array, size: number): Items {
  const count = values.length / size;
  if (!Number.isInteger(count)) {
    throw new RangeError(`expected items of ${size} values each, got ${values.length} values in all`);
  }
  return {
    count,
    size,
    read: (first, count) => Promise.resolve(values.slice(first * size, (first + count) * size)),
  };
}

/**
 * Returns some items of a data set as a set.
 *
 * @param data Data set whose items share their points.
 * @param indices Indices of the items.
 * @category Metrics
 */
export function itemsOfDataset(data: Dataset, indices: Uint32Array): Items {
  return {
    count: indices.length,
    size: data.pointCount * data.featureDim,
    read: (first, count) => data.batch(indices.subarray(first, first + count)),
  };
}
