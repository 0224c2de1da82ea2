/**
 * Element-wise real functions. Their maximum errors are those of the kernel expressions (`ir/functions/`): a few ulp
 * over the whole range, on every device.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { applyBinary, applyUnary, type TensorLike } from "./apply.ts";

/**
 * Square root.
 *
 * @param x f32; negative values yield NaN.
 *
 * @example
 * ```ts
 * import { evaluate, sqrt, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(sqrt(tensor([9])))).data();
 * assertAlmostEquals(y!, 3, 1e-6);
 * ```
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
 * import { evaluate, rsqrt, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(rsqrt(tensor([4])))).data();
 * assertAlmostEquals(y!, 0.5, 1e-6);
 * ```
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
 */
export function exp(x: Tensor): Tensor {
  return applyUnary("exp", x);
}

/**
 * `e^x - 1`, without cancellation near 0.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, expm1, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(expm1(tensor([1e-9])))).data();
 * assertAlmostEquals(y!, 1e-9, 1e-6);
 * ```
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
 * import { evaluate, log, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(log(tensor([10])))).data();
 * assertAlmostEquals(y!, Math.LN10, 1e-6);
 * ```
 */
export function log(x: Tensor): Tensor {
  return applyUnary("log", x);
}

/**
 * `log(1 + x)`, accurate near 0.
 *
 * @param x f32; -1 yields -inf, smaller values NaN.
 *
 * @example
 * ```ts
 * import { evaluate, log1p, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(log1p(tensor([1])))).data();
 * assertAlmostEquals(y!, Math.LN2, 1e-6);
 * ```
 */
export function log1p(x: Tensor): Tensor {
  return applyUnary("log1p", x);
}

/**
 * Sine.
 *
 * @param x f32, radians; accurate for |x| up to about 10⁴.
 *
 * @example
 * ```ts
 * import { evaluate, sin, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(sin(tensor([Math.PI / 2])))).data();
 * assertAlmostEquals(y!, 1, 1e-6);
 * ```
 */
export function sin(x: Tensor): Tensor {
  return applyUnary("sin", x);
}

/**
 * Cosine.
 *
 * @param x f32, radians; accurate for |x| up to about 10⁴.
 *
 * @example
 * ```ts
 * import { cos, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(cos(tensor([Math.PI])))).data();
 * assertAlmostEquals(y!, -1, 1e-6);
 * ```
 */
export function cos(x: Tensor): Tensor {
  return applyUnary("cos", x);
}

/**
 * Tangent.
 *
 * @param x f32, radians; accurate for |x| up to about 10⁴.
 *
 * @example
 * ```ts
 * import { evaluate, tan, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(tan(tensor([Math.PI / 4])))).data();
 * assertAlmostEquals(y!, 1, 1e-6);
 * ```
 */
export function tan(x: Tensor): Tensor {
  return applyUnary("tan", x);
}

/**
 * `sin 2πx`.
 *
 * @param x f32, in turns; accurate everywhere.
 *
 * @example A quarter of a turn
 * ```ts
 * import { evaluate, sin2pi, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(sin2pi(tensor([0.25])))).data();
 * assertAlmostEquals(y!, 1, 1e-6);
 * ```
 */
export function sin2pi(x: Tensor): Tensor {
  return applyUnary("sin2pi", x);
}

/**
 * `cos 2πx`.
 *
 * @param x f32, in turns; accurate everywhere.
 *
 * @example Half a turn
 * ```ts
 * import { cos2pi, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(cos2pi(tensor([0.5])))).data();
 * assertAlmostEquals(y!, -1, 1e-6);
 * ```
 */
export function cos2pi(x: Tensor): Tensor {
  return applyUnary("cos2pi", x);
}

/**
 * Arc sine, in [-π/2, π/2].
 *
 * @param x f32 in [-1, 1]; other values yield NaN.
 *
 * @example
 * ```ts
 * import { asin, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(asin(tensor([1])))).data();
 * assertAlmostEquals(y!, Math.PI / 2, 1e-6);
 * ```
 */
export function asin(x: Tensor): Tensor {
  return applyUnary("asin", x);
}

/**
 * Arc cosine, in [0, π].
 *
 * @param x f32 in [-1, 1]; other values yield NaN.
 *
 * @example
 * ```ts
 * import { acos, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(acos(tensor([-1])))).data();
 * assertAlmostEquals(y!, Math.PI, 1e-6);
 * ```
 */
export function acos(x: Tensor): Tensor {
  return applyUnary("acos", x);
}

/**
 * Arc tangent, in [-π/2, π/2].
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { atan, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(atan(tensor([1])))).data();
 * assertAlmostEquals(y!, Math.PI / 4, 1e-6);
 * ```
 */
export function atan(x: Tensor): Tensor {
  return applyUnary("atan", x);
}

/**
 * Angle of the point (x, y), in [-π, π]; signed zeros behave as in IEEE 754. The derivative at the origin is NaN.
 *
 * @param y f32.
 * @param x f32.
 * @returns Tensor of the broadcast shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { atan2, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const angles = await (await evaluate(atan2(tensor([0, 1]), tensor([1, 0])), reference)).data();
 * assert(angles[0] === 0 && Math.abs(angles[1]! - Math.PI / 2) < 1e-6);
 * ```
 */
export function atan2(y: TensorLike, x: TensorLike): Tensor {
  return applyBinary("atan2", y, x);
}

/**
 * Hyperbolic sine.
 *
 * @param x f32.
 *
 * @example
 * ```ts
 * import { evaluate, sinh, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(sinh(tensor([1])))).data();
 * assertAlmostEquals(y!, Math.sinh(1), 1e-6);
 * ```
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
 * import { cosh, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(cosh(tensor([1])))).data();
 * assertAlmostEquals(y!, Math.cosh(1), 1e-6);
 * ```
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
 * import { evaluate, tanh, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(tanh(tensor([1])))).data();
 * assertAlmostEquals(y!, Math.tanh(1), 1e-6);
 * ```
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
 * import { erf, evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [y] = await (await evaluate(erf(tensor([1])))).data();
 * assertAlmostEquals(y!, 0.8427007929497149, 1e-6);
 * ```
 */
export function erf(x: Tensor): Tensor {
  return applyUnary("erf", x);
}
