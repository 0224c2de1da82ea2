/**
 * The minibatch of a step. Several ranks divide it: each has the same number of consecutive items, and its part of the random
 * numbers that one rank would draw for all of them.
 * @module
 */
import { type Communicator, type RandomKey, randomNormal, type Tensor, tensor } from "@gasp/tensor";

/**
 * The minibatch of a step.
 *
 * @category Training methods
 */
export interface StepBatch {
  /** Index of the step, from 0. */
  readonly step: number;
  /** Indices of the items of this rank: the whole batch, if there are no other ranks. */
  readonly indices: Uint32Array;
  /** Indices of the items of all ranks, `[batchSize]`. */
  readonly all: Uint32Array;
  /** Position in {@link all} of the first item of this rank. */
  readonly first: number;
}

/**
 * Returns a rank's part of a batch.
 *
 * @param step Index of the step.
 * @param all Indices of the whole batch; their number is a multiple of that of the ranks.
 * @param ranks This rank among all.
 */
export function stepBatch(
  step: number,
  all: Uint32Array,
  { rank, size }: Pick<Communicator, "rank" | "size">,
): StepBatch {
  const count = all.length / size, first = rank * count;
  return { step, indices: all.subarray(first, first + count), all, first };
}

/**
 * Selects this rank's rows of values drawn for the whole batch.
 *
 * @param values `[batchSize, width]`.
 * @param batch The batch.
 * @returns `[items of this rank, width]`, a view.
 */
export function ownPart(values: Float32Array, { indices, all, first }: StepBatch): Float32Array {
  const width = values.length / all.length;
  return values.subarray(first * width, (first + indices.length) * width);
}

/**
 * Draws standard normal numbers for the items of this rank.
 *
 * @param key Seed, stream and step.
 * @param width Numbers per item.
 * @param batch The batch.
 * @returns `[items of this rank, width]`.
 */
export function normalRows(key: RandomKey, width: number, batch: StepBatch): Tensor {
  const values = ownPart(randomNormal(key, batch.all.length * width), batch);
  return tensor(values.slice(), [batch.indices.length, width]);
}
