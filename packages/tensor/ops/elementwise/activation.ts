/**
 * Element-wise activation functions. `tanh` is in `functions.ts`.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { applyUnary } from "./apply.ts";
import { add, clamp, maximum, minimum, mul, neg } from "./arithmetic.ts";
import { checkNumber, requireType } from "../shape/check.ts";
import { erf, expm1, tanh } from "./functions.ts";
import { greater, lessEqual, where } from "./logic.ts";

/**
 * `1 / (1 + e^-x)`, in (0, 1).
 *
 * @param x f32.
 *
 * @example Half at 0, and no overflow at either end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, sigmoid, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(sigmoid(tensor([-Infinity, 0, Infinity])), reference);
 * assertEquals([...await y.data()], [0, 0.5, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function sigmoid(x: Tensor): Tensor {
  return applyUnary("sigmoid", x);
}

/**
 * `log(sigmoid(x))` without underflow.
 *
 * @param x f32.
 *
 * @example Large negative arguments, for which `log(sigmoid(x))` would be -Infinity
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, logSigmoid, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(logSigmoid(tensor([-1000])), reference);
 * assertEquals([...await y.data()], [-1000]);
 * ```
 *
 * @category Element-wise operations
 */
export function logSigmoid(x: Tensor): Tensor {
  return neg(softplus(neg(x)));
}

/**
 * `log(1 + e^x)`, without overflow or cancellation.
 *
 * @param x f32.
 *
 * @example No overflow, though e^1000 is infinite
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { evaluate, reference, softplus, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(softplus(tensor([0, 1000])), reference);
 * const [first, second] = await y.data();
 * assertAlmostEquals(first!, Math.LN2, 1e-6);
 * assertEquals(second, 1000);
 * ```
 *
 * @category Element-wise operations
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
 *
 * @category Element-wise operations
 */
export function relu(x: Tensor): Tensor {
  requireType("relu", x, ["f32"]);
  // NaN is not at most 0, and so remains
  return where(lessEqual(x, 0), 0, x);
}

/**
 * `min(max(x, 0), 6)`.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, relu6, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(relu6(tensor([-1, 3, 9])), reference);
 * assertEquals([...await y.data()], [0, 3, 6]);
 * ```
 *
 * @category Element-wise operations
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
 * @example Negative values are scaled, not removed
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, leakyRelu, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(leakyRelu(tensor([-2, 0, 2]), 0.5), reference);
 * assertEquals([...await y.data()], [-1, 0, 2]);
 * ```
 *
 * @category Element-wise operations
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
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { elu, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(elu(tensor([-1, 0, 2]), 2), reference);
 * const [first, second, third] = await y.data();
 * assertAlmostEquals(first!, 2 * (Math.exp(-1) - 1), 1e-6);
 * assertEquals(second, 0);
 * assertEquals(third, 2);
 * ```
 *
 * @category Element-wise operations
 */
export function elu(x: Tensor, alpha: number = 1): Tensor {
  requireType("elu", x, ["f32"]);
  checkNumber("elu", "alpha", alpha);
  const positive = greater(x, 0);
  // Not minimum(x, 0), whose derivative at 0 is a half
  return where(positive, x, mul(expm1(where(positive, 0, x)), alpha));
}

const SELU_ALPHA = 1.6732632423543772, SELU_SCALE = 1.0507009873554805;

/**
 * The self-normalising exponential linear unit of Klambauer et al. 2017.
 *
 * @param x f32.
 *
 * @example Bounded below, a little steeper than 1 above
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { evaluate, reference, selu, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(selu(tensor([-Infinity, 1])), reference);
 * const [first, second] = await y.data();
 * assertAlmostEquals(first!, -1.758099, 1e-6);
 * assertAlmostEquals(second!, 1.050701, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function selu(x: Tensor): Tensor {
  return mul(elu(x, SELU_ALPHA), SELU_SCALE);
}

/**
 * `x · sigmoid(x)`, also called swish.
 *
 * @param x f32.
 *
 * @example Close to the identity for large arguments
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { evaluate, reference, silu, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(silu(tensor([0, 1, 100])), reference);
 * const [first, second, third] = await y.data();
 * assertEquals(first, 0);
 * assertAlmostEquals(second!, 0.731059, 1e-6);
 * assertEquals(third, 100);
 * ```
 *
 * @category Element-wise operations
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
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { evaluate, mish, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(mish(tensor([0, 1])), reference);
 * const [first, second] = await y.data();
 * assertEquals(first, 0);
 * assertAlmostEquals(second!, 0.865098, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function mish(x: Tensor): Tensor {
  return mul(x, tanh(softplus(x)));
}

/**
 * Options of {@link gelu}.
 *
 * @category Element-wise operations
 */
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
 *
 * @category Element-wise operations
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
 * @example Exactly 0 and 1 beyond ±3
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, hardSigmoid, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(hardSigmoid(tensor([-4, 0, 4])), reference);
 * assertEquals([...await y.data()], [0, 0.5, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function hardSigmoid(x: Tensor): Tensor {
  requireType("hardSigmoid", x, ["f32"]);
  return minimum(maximum(add(mul(x, 1 / 6), 0.5), 0), 1);
}
