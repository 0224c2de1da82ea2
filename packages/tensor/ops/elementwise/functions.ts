/**
 * Element-wise real functions. Their maximum errors are those of the kernel expressions (`ir/functions/`): a few ulp
 * over the whole range, on every device.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import { applyBinary, applyUnary, type TensorLike } from "./apply.ts";

/** Square root. @param x f32; negative values yield NaN. */
export function sqrt(x: Tensor): Tensor {
  return applyUnary("sqrt", x);
}

/** `1 / √x`. @param x f32; negative values yield NaN. */
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

/** `e^x - 1`, without cancellation near 0. @param x f32. */
export function expm1(x: Tensor): Tensor {
  return applyUnary("expm1", x);
}

/** Natural logarithm. @param x f32; 0 yields -inf, negative values NaN. */
export function log(x: Tensor): Tensor {
  return applyUnary("log", x);
}

/** `log(1 + x)`, accurate near 0. @param x f32; -1 yields -inf, smaller values NaN. */
export function log1p(x: Tensor): Tensor {
  return applyUnary("log1p", x);
}

/** Sine. @param x f32, radians; accurate for |x| up to about 10⁴. */
export function sin(x: Tensor): Tensor {
  return applyUnary("sin", x);
}

/** Cosine. @param x f32, radians; accurate for |x| up to about 10⁴. */
export function cos(x: Tensor): Tensor {
  return applyUnary("cos", x);
}

/** Tangent. @param x f32, radians; accurate for |x| up to about 10⁴. */
export function tan(x: Tensor): Tensor {
  return applyUnary("tan", x);
}

/** `sin 2πx`. @param x f32, in turns; accurate everywhere. */
export function sin2pi(x: Tensor): Tensor {
  return applyUnary("sin2pi", x);
}

/** `cos 2πx`. @param x f32, in turns; accurate everywhere. */
export function cos2pi(x: Tensor): Tensor {
  return applyUnary("cos2pi", x);
}

/** Arc sine, in [-π/2, π/2]. @param x f32 in [-1, 1]; other values yield NaN. */
export function asin(x: Tensor): Tensor {
  return applyUnary("asin", x);
}

/** Arc cosine, in [0, π]. @param x f32 in [-1, 1]; other values yield NaN. */
export function acos(x: Tensor): Tensor {
  return applyUnary("acos", x);
}

/** Arc tangent, in [-π/2, π/2]. @param x f32. */
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
