/**
 * Element-wise real functions. Their maximum errors are those of the kernel expressions (`ir/functions/`): a few ulp
 * over the whole range, on every device.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { applyBinary, applyUnary } from "./apply.ts";

/**
 * Square root.
 *
 * @param x f32; negative values yield NaN.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, sqrt, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(sqrt(tensor([9, 0, -1])), reference);
 * assertEquals([...await y.data()], [3, 0, NaN]);
 * ```
 *
 * @category Element-wise operations
 */
export function sqrt(x: Tensor): Tensor {
  return applyUnary("sqrt", x);
}

/**
 * `1 / √x`.
 *
 * @param x f32; negative values yield NaN.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, rsqrt, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(rsqrt(tensor([4, 0])), reference);
 * assertEquals([...await y.data()], [0.5, Infinity]);
 * ```
 *
 * @category Element-wise operations
 */
export function rsqrt(x: Tensor): Tensor {
  return applyBinary("div", 1, sqrt(x));
}

/**
 * `e^x`.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, exp, reference, tensor } from "@gasp/tensor";
 *
 * const [one] = await (await evaluate(exp(tensor([0])), reference)).data();
 * assert(one === 1);
 * ```
 *
 * @category Element-wise operations
 */
export function exp(x: Tensor): Tensor {
  return applyUnary("exp", x);
}

/**
 * `e^x - 1`, without cancellation near 0.
 *
 * @param x f32.
 *
 * @example `e^x - 1` in f32 would be 0
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { evaluate, expm1, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(expm1(tensor([1e-10])), reference);
 * assertAlmostEquals((await y.data())[0]!, 1e-10, 1e-16);
 * ```
 *
 * @category Element-wise operations
 */
export function expm1(x: Tensor): Tensor {
  return applyUnary("expm1", x);
}

/**
 * Natural logarithm.
 *
 * @param x f32; 0 yields -inf, negative values NaN.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, log, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(log(tensor([1, 0, -1])), reference);
 * assertEquals([...await y.data()], [0, -Infinity, NaN]);
 * ```
 *
 * @category Element-wise operations
 */
export function log(x: Tensor): Tensor {
  return applyUnary("log", x);
}

/**
 * `log(1 + x)`, accurate near 0.
 *
 * @param x f32; -1 yields -inf, smaller values NaN.
 *
 * @example `log(1 + x)` in f32 would be 0
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { evaluate, log1p, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(log1p(tensor([1e-10])), reference);
 * assertAlmostEquals((await y.data())[0]!, 1e-10, 1e-16);
 * ```
 *
 * @category Element-wise operations
 */
export function log1p(x: Tensor): Tensor {
  return applyUnary("log1p", x);
}

/**
 * Hyperbolic sine.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { evaluate, reference, sinh, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(sinh(tensor([0, 1])), reference);
 * const [first, second] = await y.data();
 * assertEquals(first, 0);
 * assertAlmostEquals(second!, (Math.E - 1 / Math.E) / 2, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function sinh(x: Tensor): Tensor {
  return applyUnary("sinh", x);
}

/**
 * Hyperbolic cosine.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { cosh, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(cosh(tensor([0, 1])), reference);
 * const [first, second] = await y.data();
 * assertEquals(first, 1);
 * assertAlmostEquals(second!, (Math.E + 1 / Math.E) / 2, 1e-6);
 * ```
 *
 * @category Element-wise operations
 */
export function cosh(x: Tensor): Tensor {
  return applyUnary("cosh", x);
}

/**
 * Hyperbolic tangent.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, reference, tanh, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(tanh(tensor([-Infinity, 0, Infinity])), reference);
 * assertEquals([...await y.data()], [-1, 0, 1]);
 * ```
 *
 * @category Element-wise operations
 */
export function tanh(x: Tensor): Tensor {
  return applyUnary("tanh", x);
}

/**
 * The error function `2/√π ∫₀ˣ e^{-t²} dt`.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { erf, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const y = await evaluate(erf(tensor([0, 1, Infinity])), reference);
 * const [first, second, third] = await y.data();
 * assertEquals(first, 0);
 * assertAlmostEquals(second!, 0.842701, 1e-6);
 * assertEquals(third, 1);
 * ```
 *
 * @category Element-wise operations
 */
export function erf(x: Tensor): Tensor {
  return applyUnary("erf", x);
}
