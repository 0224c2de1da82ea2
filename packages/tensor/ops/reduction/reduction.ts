/**
 * Reductions over axes.
 * @module
 */
import type { DType } from "../../ir/dtype.ts";
import { normaliseAxes, type Shape, sizeOf } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { cast, mul, neg, pow, square, sub } from "../elementwise/arithmetic.ts";
import { checkNumber, requireType } from "../shape/check.ts";
import { sqrt } from "../elementwise/functions.ts";
import { abs } from "../elementwise/rounding.ts";
import { not } from "../elementwise/logic.ts";
import { reshape } from "../shape/movement.ts";

/**
 * Options of reductions.
 *
 * @category Reductions
 */
export interface ReduceOptions {
  /** Axis or axes; negative values count from the end. Default: all. */
  readonly axes?: number | readonly number[] | undefined;
  /** Keep the reduced axes with size 1. Default: false. */
  readonly keepDims?: boolean;
}

const NUMERIC: readonly DType[] = ["f32", "i32", "u32"];
const REAL: readonly DType[] = ["f32"];

function reducedAxes(x: Tensor, options: ReduceOptions): number[] {
  return normaliseAxes(options.axes, x.rank);
}

function reduce(op: "sum" | "max" | "prod", x: Tensor, options: ReduceOptions): Tensor {
  requireType(op, x, NUMERIC);
  const axes = reducedAxes(x, options);
  if (axes.length === 0) return x;
  const kept: Shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const reduced = makeNode(op, { axes }, [x], kept, x.dtype);
  return options.keepDims ? reduced : reshape(reduced, x.shape.filter((_, axis) => !axes.includes(axis)));
}

/** Number of elements reduced to one. */
function countOf(x: Tensor, options: ReduceOptions): number {
  return sizeOf(reducedAxes(x, options).map((axis) => x.shape[axis]!));
}

/**
 * Sum over axes; 0 over an empty axis.
 *
 * @param x f32, i32 or u32.
 * @param options Axes.
 * @throws {RangeError} If an axis is out of range or duplicated.
 * @throws {TypeError} If x is bool: use `cast(x, "i32")` to count.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, sum, tensor } from "@gasp/tensor";
 *
 * const rows = await evaluate(sum(tensor([[1, 2], [3, 4]]), { axes: 1 }), reference);
 * assert((await rows.data()).join() === "3,7");
 * ```
 *
 * @category Reductions
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("sum", x, options);
}

/**
 * Product over axes; 1 over an empty axis. Second derivatives with respect to elements that are 0 are not exact.
 *
 * @param x f32, i32 or u32.
 * @param options Axes.
 *
 * @example Over the rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, prod, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(prod(tensor([[1, 2], [3, 4]]), { axes: 0 }), reference);
 * assertEquals([...await y.data()], [3, 8]);
 * ```
 *
 * @category Reductions
 */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("prod", x, options);
}

/**
 * Mean over axes; NaN over an empty axis.
 *
 * @param x f32.
 * @param options Axes.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, mean, reference, tensor } from "@gasp/tensor";
 *
 * const [value] = await (await evaluate(mean(tensor([1, 2, 6])), reference)).data();
 * assert(Math.abs(value! - 3) < 1e-6);
 * ```
 *
 * @category Reductions
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  requireType("mean", x, REAL);
  return mul(sum(x, options), 1 / countOf(x, options));
}

/**
 * Options of {@link variance} and {@link std}.
 *
 * @category Reductions
 */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the number of elements in the divisor: 1 for an unbiased estimate. Default: 0. */
  readonly correction?: number;
}

/**
 * Variance over axes: the mean squared deviation from the mean.
 *
 * @param x f32.
 * @param options Axes, correction.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, tensor, variance } from "@gasp/tensor";
 *
 * const [value] = await (await evaluate(variance(tensor([1, 3])), reference)).data();
 * assert(value === 1);
 * ```
 *
 * @category Reductions
 */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  requireType("variance", x, REAL);
  const { correction = 0 } = options;
  checkNumber("variance", "the correction", correction);
  const { axes } = options;
  const away = sub(x, mean(x, { axes, keepDims: true }));
  return mul(sum(square(away), options), 1 / (countOf(x, options) - correction));
}

