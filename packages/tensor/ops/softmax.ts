/**
 * Exponentials that are summed along an axis. The largest number is taken out first, so that nothing overflows.
 * @module
 */
import { normaliseAxes, normaliseAxis } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, sub } from "./arithmetic.ts";
import { exp, log } from "./functions.ts";
import { isFinite, where } from "./logic.ts";
import { squeeze, stopGradient } from "./movement.ts";
import { requireTensor, requireType } from "./check.ts";
import { max, type ReduceOptions, sum } from "./reduction.ts";

/** The largest number along axes, 0 where it is infinite or NaN; taken as a constant, since any other one would do. */
function shiftOf(x: Tensor, axes: readonly number[]): Tensor {
  const largest = stopGradient(max(x, { axes, keepDims: true }));
  return where(isFinite(largest), largest, 0);
}

function checked(name: string, x: Tensor): void {
  requireTensor(name, x);
  requireType(name, x.dtype, ["f32"]);
}

/**
 * `e^x / Σ e^x` along an axis: positive numbers whose sum is 1.
 *
 * @param x f32.
 * @param axis The axis; negative counts from the end. Default: the last one.
 * @returns The shape of x.
 * @throws {RangeError} If there is no such axis.
 *
 * @example
 * ```ts
 * import { evaluate, softmax, tensor } from "@gasp/tensor";
 *
 * const halves = await evaluate(softmax(tensor([1000, 1000])));
 * console.assert((await halves.data()).join() === "0.5,0.5");
 * ```
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
 * @param axis The axis; negative counts from the end. Default: the last one.
 * @returns The shape of x.
 * @throws {RangeError} If there is no such axis.
 *
 * @example
 * ```ts
 * import { evaluate, logSoftmax, tensor } from "@gasp/tensor";
 *
 * const logits = await (await evaluate(logSoftmax(tensor([0, -1000])))).data();
 * console.assert(logits[0] === 0 && logits[1] === -1000);
 * ```
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
 * import { evaluate, logsumexp, tensor } from "@gasp/tensor";
 *
 * const [value] = await (await evaluate(logsumexp(tensor([1000, 1000])))).data();
 * console.assert(Math.abs(value! - (1000 + Math.log(2))) < 1e-4);
 * ```
 */
export function logsumexp(x: Tensor, options: ReduceOptions = {}): Tensor {
  checked("logsumexp", x);
  const axes = normaliseAxes(options.axes, x.rank);
  const shift = shiftOf(x, axes);
  const total = add(log(sum(exp(sub(x, shift)), { axes, keepDims: true })), shift);
  return options.keepDims ? total : squeeze(total, axes);
}
