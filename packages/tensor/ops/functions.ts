/**
 * Functions of real numbers, element by element. Their largest errors are those of the kernel expressions
 * (`ir/functions.ts`): a few units in the last place over the whole range, on every device.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { applyBinary, applyUnary, type TensorLike } from "./apply.ts";

/** Square root. @param x f32; a negative number gives NaN. */
export function sqrt(x: Tensor): Tensor {
  return applyUnary("sqrt", x);
}

/** `1 / √x`. @param x f32; a negative number gives NaN. */
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
 * import { evaluate, exp, tensor } from "@gasp/tensor";
 *
 * const [one] = await (await evaluate(exp(tensor([0])))).data();
 * console.assert(one === 1);
 * ```
 */
export function exp(x: Tensor): Tensor {
  return applyUnary("exp", x);
}

/** `e^x - 1`, without cancellation near 0. @param x f32. */
export function expm1(x: Tensor): Tensor {
  return applyUnary("expm1", x);
}

/** Natural logarithm. @param x f32; 0 gives -inf, negative numbers NaN. */
export function log(x: Tensor): Tensor {
  return applyUnary("log", x);
}

/** `log(1 + x)`, accurate near 0. @param x f32; -1 gives -inf, numbers below NaN. */
export function log1p(x: Tensor): Tensor {
  return applyUnary("log1p", x);
}

/** Sine of radians. @param x f32; accurate for |x| up to about 10⁴. */
export function sin(x: Tensor): Tensor {
  return applyUnary("sin", x);
}

/** Cosine of radians. @param x f32; accurate for |x| up to about 10⁴. */
export function cos(x: Tensor): Tensor {
  return applyUnary("cos", x);
}

/** Tangent of radians. @param x f32; accurate for |x| up to about 10⁴. */
export function tan(x: Tensor): Tensor {
  return applyUnary("tan", x);
}

/** `sin 2πx`: sine of turns. @param x f32; accurate for all. */
export function sin2pi(x: Tensor): Tensor {
  return applyUnary("sin2pi", x);
}

/** `cos 2πx`: cosine of turns. @param x f32; accurate for all. */
export function cos2pi(x: Tensor): Tensor {
  return applyUnary("cos2pi", x);
}

/** Arc sine, in [-π/2, π/2]. @param x f32 in [-1, 1]; others give NaN. */
export function asin(x: Tensor): Tensor {
  return applyUnary("asin", x);
}

/** Arc cosine, in [0, π]. @param x f32 in [-1, 1]; others give NaN. */
export function acos(x: Tensor): Tensor {
  return applyUnary("acos", x);
}

/** Arc tangent, in [-π/2, π/2]. @param x f32. */
export function atan(x: Tensor): Tensor {
  return applyUnary("atan", x);
}

/**
 * The angle of the point (x, y), in [-π, π]; signs of zeros count as in IEEE 754. The derivative at the origin is NaN.
 *
 * @param y f32.
 * @param x f32.
 * @returns The broadcast shape.
 *
 * @example
 * ```ts
 * import { atan2, evaluate, tensor } from "@gasp/tensor";
 *
 * const angles = await (await evaluate(atan2(tensor([0, 1]), tensor([1, 0])))).data();
 * console.assert(angles[0] === 0 && Math.abs(angles[1]! - Math.PI / 2) < 1e-6);
 * ```
 */
export function atan2(y: TensorLike, x: TensorLike): Tensor {
  return applyBinary("atan2", y, x);
}

/** Hyperbolic sine. @param x f32. */
export function sinh(x: Tensor): Tensor {
  return applyUnary("sinh", x);
}

/** Hyperbolic cosine. @param x f32. */
export function cosh(x: Tensor): Tensor {
  return applyUnary("cosh", x);
}

/** Hyperbolic tangent. @param x f32. */
export function tanh(x: Tensor): Tensor {
  return applyUnary("tanh", x);
}

/** The error function `2/√π ∫₀ˣ e^{-t²} dt`. @param x f32. */
export function erf(x: Tensor): Tensor {
  return applyUnary("erf", x);
}
