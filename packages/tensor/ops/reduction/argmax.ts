/**
 * Indices of the largest and smallest elements, by two reductions: one over keys of the elements, one over their
 * indices.
 * @module
 */
import { normaliseAxis, showShape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { sub } from "../elementwise/arithmetic.ts";
import { arange } from "../elementwise/creation.ts";
import { equal, where } from "../elementwise/logic.ts";
import { reshape } from "../shape/movement.ts";
import { ascendingKeys, descendingKeys } from "../elementwise/order_key.ts";
import { checkWhole, requireTensor } from "../shape/check.ts";
import { max } from "./reduction.ts";

/**
 * Options of {@link argmax} and {@link argmin}.
 *
 * @category Reductions
 */
export interface ArgmaxOptions {
  /** Axis; negative values count from the end. Default: over all elements in row-major order. */
  readonly axis?: number;
  /** Keep the reduced axis with size 1. Default: false. */
  readonly keepDims?: boolean;
}

/**
 * Returns the index of the largest element along an axis: the first of equal ones, or the first NaN. No gradient flows
 * through it.
 *
 * @param x Any tensor.
 * @param options Axis.
 * @returns i32.
 * @throws {RangeError} If the axis is out of range or empty.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { argmax, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const best = await evaluate(argmax(tensor([[1, 5, 5], [7, 2, 3]]), { axis: 1 }), reference);
 * assert((await best.data()).join() === "1,0");
 * ```
 *
 * @category Reductions
 */
export function argmax(x: Tensor, options: ArgmaxOptions = {}): Tensor {
  return firstLargest("argmax", x, ascendingKeys, options);
}

/**
 * Returns the index of the smallest element along an axis: the first of equal ones, or the first NaN. No gradient flows
 * through it.
 *
 * @param x Any tensor.
 * @param options Axis.
 * @returns i32.
 * @throws {RangeError} If the axis is out of range or empty.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { argmin, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const x = tensor([[4, 1, 1], [2, NaN, 0]]);
 * const y = await evaluate(argmin(x, { axis: 1 }), reference);
 * assertEquals([...await y.data()], [1, 1]); // the first of equal ones, and the first NaN
 * ```
 *
 * @category Reductions
 */
export function argmin(x: Tensor, options: ArgmaxOptions = {}): Tensor {
  return firstLargest("argmin", x, descendingKeys, options);
}

function firstLargest(
  name: string,
  x: Tensor,
  keysOf: (x: Tensor) => Tensor,
  { axis, keepDims = false }: ArgmaxOptions,
): Tensor {
  requireTensor(name, x);
  const rows = axis === undefined ? reshape(x, [x.size]) : x;
  const along = normaliseAxis(axis ?? 0, rows.rank), size = rows.shape[along]!;
  if (size === 0) throw new RangeError(`${name} of an empty axis: ${showShape(x.shape)} along axis ${along}`);
  checkWhole(name, "the size of the axis", size, 1, 2 ** 31 - 1);
  const keys = keysOf(rows);
  const largest = equal(keys, max(keys, { axes: along, keepDims: true }));
  // The first of them has the most elements after it
  const behind = reshape(sub(size - 1, arange(size)), rows.shape.map((_, i) => (i === along ? size : 1)));
  const found = sub(size - 1, max(where(largest, behind, -1), { axes: along, keepDims }));
  return axis === undefined && keepDims ? reshape(found, x.shape.map(() => 1)) : found;
}
