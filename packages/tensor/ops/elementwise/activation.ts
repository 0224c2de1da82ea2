/**
 * Element-wise activation functions. `tanh` is in `functions.ts`.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { applyUnary } from "./apply.ts";
import { add, clamp, maximum, minimum, mul, neg } from "./arithmetic.ts";
import { checkNumber, requireType } from "../shape/check.ts";
import { erf, expm1, tanh } from "./functions.ts";
import { greater, where } from "./logic.ts";

/**
 * `1 / (1 + e^-x)`, in (0, 1).
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, sigmoid, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(sigmoid(tensor([0])))).data();
 * assertAlmostEquals(y!, 0.5, 1e-6);
 * ```
 */
export function sigmoid(x: Tensor): Tensor {
  return applyUnary("sigmoid", x);
}

/**
 * `log(sigmoid(x))` without underflow.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, logSigmoid, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(logSigmoid(tensor([0])))).data();
 * assertAlmostEquals(y!, -Math.LN2, 1e-6);
 * ```
 */
export function logSigmoid(x: Tensor): Tensor {
  return neg(softplus(neg(x)));
}

/**
 * `log(1 + e^x)`, without overflow or cancellation.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, softplus, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(softplus(tensor([0])))).data();
 * assertAlmostEquals(y!, Math.LN2, 1e-6);
 * ```
 */
export function softplus(x: Tensor): Tensor {
  return applyUnary("softplus", x);
}

/**
 * `max(x, 0)`; its derivative at 0 is 0.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, relu, tensor } from "@gasp/tensor";
 *
 * const positive = await evaluate(relu(tensor([-1, 0, 2])), reference);
 * assert((await positive.data()).join() === "0,0,2");
 * ```
 */
export function relu(x: Tensor): Tensor {
  requireType("relu", x, ["f32"]);
  return where(greater(x, 0), x, 0);
}

/**
 * `min(max(x, 0), 6)`.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, relu6, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(relu6(tensor([9])))).data();
 * assertAlmostEquals(y!, 6, 1e-6);
 * ```
 */
export function relu6(x: Tensor): Tensor {
  requireType("relu6", x, ["f32"]);
  return clamp(x, 0, 6);
}

/**
 * `x` where it is positive, else `slope · x`.
 *
 * @param x f32.
 * @param slope Slope below 0, for example 0.2.
 *
 * @example
 * ```ts
 * import { evaluate, leakyRelu, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = await evaluate(leakyRelu(tensor([-1, 2]), 0.5));
 * assertEquals([...await y.data()], [-0.5, 2]);
 * ```
 */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  requireType("leakyRelu", x, ["f32"]);
  checkNumber("leakyRelu", "slope", slope);
  return where(greater(x, 0), x, mul(x, slope));
}

/**
 * The exponential linear unit: `x` where it is positive, else `α (e^x - 1)`.
 *
 * @param x f32.
 * @param alpha The function tends to `-alpha` for x → -∞. Default: 1.
 *
 * @example
 * ```ts
 * import { elu, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(elu(tensor([-1])))).data();
 * assertAlmostEquals(y!, Math.expm1(-1), 1e-6);
 * ```
 */
export function elu(x: Tensor, alpha: number = 1): Tensor {
  requireType("elu", x, ["f32"]);
  checkNumber("elu", "alpha", alpha);
  return where(greater(x, 0), x, mul(expm1(minimum(x, 0)), alpha));
}

const SELU_ALPHA = 1.6732632423543772, SELU_SCALE = 1.0507009873554805;

/**
 * The self-normalising exponential linear unit of Klambauer et al. 2017.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, selu, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(selu(tensor([1])))).data();
 * assertAlmostEquals(y!, 1.0507009873554805, 1e-6);
 * ```
 */
export function selu(x: Tensor): Tensor {
  return mul(elu(x, SELU_ALPHA), SELU_SCALE);
}

/**
 * `x · sigmoid(x)`, also called swish.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, silu, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(silu(tensor([1])))).data();
 * assertAlmostEquals(y!, 1 / (1 + Math.exp(-1)), 1e-6);
 * ```
 */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}

/**
 * `x · tanh(softplus(x))`.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, mish, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(mish(tensor([1])))).data();
 * assertAlmostEquals(y!, Math.tanh(Math.log1p(Math.E)), 1e-6);
 * ```
 */
export function mish(x: Tensor): Tensor {
  return mul(x, tanh(softplus(x)));
}

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** Approximates the error function by `tanh`, as GPT-2 does; the error is at most 5 · 10⁻⁴. Default: false. */
  readonly approximate?: boolean;
}

/**
 * The Gaussian error linear unit `x Φ(x) = x/2 (1 + erf(x/√2))`, or approximately
 * `x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
 *
 * @param x f32.
 * @param options Exact or approximate.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, gelu, reference, tensor } from "@gasp/tensor";
 *
 * const [y] = await (await evaluate(gelu(tensor([1])), reference)).data();
 * assert(Math.abs(y! - 0.8413447) < 1e-6);
 * ```
 */
export function gelu(x: Tensor, { approximate = false }: GeluOptions = {}): Tensor {
  requireType("gelu", x, ["f32"]);
  const half = mul(x, 0.5);
  if (!approximate) return mul(half, add(erf(mul(x, Math.SQRT1_2)), 1));
  const inner = mul(mul(x, add(mul(mul(x, x), 0.044715), 1)), Math.sqrt(2 / Math.PI));
  return mul(half, add(tanh(inner), 1));
}

/**
 * `min(max(x/6 + ½, 0), 1)`: a piecewise linear sigmoid.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, hardSigmoid, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(hardSigmoid(tensor([0])))).data();
 * assertAlmostEquals(y!, 0.5, 1e-6);
 * ```
 */
export function hardSigmoid(x: Tensor): Tensor {
  requireType("hardSigmoid", x, ["f32"]);
  return minimum(maximum(add(mul(x, 1 / 6), 0.5), 0), 1);
}
