/**
 * Which items a training step sees: a pure function of (seed, step), so that a run can resume at any step.
 *
 * Each epoch is a new permutation of all items. Batches are slices of the concatenated epochs, so a batch at the end of an
 * epoch continues into the next one: all batches have the same size (one compiled program), and each item occurs once per
 * epoch. (The reference has a smaller last batch instead.)
 *
 * @module
 */
import { permutation } from "@gasp/tensor";

/**
 * Returns the order of the items in an epoch.
 *
 * @param seed Seed of the run.
 * @param epoch Epoch, from 0.
 * @param items Number of items.
 * @returns A permutation of `0 .. items-1`.
 *
 * @example
 * ```ts
 * import { epochOrder } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const order = epochOrder(0, 0, 5);
 * assertEquals(order.toSorted(), Uint32Array.of(0, 1, 2, 3, 4));
 * ```
 *
 * @category Data
 */
export function epochOrder(seed: number, epoch: number, items: number): Uint32Array {
  return permutation({ seed, stream: "epoch order", step: epoch }, items);
}

/**
 * The batches of a run.
 *
 * @category Data
 */
export interface BatchOrder {
  /**
   * Returns the items of a step.
   *
   * @param step Step, from 0.
   * @returns Item indices `[batch]`.
   */
  indices(step: number): Uint32Array;
}

/**
 * Returns the batches of a run. The latest epoch's order is cached, so that consecutive steps draw it once.
 *
 * @param options Seed, batch size and number of items.
 * @param options.seed Seed of the run.
 * @param options.batchSize Items per batch; may exceed the number of items.
 * @param options.items Number of items in the data set.
 * @throws {RangeError} If a size is not a positive integer.
 *
 * @example Five batches of two contain each of ten items once
 * ```ts
 * import { batchOrder } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const order = batchOrder({ seed: 0, batchSize: 2, items: 10 });
 * const seen = Array.from({ length: 5 }, (_, step) => [...order.indices(step)]).flat();
 * assertEquals(new Set(seen).size, 10);
 * ```
 *
 * @category Data
 */
export function batchOrder(
  { seed, batchSize, items }: { readonly seed: number; readonly batchSize: number; readonly items: number },
): BatchOrder {
  for (const [what, value] of [["batchSize", batchSize], ["items", items]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${what} must be a positive integer, got ${value}`);
    }
  }
  let latestEpoch = 0;
  let latestOrder = epochOrder(seed, latestEpoch, items);
  return {
    indices(step) {
      return Uint32Array.from({ length: batchSize }, (_, row) => {
        const position = step * batchSize + row;
        const epoch = Math.floor(position / items);
        if (epoch !== latestEpoch) {
          latestEpoch = epoch;
          latestOrder = epochOrder(seed, epoch, items);
        }
        return latestOrder[position % items]!;
      });
    },
  };
}
