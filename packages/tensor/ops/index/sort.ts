/**
 * Sorting along an axis. Sorts are stable; NaN comes last, in descending order too; -0 equals 0.
 * @module
 */
import { normaliseAxis, showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkWhole, requireTensor } from "../shape/check.ts";
import { gather } from "./indexing.ts";
import { reshape, transpose } from "../shape/movement.ts";
import { ascendingKeys, descendingKeys } from "../elementwise/order_key.ts";
import { invertRows } from "./invert.ts";
import { flatPositions } from "./take.ts";

/**
 * Options of {@link sort} and {@link argsort}.
 *
 * @category Indexing and order
 */
export interface SortOptions {
  /** Axis; negative values count from the end. Default: the last one. */
  readonly axis?: number;
  /** Sort in descending order. Default: false. */
  readonly descending?: boolean;
}

/** A permutation that swaps an axis with the last one; it is its own inverse. */
function lastSwapped(x: Tensor, axis: number): number[] {
  const order = x.shape.map((_, i) => i);
  return order.with(axis, x.rank - 1).with(x.rank - 1, axis);
}

/** Indices of the first `count` sorted elements along an axis, i32. */
function firstNumbers(x: Tensor, axis: number, count: number, descending: boolean): Tensor {
  const order = lastSwapped(x, axis), keys = descending ? descendingKeys(x) : ascendingKeys(x);
  const rows = transpose(keys, order), shape = rows.shape.with(-1, count);
  return transpose(makeNode("argsort", { count }, [rows], shape, "i32"), order);
}

/** Gathers elements by indices known to be in range. */
function elementsAt(x: Tensor, numbers: Tensor, axis: number): Tensor {
  return gather(reshape(x, [x.size]), invertRows(flatPositions("sort", x, numbers, axis), x.size));
}

/**
 * Sorts along an axis, ascending by default. The gradient of an element is that of its position in the result.
 *
 * @param x Any tensor with at least one axis.
 * @param options Axis, direction.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, sort, tensor } from "@gasp/tensor";
 *
 * const ordered = await evaluate(sort(tensor([3, 1, NaN, 2])), reference);
 * assert((await ordered.data()).join() === "1,2,3,NaN");
 * ```
 *
 * @category Indexing and order
 */
export function sort(x: Tensor, options: SortOptions = {}): Tensor {
  requireTensor("sort", x);
  const axis = normaliseAxis(options.axis ?? -1, x.rank);
  return x.shape[axis]! < 2 ? x : elementsAt(x, argsort(x, options), axis);
}

/**
 * Returns the indices that sort along an axis, as {@link takeAlongAxis} expects them. No gradient flows through it.
 *
 * @param x Any tensor with at least one axis.
 * @param options Axis, direction.
 * @returns i32, the shape of x.
 * @throws {RangeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { argsort, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const order = await evaluate(argsort(tensor([3, 1, 2])), reference);
 * assert((await order.data()).join() === "1,2,0");
 * ```
 *
 * @category Indexing and order
 */
export function argsort(x: Tensor, { axis = -1, descending = false }: SortOptions = {}): Tensor {
  requireTensor("argsort", x);
  const along = normaliseAxis(axis, x.rank);
  return firstNumbers(x, along, x.shape[along]!, descending);
}

/**
 * Options of {@link topK}.
 *
 * @category Indexing and order
 */
export interface TopKOptions {
  /** Axis; negative values count from the end. Default: the last one. */
  readonly axis?: number;
  /** Select the smallest elements, ascending. Default: false. */
  readonly smallest?: boolean;
}

/**
 * Returns the k largest elements along an axis, descending, and their indices; ties are resolved to the lowest index,
 * and NaN is selected last.
 *
 * @param x Any tensor with at least one axis.
 * @param k Number of elements, from 1 to the size of the axis.
 * @param options Axis, direction.
 * @returns The elements and their indices, i32; both have the shape of x with size k along the axis.
 * @throws {RangeError} If k is not an integer in range, or the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, tensor, topK } from "@gasp/tensor";
 *
 * const best = await evaluate(topK(tensor([3, 1, 4, 1, 5]), 2), reference);
 * assert((await best.values.data()).join() === "5,4" && (await best.indices.data()).join() === "4,2");
 * ```
 *
 * @category Indexing and order
 */
export function topK(
  x: Tensor,
  k: number,
  { axis = -1, smallest = false }: TopKOptions = {},
): { readonly values: Tensor; readonly indices: Tensor } {
  requireTensor("topK", x);
  const along = normaliseAxis(axis, x.rank), size = x.shape[along]!;
  if (size === 0) throw new RangeError(`topK of an empty axis: ${showShape(x.shape)} along axis ${along}`);
  checkWhole("topK", "k", k, 1, size);
  const indices = firstNumbers(x, along, k, !smallest);
  return { values: elementsAt(x, indices, along), indices };
}
