/**
 * Which items a training step sees: a pure function of (seed, step), so that a run can be resumed at any step.
 *
 * Every epoch is a fresh permutation of all items. Batches are cut from the epochs laid end to end, so a batch at the
 * end of one epoch is filled up from the start of the next: every batch has the same size (one compiled program), and
 * every item is seen once per epoch. (The reference keeps a smaller last batch instead.)
 *
 * @module
 */
import { permutation } from "@gasp/tensor";

/**
 * The order of the items in an epoch.
 *
 * @param seed Seed of the run.
 * @param epoch Number of the epoch, from 0.
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
 */
export function epochOrder(seed: number, epoch: number, items: number): Uint32Array {
  return permutation({ seed, stream: "epoch order", step: epoch }, items);
}

/** The batches of a run. */
export interface BatchOrder {
  /**
   * The items of a step.
   *
   * @param step Number of the step, from 0.
   * @returns `[batch]` numbers of items.
   */
  indices(step: number): Uint32Array;
}

/**
 * The batches of a run. The order of the latest epoch is kept, so that steps in sequence draw it once.
 *
 * @param options Seed of the run, items in a batch, items in the data set.
 * @param options.seed Seed of the run.
 * @param options.batch Items in a batch; it may be larger than the data set.
 * @param options.items Items in the data set.
 * @throws {RangeError} If a size is not a positive whole number.
 *
 * @example Five steps of two see each of ten items once
 * ```ts
 * import { batchOrder } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const order = batchOrder({ seed: 0, batch: 2, items: 10 });
 * const seen = Array.from({ length: 5 }, (_, step) => [...order.indices(step)]).flat();
 * assertEquals(new Set(seen).size, 10);
 * ```
 */
export function batchOrder(
  { seed, batch, items }: { readonly seed: number; readonly batch: number; readonly items: number },
): BatchOrder {
  for (const [what, value] of [["batch", batch], ["items", items]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${what} must be a positive whole number, got ${value}`);
    }
  }
  let latestEpoch = 0;
  let latestOrder = epochOrder(seed, latestEpoch, items);
  return {
    indices(step) {
      return Uint32Array.from({ length: batch }, (_, row) => {
        const position = step * batch + row;
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

/**
 * The items of one step; {@link batchOrder} gives the same for many steps faster.
 *
 * @param seed Seed of the run.
 * @param step Number of the step, from 0.
 * @param batch Items in a batch.
 * @param items Items in the data set.
 * @returns `[batch]` numbers of items.
 * @throws {RangeError} If a size is not a positive whole number.
 *
 * @example
 * ```ts
 * import { batchIndices } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(batchIndices(0, 3, 4, 100).length, 4);
 * ```
 */
export function batchIndices(seed: number, step: number, batch: number, items: number): Uint32Array {
  return batchOrder({ seed, batch, items }).indices(step);
}
