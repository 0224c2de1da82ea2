/**
 * A data set whose items are made one at a time.
 *
 * @module
 */
import { requireBatch } from "./batch_memory.ts";
import type { Dataset } from "./dataset.ts";

/** Writes the features of an item. */
export type FillItem = (item: number, features: Float32Array) => void | Promise<void>;

/**
 * A data set from a function that writes the features of one item.
 *
 * @param description What the set is.
 * @param fill Writes the features of an item, `[points, features]`.
 * @param fillCoordinates Writes the coordinates of an item, `[points, coordinateDim]`, where items have their own.
 */
export function itemDataset(
  description: Omit<Dataset, "batch" | "batchCoordinates">,
  fill: FillItem,
  fillCoordinates?: FillItem,
): Dataset {
  const { name, items, pointCount, featureDim, coordinateDim } = description;
  const batchOf = (fillOne: FillItem, dim: number) => async (indices: ArrayLike<number>) => {
    requireBatch(description, indices.length, dim);
    const size = pointCount * dim;
    const batch = new Float32Array(indices.length * size);
    for (let row = 0; row < indices.length; row++) {
      const item = indices[row]!;
      if (!Number.isInteger(item) || item < 0 || item >= items) {
        throw new RangeError(`The data set ${name} has items 0 to ${items - 1}, asked for ${item}.`);
      }
      await fillOne(item, batch.subarray(row * size, (row + 1) * size));
    }
    return batch;
  };
  return {
    ...description,
    batch: batchOf(fill, featureDim),
    ...(fillCoordinates && { batchCoordinates: batchOf(fillCoordinates, coordinateDim) }),
  };
}
