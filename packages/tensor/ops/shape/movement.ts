/**
 * Operations that move elements without computing: reshape, transpose, broadcast, slice, pad, flip.
 * @module
 */
import {
  checkShape,
  normaliseAxes,
  normaliseAxis,
  sameShape,
  type Shape,
  showShape,
  sizeOf,
} from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkWhole, requireTensor } from "./check.ts";

/**
 * The same value as a node of its own, so that a gradient with respect to it sees this use only.
 *
 * @param x Any tensor.
 */
export function identity(x: Tensor): Tensor {
  requireTensor("identity", x);
  return makeNode("identity", { detached: false }, [x], x.shape, x.dtype);
}

/**
 * The same value, taken as a constant by gradients.
 *
 * @param x Any tensor.
 *
 * @example
 * ```ts
 * import { evaluate, stopGradient, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(stopGradient(tensor([1, 2])));
 * assertEquals([...await y.data()], [1, 2]);
 * ```
 */
export function stopGradient(x: Tensor): Tensor {
  requireTensor("stopGradient", x);
  return makeNode("identity", { detached: true }, [x], x.shape, x.dtype);
}

/**
 * The same elements in row-major order under another shape.
 *
 * @param x Any tensor.
 * @param shape Sizes; one of them may be -1 and is then found from the others.
 * @throws {RangeError} If the number of elements differs.
 *
 * @example
 * ```ts
 * import { evaluate, reshape, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(reshape(tensor([1, 2, 3, 4]), [2, 2]));
 * assertEquals([...await y.data()], [1, 2, 3, 4]);
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  requireTensor("reshape", x);
  const resolved = resolveShape(x, shape);
  if (sameShape(x.shape, resolved)) return x;
  return makeNode("reshape", {}, [x], resolved, x.dtype);
}

function resolveShape(x: Tensor, shape: Shape): Shape {
  const unknown = shape.indexOf(-1);
  const known = sizeOf(shape.filter((size) => size !== -1));
  const resolved = unknown < 0
    ? shape
    : shape.map((size, axis) => (axis === unknown ? x.size / known : size));
  if (
    shape.filter((size) => size === -1).length > 1 || sizeOf(resolved) !== x.size ||
    resolved.some((n) => n % 1)
  ) {
    throw new RangeError(`cannot reshape ${showShape(x.shape)} (${x.size} elements) to ${showShape(shape)}`);
  }
  checkShape(resolved);
  return resolved;
}

/**
 * Reorders axes.
 *
 * @param x Any tensor.
 * @param axes `axes[i]` is the axis of `x` that becomes axis i; by default the last two are exchanged.
 * @throws {RangeError} If `axes` is not a permutation of the axes.
 *
 * @example
 * ```ts
 * import { evaluate, tensor, transpose } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(transpose(tensor([[1, 2, 3], [4, 5, 6]])));
 * assertEquals([...await y.data()], [1, 4, 2, 5, 3, 6]);
 * ```
 */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  requireTensor("transpose", x);
  const order = axes?.map((axis) => normaliseAxis(axis, x.rank)) ?? swapLast(x);
  if (order.length !== x.rank || new Set(order).size !== x.rank) {
    throw new RangeError(
      `axes ${showShape(order)} are no permutation of the ${x.rank} axes of ${showShape(x.shape)}`,
    );
  }
  if (order.every((axis, i) => axis === i)) return x;
  return makeNode("permute", { axes: order }, [x], order.map((axis) => x.shape[axis]!), x.dtype);
}

function swapLast(x: Tensor): number[] {
  if (x.rank < 2) throw new RangeError(`transpose needs at least two axes, got ${showShape(x.shape)}`);
  const order = x.shape.map((_, axis) => axis);
  return [...order.slice(0, -2), x.rank - 1, x.rank - 2];
}

