/**
 * Softmax and log-sum-exp. The maximum is subtracted first, to avoid overflow.
 * @module
 */
import { normaliseAxes, normaliseAxis } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, div, sub } from "../elementwise/arithmetic.ts";
import { exp, log } from "../elementwise/functions.ts";
import { isFinite, where } from "../elementwise/logic.ts";
import { squeeze, stopGradient } from "../shape/movement.ts";
import { requireType } from "../shape/check.ts";
import { max, type ReduceOptions, sum } from "./reduction.ts";

/**
 * The maximum over axes, 0 where it is infinite or NaN; constant for gradients, since the result does not depend on it.
 */
function shiftOf(x: Tensor, axes: readonly number[]): Tensor {
  const largest = stopGradient(max(x, { axes, keepDims: true }));
  return where(isFinite(largest), largest, 0);
}

function checked(name: string, x: Tensor): void {
  requireType(name, x, ["f32"]);
}

/**
 * `e^x / Σ e^x` along an axis: positive values that sum to 1.
 *
 * @param x f32.
 * @param axis Axis; negative values count from the end. Default: the last one.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, softmax, tensor } from "@gasp/tensor";
 *
 * const halves = await evaluate(softmax(tensor([1000, 1000])), reference);
 * assert((await halves.data()).join() === "0.5,0.5");
 * ```
 *
 * @category Reductions
 */
export function softmax(x: Tensor, axis: number = -1): Tensor {
  checked("softmax", x);
  const axes = [normaliseAxis(axis, x.rank)];
  const powers = exp(sub(x, shiftOf(x, axes)));
  return div(powers, sum(powers, { axes, keepDims: true }));
}

/**
 * `log softmax(x) = x - log Σ e^x` along an axis, without underflow.
 *
 * @param x f32.
 * @param axis Axis; negative values count from the end. Default: the last one.
 * @returns Tensor of the shape of x.
 * @throws {RangeError} If the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, logSoftmax, reference, tensor } from "@gasp/tensor";
 *
 * const logits = await (await evaluate(logSoftmax(tensor([0, -1000])), reference)).data();
 * assert(logits[0] === 0 && logits[1] === -1000);
 * ```
 *
 * @category Reductions
 */
export function logSoftmax(x: Tensor, axis: number = -1): Tensor {
  checked("logSoftmax", x);
  const axes = [normaliseAxis(axis, x.rank)];
  const shifted = sub(x, shiftOf(x, axes));
  return sub(shifted, log(sum(exp(shifted), { axes, keepDims: true })));
}

/**
 * `log Σ e^x` over axes; -inf over an empty axis.
 *
 * @param x f32.
 * @param options Axes.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, logsumexp, reference, tensor } from "@gasp/tensor";
 *
 * const [value] = await (await evaluate(logsumexp(tensor([1000, 1000])), reference)).data();
 * assert(Math.abs(value! - (1000 + Math.log(2))) < 1e-4);
 * ```
 *
 * @category Reductions
 */
export function logsumexp(x: Tensor, options: ReduceOptions = {}): Tensor {
  checked("logsumexp", x);
  const axes = normaliseAxes(options.axes, x.rank);
  const shift = shiftOf(x, axes);
  const total = add(log(sum(exp(sub(x, shift)), { axes, keepDims: true })), shift);
  return options.keepDims ? total : squeeze(total, axes);
}
