/**
 * Reductions over axes.
 * @module
 */
import { normaliseAxes, type Shape } from "../graph/shape.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { mul, neg } from "./arithmetic.ts";
import { reshape } from "./movement.ts";

/** Which axes are reduced, and whether they stay with size 1. */
export interface ReduceOptions {
  /** One axis, several, or none for all; negative ones count from the end. */
  readonly axes?: number | readonly number[];
  /** Keep the reduced axes with size 1. Default: false. */
  readonly keepDims?: boolean;
}

function reduce(op: "sum" | "max", x: Tensor, options: ReduceOptions): Tensor {
  const axes = normaliseAxes(options.axes, x.rank);
  if (axes.length === 0) return x;
  const kept: Shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const reduced = makeNode(op, { axes }, [x], kept, x.dtype);
  return options.keepDims ? reduced : reshape(reduced, x.shape.filter((_, axis) => !axes.includes(axis)));
}

/**
 * Sum over axes; 0 over an empty axis.
 *
 * @param x f32, i32 or u32.
 * @param options Axes.
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  if (x.dtype === "bool") throw new TypeError("sum takes numbers, got bool: use cast(x, 'i32') to count");
  return reduce("sum", x, options);
}

/**
 * Mean over axes.
 *
 * @param x f32.
 * @param options Axes.
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const count = normaliseAxes(options.axes, x.rank).reduce((n, axis) => n * x.shape[axis]!, 1);
  return mul(sum(x, options), 1 / count);
}

/**
 * Largest element over axes; -inf over an empty axis.
 *
 * @param x f32.
 * @param options Axes.
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  if (x.dtype !== "f32") throw new TypeError(`max takes f32, got ${x.dtype}: use cast()`);
  return reduce("max", x, options);
}

/**
 * Smallest element over axes; +inf over an empty axis.
 *
 * @param x f32.
 * @param options Axes.
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  return neg(max(neg(x), options));
}
