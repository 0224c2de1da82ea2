/**
 * f32 `sin 2πx` and `cos 2πx` as kernel expressions.
 *
 * The argument is reduced exactly, `r = x - round(x)`, and folded into a quarter of a period, where one odd polynomial
 * serves both: a third of the work of sine and cosine in radians, and accurate for any argument.
 *
 * @module
 */
import { binary, unary } from "../build.ts";
import { f32, mul, polynomial, sub, withSignOf } from "./parts.ts";
import type { Scalar } from "../kernel.ts";

/**
 * `sin(2πt) / t` in t² on `|t| <= 1/4`: of the polynomials near the minimax one (relative error 5e-9), the one whose
 * rounded values have the smallest error and never leave [-1, 1], with and without fused multiply-add.
 */
const SIN_2PI = [
  6.2831854820251465,
  -41.34168243408203,
  81.60223388671875,
  -76.574951171875,
  39.71117401123047,
];

function reduce(x: Scalar): Scalar {
  return sub(x, unary("round", x));
}

/** `sin 2πt` for `|t| <= 1/4`. */
function withinQuarter(t: Scalar): Scalar {
  return mul(polynomial(mul(t, t), SIN_2PI), t);
}

/**
 * `sin 2πx`.
 *
 * The absolute error is at most 1.6 · 2^-23 for every finite x; the result is in [-1, 1]. NaN and infinities yield NaN.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandSin2pi(x: Scalar): Scalar {
  const r = reduce(x), size = unary("abs", r);
  return withinQuarter(withSignOf(binary("min", size, sub(f32(0.5), size)), r));
}

/**
 * `cos 2πx`; bounds as for {@link expandSin2pi}.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandCos2pi(x: Scalar): Scalar {
  return withinQuarter(sub(f32(0.25), unary("abs", reduce(x))));
}