/**
 * Repeats axes of size 1 and adds axes in front, to a given shape.
 *
 * @param x Any tensor.
 * @param shape The shape wanted.
 * @throws {RangeError} If `x` does not broadcast to it.
 *
 * @example
 * ```ts
 * import { broadcastTo, evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(broadcastTo(tensor([1, 2]), [2, 2]));
 * assertEquals([...await y.data()], [1, 2, 1, 2]);
 * ```
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  requireTensor("broadcastTo", x);
  if (sameShape(x.shape, shape)) return x;
  const offset = shape.length - x.rank;
  if (offset < 0 || !x.shape.every((size, axis) => size === 1 || size === shape[offset + axis])) {
    throw new RangeError(`shape ${showShape(x.shape)} does not broadcast to ${showShape(shape)}`);
  }
  checkShape(shape);
  const padded = reshape(x, [...new Array<number>(offset).fill(1), ...x.shape]);
  return sameShape(padded.shape, shape) ? padded : makeNode("broadcast", {}, [padded], [...shape], x.dtype);
}

/**
 * Adds an axis of size 1.
 *
 * @param x Any tensor.
 * @param axis Where the new axis stands in the result; negative counts from the end of the result.
 *
 * @example
 * ```ts
 * import { expandDims, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expandDims(tensor([1, 2]), 0).shape, [1, 2]);
 * assertEquals(expandDims(tensor([1, 2]), 1).shape, [2, 1]);
 * ```
 */
export function expandDims(x: Tensor, axis: number): Tensor {
  requireTensor("expandDims", x);
  const at = normaliseAxis(axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/**
 * Removes axes of size 1.
 *
 * @param x Any tensor.
 * @param axes One axis or several; negative ones count from the end. Default: all of size 1.
 * @throws {RangeError} If an axis is out of range or has another size.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { squeeze, zeros } from "@gasp/tensor";
 *
 * assert(squeeze(zeros([1, 3, 1])).shape.join() === "3");
 * ```
 */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  requireTensor("squeeze", x);
  const removed = axes === undefined
    ? x.shape.flatMap((size, axis) => size === 1 ? [axis] : [])
    : normaliseAxes(axes, x.rank);
  const long = removed.find((axis) => x.shape[axis] !== 1);
  if (long !== undefined) {
    throw new RangeError(`squeeze: axis ${long} of ${showShape(x.shape)} has size ${x.shape[long]}, not 1`);
  }
  return reshape(x, x.shape.filter((_, axis) => !removed.includes(axis)));
}

/**
 * A block of elements, `x[start : end : step]` along every axis.
 *
 * @param x Any tensor.
 * @param starts First index along each axis; negative counts from the end.
 * @param ends Index after the last along each axis; negative counts from the end. Default: all.
 * @param steps Distance between indices, at least 1. Default: 1.
 * @throws {RangeError} If a range leaves the tensor, or a number is not whole.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, slice, tensor } from "@gasp/tensor";
 *
 * const inner = await evaluate(slice(tensor([1, 2, 3, 4]), [1], [-1]), reference);
 * assert((await inner.data()).join() === "2,3");
 * ```
 */
export function slice(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[] = x.shape,
  steps: readonly number[] = x.shape.map(() => 1),
): Tensor {
  requireTensor("slice", x);
  const from = starts.map((start, axis) => (start < 0 ? start + x.shape[axis]! : start));
  const to = ends.map((end, axis) => (end < 0 ? end + x.shape[axis]! : end));
  const valid = starts.length === x.rank && ends.length === x.rank && steps.length === x.rank &&
    x.shape.every((size, axis) => from[axis]! >= 0 && from[axis]! <= to[axis]! && to[axis]! <= size) &&
    [...starts, ...ends, ...steps].every(Number.isInteger) && steps.every((step) => step >= 1);
  if (!valid) {
    throw new RangeError(
      `slice ${showShape(starts)} to ${showShape(ends)} step ${showShape(steps)} of a tensor of shape ` +
        `${
          showShape(x.shape)
        }: starts and ends are whole numbers within it, one for each axis, and steps are from 1`,
    );
  }
  const shape = from.map((start, axis) => Math.ceil((to[axis]! - start) / steps[axis]!));
  if (sameShape(shape, x.shape)) return x;
  return makeNode("slice", { starts: from, steps: [...steps] }, [x], shape, x.dtype);
}

/**
 * Zeros (false) around a tensor.
 *
 * @param x Any tensor.
 * @param low How many before, along each axis.
 * @param high How many after, along each axis.
 */
export function pad(x: Tensor, low: readonly number[], high: readonly number[]): Tensor {
  requireTensor("pad", x);
  if (low.length !== x.rank || high.length !== x.rank) {
    throw new RangeError(
      `pad needs ${x.rank} amounts before and after, got ${low.length} and ${high.length}`,
    );
  }
  [...low, ...high].forEach((amount) => checkWhole("pad", "an amount", amount, 0));
  const shape = x.shape.map((size, axis) => low[axis]! + size + high[axis]!);
  if (sameShape(shape, x.shape)) return x;
  return makeNode("pad", { low: [...low] }, [x], shape, x.dtype);
}