/**
 * Standard deviation, the square root of the {@link variance}.
 *
 * @param x f32.
 * @param options Axes, correction.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, std, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(std(tensor([[1, 3], [0, 8]]), { axes: 1 }), reference);
 * assertEquals([...await y.data()], [1, 4]);
 * ```
 *
 * @category Reductions
 */
export function std(x: Tensor, options: VarianceOptions = {}): Tensor {
  return sqrt(variance(x, options));
}

/**
 * Maximum over axes; over an empty axis the smallest value of the type, -inf for f32. The gradient is divided equally
 * among ties.
 *
 * @param x f32, i32 or u32.
 * @param options Axes.
 *
 * @example Negative axes count from the end; `keepDims` leaves a size of 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, max, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(max(tensor([[1, 9], [7, 3]]), { axes: -1, keepDims: true }), reference);
 * assertEquals(y.shape, [2, 1]);
 * assertEquals([...await y.data()], [9, 7]);
 * ```
 *
 * @category Reductions
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("max", x, options);
}

/**
 * Minimum over axes; over an empty axis the largest value of the type, +inf for f32. The gradient is divided equally
 * among ties.
 *
 * @param x f32, i32 or u32.
 * @param options Axes.
 *
 * @example Over the rows
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, min, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(min(tensor([[1, 9], [7, 3]]), { axes: 0 }), reference);
 * assertEquals([...await y.data()], [1, 3]);
 * ```
 *
 * @category Reductions
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  requireType("min", x, NUMERIC);
  if (x.dtype === "f32") return neg(max(neg(x), options));
  // -2³¹ cannot be negated, but complements reverse the order of all integers
  const top = x.dtype === "i32" ? -1 : 2 ** 32 - 1;
  return sub(top, max(sub(top, x), options));
}

/**
 * Whether any element is true; false over an empty axis.
 *
 * @param x bool.
 * @param options Axes.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { any, evaluate, isNaN, reference, tensor } from "@gasp/tensor";
 *
 * const [found] = await (await evaluate(any(isNaN(tensor([1, NaN]))), reference)).data();
 * assert(found === 1);
 * ```
 *
 * @category Reductions
 */
export function any(x: Tensor, options: ReduceOptions = {}): Tensor {
  requireType("any", x, ["bool"]);
  return cast(max(cast(x, "u32"), options), "bool");
}

/**
 * Whether all elements are true; true over an empty axis.
 *
 * @param x bool.
 * @param options Axes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { all, evaluate, greater, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(all(greater(tensor([[1, 2], [-1, 3]]), 0), { axes: 1 }), reference);
 * assertEquals([...await y.data()], [1, 0]);
 * ```
 *
 * @category Reductions
 */
export function all(x: Tensor, options: ReduceOptions = {}): Tensor {
  requireType("all", x, ["bool"]);
  return not(any(not(x), options));
}

/**
 * Options of {@link norm}.
 *
 * @category Reductions
 */
export interface NormOptions extends ReduceOptions {
  /** Order p: `(Σ |x|^p)^(1/p)`; `Infinity` for the maximum magnitude. Default: 2. */
  readonly order?: number;
}

/**
 * p-norm over axes. The derivative of the 2-norm at 0 is NaN, as that of the square root.
 *
 * @param x f32.
 * @param options Axes, order.
 * @throws {RangeError} If the order is below 1.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, norm, reference, tensor } from "@gasp/tensor";
 *
 * const [length] = await (await evaluate(norm(tensor([3, 4])), reference)).data();
 * assert(length === 5);
 * ```
 *
 * @category Reductions
 */
export function norm(x: Tensor, options: NormOptions = {}): Tensor {
  requireType("norm", x, REAL);
  const { order = 2 } = options;
  if (!(order >= 1)) {
    throw new RangeError(`norm: the order must be at least 1 (1, 2, Infinity, ...), got ${order}`);
  }
  if (order === 2) return sqrt(sum(square(x), options));
  if (order === 1) return sum(abs(x), options);
  if (order === Infinity) return max(abs(x), options);
  return pow(sum(pow(abs(x), order), options), 1 / order);
}
