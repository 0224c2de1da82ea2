/**
 * Data sets whose batches are assembled item by item.
 *
 * @module
 */
import { requireBatch } from "./batch_memory.ts";
import type { Dataset } from "./dataset.ts";

/** Writes the features or coordinates of an item, row-major. */
export type FillItem = (item: number, values: Float32Array) => void | Promise<void>;

/**
 * Throws unless an index is that of an item.
 *
 * @param dataset Data set.
 * @param item Index to check.
 * @throws {RangeError} If there is no such item.
 */
export function requireItem({ name, items }: Pick<Dataset, "name" | "items">, item: number): void {
  if (!Number.isInteger(item) || item < 0 || item >= items) {
    throw new RangeError(`The data set ${name} has items 0 to ${items - 1}, got index ${item}.`);
  }
}

/**
 * Creates a data set from functions that write the values of one item.
 *
 * @param description Name, sizes, shared coordinates and display.
 * @param fill Writes the features of an item, `[points, features]`.
 * @param fillCoordinates Writes the coordinates of an item, `[points, coordinateDim]`, if items have their own.
 */
export function itemDataset(
  description: Omit<Dataset, "batch" | "batchCoordinates">,
  fill: FillItem,
  fillCoordinates?: FillItem,
): Dataset {
  const { pointCount, featureDim, coordinateDim } = description;
  const batchOf = (fillOne: FillItem, dim: number) => async (indices: ArrayLike<number>) => {
    requireBatch(description, indices.length, dim);
    const size = pointCount * dim;
    const batch = new Float32Array(indices.length * size);
    for (let row = 0; row < indices.length; row++) {
      const item = indices[row]!;
      requireItem(description, item);
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
