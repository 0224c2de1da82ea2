/**
 * Data movement: reshape, transpose, broadcast, slice, pad.
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
 * Returns the same values as a separate node, so that a gradient with respect to it covers this use only.
 *
 * @param x Any tensor.
 * @category Shapes and movement
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { evaluate, identity, reference, tensor } from "@gasp/tensor";
 *
 * const x = tensor([1, 2]);
 * const y = identity(x);
 * assert(y !== x);
 * assertEquals([...await (await evaluate(y, reference)).data()], [1, 2]);
 * ```
 */
export function identity(x: Tensor): Tensor {
  requireTensor("identity", x);
  return makeNode("identity", { detached: false }, [x], x.shape, x.dtype);
}

/**
 * Returns the same values as a constant for gradients.
 *
 * @param x Any tensor.
 *
 * @example The derivative of this product is 3, not 6
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, mul, reference, stopGradient, tensor } from "@gasp/tensor";
 *
 * const x = tensor([3]);
 * const y = await evaluate(mul(stopGradient(x), x), reference);
 * assertEquals([...await y.data()], [9]);
 * ```
 *
 * @category Shapes and movement
 */
export function stopGradient(x: Tensor): Tensor {
  requireTensor("stopGradient", x);
  return makeNode("identity", { detached: true }, [x], x.shape, x.dtype);
}

/**
 * Changes the shape; elements keep their row-major order.
 *
 * @param x Any tensor.
 * @param shape New shape; one size may be -1 and is then inferred.
 * @throws {RangeError} If the number of elements differs.
 *
 * @example One size may be left out
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { reshape, tensor } from "@gasp/tensor";
 *
 * const x = reshape(tensor([1, 2, 3, 4, 5, 6]), [2, -1]);
 * assertEquals(x.shape, [2, 3]);
 * assertThrows(() => reshape(x, [4, 2]), RangeError, "cannot reshape [2, 3]");
 * ```
 *
 * @category Shapes and movement
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
 * @param axes `axes[i]` is the axis of `x` that becomes axis i; default: the last two are exchanged.
 * @throws {RangeError} If `axes` is not a permutation of the axes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, tensor, transpose, zeros } from "@gasp/tensor";
 *
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * const y = await evaluate(transpose(x), reference);
 * assertEquals([...await y.data()], [1, 4, 2, 5, 3, 6]);
 * assertEquals(transpose(zeros([2, 3, 4]), [2, 0, 1]).shape, [4, 2, 3]);
 * ```
 *
 * @category Shapes and movement
 */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  requireTensor("transpose", x);
  const order = axes?.map((axis) => normaliseAxis(axis, x.rank)) ?? swapLast(x);
  if (order.length !== x.rank || new Set(order).size !== x.rank) {
    throw new RangeError(
      `axes ${showShape(order)} are not a permutation of the ${x.rank} axes of ${showShape(x.shape)}`,
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
 * Broadcasts to a shape: repeats axes of size 1 and prepends axes.
 *
 * @param x Any tensor.
 * @param shape New shape.
 * @throws {RangeError} If `x` does not broadcast to it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { broadcastTo, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(broadcastTo(tensor([1, 2]), [3, 2]), reference);
 * assertEquals([...await y.data()], [1, 2, 1, 2, 1, 2]);
 * ```
 *
 * @category Shapes and movement
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
 * @param axis Position of the new axis in the result; negative values count from its end.
 *
 * @example Every difference of two lists, by broadcasting
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, expandDims, reference, sub, tensor } from "@gasp/tensor";
 *
 * const a = tensor([1, 2]), b = tensor([10, 20, 30]);
 * const y = await evaluate(sub(expandDims(b, 1), a), reference);
 * assertEquals(y.shape, [3, 2]);
 * assertEquals([...await y.data()], [9, 8, 19, 18, 29, 28]);
 * ```
 *
 * @category Shapes and movement
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
 * @param axes Axis or axes; negative values count from the end. Default: all of size 1.
 * @throws {RangeError} If an axis is out of range or has another size.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { squeeze, zeros } from "@gasp/tensor";
 *
 * assert(squeeze(zeros([1, 3, 1])).shape.join() === "3");
 * ```
 *
 * @category Shapes and movement
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
 * Slices along every axis: `x[start : end : step]`.
 *
 * @param x Any tensor.
 * @param starts First index along each axis; negative values count from the end.
 * @param ends Index after the last along each axis; negative values count from the end. Default: all.
 * @param steps Distance between indices, at least 1. Default: 1.
 * @throws {RangeError} If a range exceeds the tensor, or an argument is not an integer.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, slice, tensor } from "@gasp/tensor";
 *
 * const inner = await evaluate(slice(tensor([1, 2, 3, 4]), [1], [-1]), reference);
 * assert((await inner.data()).join() === "2,3");
 * ```
 *
 * @category Shapes and movement
 */
export function slice(
  x: Tensor,
  starts: readonly number[],
  ends?: readonly number[],
  steps?: readonly number[],
): Tensor {
  requireTensor("slice", x);
  return sliceWhole(x, starts, ends ?? x.shape, steps ?? x.shape.map(() => 1));
}

function sliceWhole(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[],
): Tensor {
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
        }: pass one start, end and step per axis, integers within the shape, steps from 1`,
    );
  }
  const shape = from.map((start, axis) => Math.ceil((to[axis]! - start) / steps[axis]!));
  if (sameShape(shape, x.shape)) return x;
  return makeNode("slice", { starts: from, steps: [...steps] }, [x], shape, x.dtype);
}

/**
 * Pads with zeros (false).
 *
 * @param x Any tensor.
 * @param low Padding before, per axis.
 * @param high Padding after, per axis.
 * @category Shapes and movement
 *
 * @example A column before, a row after
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, pad, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(pad(tensor([[1, 2]]), [0, 1], [1, 0]), reference);
 * assertEquals([...await y.data()], [0, 1, 2, 0, 0, 0]);
 * ```
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
