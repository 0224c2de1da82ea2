/**
 * Repetition, rotation and reversal.
 * @module
 */
import { normaliseAxes, normaliseAxis, showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkWhole, requireTensor } from "./check.ts";
import { concatenate } from "./concatenate.ts";
import { broadcastTo, reshape, slice } from "./movement.ts";

/**
 * Reverses the order of elements along axes.
 *
 * @param x Any tensor.
 * @param axes Axis or axes; negative values count from the end. Default: all.
 * @throws {RangeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, flip, reference, tensor } from "@gasp/tensor";
 *
 * const turned = await evaluate(flip(tensor([[1, 2], [3, 4]]), 1), reference);
 * assert((await turned.data()).join() === "2,1,4,3");
 * ```
 *
 * @category Shapes and movement
 */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  requireTensor("flip", x);
  const turned = normaliseAxes(axes, x.rank).filter((axis) => x.shape[axis] !== 1);
  return turned.length === 0 ? x : makeNode("flip", { axes: turned }, [x], x.shape, x.dtype);
}

/**
 * Rotates elements along axes: `out[i] = x[(i - shift) mod size]`.
 *
 * @param x Any tensor.
 * @param shift Shift, an integer per axis; negative shifts move towards the start.
 * @param axes Axis or axes; negative values count from the end.
 * @throws {RangeError} If a shift is not an integer, an axis is out of range, or the number of shifts differs from that
 *   of axes.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, roll, tensor } from "@gasp/tensor";
 *
 * const moved = await evaluate(roll(tensor([1, 2, 3, 4]), 1, 0), reference);
 * assert((await moved.data()).join() === "4,1,2,3");
 * ```
 *
 * @category Shapes and movement
 */
export function roll(x: Tensor, shift: number | readonly number[], axes: number | readonly number[]): Tensor {
  requireTensor("roll", x);
  const shifts = typeof shift === "number" ? [shift] : shift, list = typeof axes === "number" ? [axes] : axes;
  if (shifts.length !== list.length) {
    throw new RangeError(`roll needs one shift per axis, got ${shifts.length} for ${list.length} axes`);
  }
  normaliseAxes(list, x.rank);
  return list.reduce((moved, axis, i) => rollAxis(moved, shifts[i]!, normaliseAxis(axis, x.rank)), x);
}

function rollAxis(x: Tensor, shift: number, axis: number): Tensor {
  checkWhole("roll", "a shift", shift, Number.MIN_SAFE_INTEGER);
  const size = x.shape[axis]!, by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return x;
  const cut = size - by, zeros = x.shape.map(() => 0);
  return concatenate([slice(x, zeros.with(axis, cut)), slice(x, zeros, x.shape.with(axis, cut))], axis);
}

/**
 * Repeats the whole tensor along each axis.
 *
 * @param x Any tensor.
 * @param counts Repetitions per axis, from 0; with more counts than axes, axes are prepended.
 * @throws {RangeError} If a count is not an integer from 0, or there are fewer counts than axes.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, tensor, tile } from "@gasp/tensor";
 *
 * const twice = await evaluate(tile(tensor([1, 2]), [2]), reference);
 * assert((await twice.data()).join() === "1,2,1,2");
 * ```
 *
 * @category Shapes and movement
 */
export function tile(x: Tensor, counts: readonly number[]): Tensor {
  requireTensor("tile", x);
  counts.forEach((count) => checkWhole("tile", "a count", count, 0));
  if (counts.length < x.rank) {
    throw new RangeError(
      `tile needs one count per axis of ${showShape(x.shape)}, got ${showShape(counts)}`,
    );
  }
  const sizes = [...new Array<number>(counts.length - x.rank).fill(1), ...x.shape];
  // [n0, n1, …] → [1, n0, 1, n1, …] → [c0, n0, c1, n1, …] → [c0 n0, c1 n1, …]
  const apart = reshape(x, sizes.flatMap((size) => [1, size]));
  const repeated = broadcastTo(apart, sizes.flatMap((size, axis) => [counts[axis]!, size]));
  return reshape(repeated, sizes.map((size, axis) => size * counts[axis]!));
}

/**
 * Repeats each element along an axis.
 *
 * @param x Any tensor.
 * @param count Repetitions, from 0.
 * @param axis Axis; negative values count from the end.
 * @throws {RangeError} If the count is not an integer from 0 or the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, repeat, tensor } from "@gasp/tensor";
 *
 * const doubled = await evaluate(repeat(tensor([1, 2]), 2, 0), reference);
 * assert((await doubled.data()).join() === "1,1,2,2");
 * ```
 *
 * @category Shapes and movement
 */
export function repeat(x: Tensor, count: number, axis: number): Tensor {
  requireTensor("repeat", x);
  checkWhole("repeat", "the count", count, 0);
  const along = normaliseAxis(axis, x.rank), { shape } = x, size = shape[along]!;
  const before = shape.slice(0, along), after = shape.slice(along + 1);
  const apart = broadcastTo(reshape(x, [...before, size, 1, ...after]), [...before, size, count, ...after]);
  return reshape(apart, shape.with(along, size * count));
}
