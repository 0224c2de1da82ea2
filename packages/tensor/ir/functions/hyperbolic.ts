/**
 * f32 hyperbolic sine and cosine as kernel expressions.
 *
 * @module
 */
import { binary, compare, select, unary } from "../build.ts";
import { expandExp } from "./exp.ts";
import { add, f32, mul, polynomial, sub, withSignOf } from "./parts.ts";
import type { Scalar } from "../kernel.ts";

/** `(sinh(x) / x - 1) / x²` in x² on `|x| <= 1`, relative error of the sine below 5.2e-11. */
const SINH_TAIL = [
  0.1666666716337204,
  0.008333349600434303,
  0.0001983615948120132,
  2.8169513370812638e-06,
];

/** Half of `e^size`, finite for a slightly larger range than `e^size`. */
function halfPower(size: Scalar): Scalar {
  const root = expandExp(mul(size, f32(0.5)));
  return select(compare("lt", f32(87), size), mul(mul(root, f32(0.5)), root), mul(expandExp(size), f32(0.5)));
}

/**
 * `sinh x`: an odd polynomial up to 1, half the difference of two exponentials beyond.
 *
 * The error is at most 4 ulp up to |x| = 87, and 64 ulp from there to the overflow. Odd; NaN propagates.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandSinh(x: Scalar): Scalar {
  const size = unary("abs", x), square = mul(x, x), half = halfPower(size);
  const near = add(mul(mul(polynomial(square, SINH_TAIL), square), x), x);
  const far = sub(half, binary("div", f32(0.25), half));
  return select(compare("lt", f32(1), size), withSignOf(far, x), near);
}

/**
 * `cosh x`, half the sum of two exponentials; bounds as for {@link expandSinh}.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandCosh(x: Scalar): Scalar {
  const half = halfPower(unary("abs", x));
  return add(half, binary("div", f32(0.25), half));
}
