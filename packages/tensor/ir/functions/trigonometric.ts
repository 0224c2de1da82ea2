/**
 * f32 sine and cosine as kernel expressions.
 *
 * Cody–Waite reduction `r = x - n π/2`, `|r| <= π/4`, with π/2 in three parts, the first two of eleven bits: their
 * products with n are exact up to n = 8191, so fused and unfused code agree. Two minimax polynomials and the low
 * bits of n determine the result. Sine and cosine of one expression share the reduction and both polynomials.
 *
 * @module
 */
import { binary, bitcast, compare, constant, convert, select, unary } from "../build.ts";
import { add, f32, mul, polynomial, sub } from "./parts.ts";
import type { Scalar } from "../kernel.ts";

const TWO_OVER_PI = 0.636619772;
const HALF_PI_1 = 1.5703125;
const HALF_PI_2 = 4.837512969970703125e-4;
const HALF_PI_3 = 7.549790126404332e-8;

/** Slightly over π/4: it only affects arguments far beyond the stated range. */
const BOUND = 0.79;

/** `(sin r - r) / r³` in r², relative error of the sine below 3.8e-9 on `|r| <= 0.787`. */
const SIN_TAIL = [-0.16666655242443085, 0.008332189172506332, -0.0001951819285750389];

/** `(cos r - 1 + r²/2) / r⁴` in r², error of the cosine below 1.1e-10 on `|r| <= 0.787`. */
const COS_TAIL = [0.04166664555668831, -0.00138873013202101, 2.4430670237052254e-5];

interface Reduced {
  /** n as u32, modulo 2^32. */
  readonly quadrant: Scalar;
  readonly sin: Scalar;
  readonly cos: Scalar;
}

/** Cache of reductions, so that sin x and cos x are built on the same nodes. */
const reductions = new WeakMap<Scalar, Reduced>();

function reduce(x: Scalar): Reduced {
  const known = reductions.get(x);
  if (known) return known;
  const n = unary("round", mul(x, f32(TWO_OVER_PI)));
  const rest = [HALF_PI_1, HALF_PI_2, HALF_PI_3].reduce((sum, part) => sub(sum, mul(n, f32(part))), x);
  const r = binary("max", binary("min", rest, f32(BOUND)), f32(-BOUND));
  const square = mul(r, r);
  const reduced = {
    quadrant: bitcast(convert(n, "i32"), "u32"),
    sin: add(mul(mul(polynomial(square, SIN_TAIL), square), r), r),
    cos: add(sub(mul(polynomial(square, COS_TAIL), mul(square, square)), mul(square, f32(0.5))), f32(1)),
  };
  reductions.set(x, reduced);
  return reduced;
}

/** The value in a quadrant: even quadrants use one series, odd ones the other, the upper two flip the sign. */
function inQuadrant(quadrant: Scalar, even: Scalar, odd: Scalar): Scalar {
  const isOdd = compare("ne", binary("and", quadrant, constant("u32", 1)), constant("u32", 0));
  const sign = binary("shl", binary("and", quadrant, constant("u32", 2)), constant("u32", 30));
  return bitcast(binary("xor", bitcast(select(isOdd, odd, even), "u32"), sign), "f32");
}

/**
 * `sin x`, x in radians.
 *
 * For `|x| <= 1e4` the absolute error is at most 1.2e-7 (one ulp of 1). Beyond, the error grows with the rounding of
 * the argument, up to about `|x| · 2^-23`, and the result stays within [-1, 1]. NaN and infinities yield NaN where the
 * device's minimum and maximum propagate it.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandSin(x: Scalar): Scalar {
  const { quadrant, sin, cos } = reduce(x);
  return inQuadrant(quadrant, sin, cos);
}

/**
 * `cos x`, x in radians; bounds as for {@link expandSin}.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandCos(x: Scalar): Scalar {
  const { quadrant, sin, cos } = reduce(x);
  return inQuadrant(add(quadrant, constant("u32", 1)), sin, cos);
}

/**
 * `tan x`, x in radians: the quotient of {@link expandSin} and {@link expandCos}, which share their reduction.
 *
 * The error is at most 4 ulp for `|x| <= 1e4` where division is correctly rounded. NaN and infinities as for {@link
 * expandSin}.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandTan(x: Scalar): Scalar {
  return binary("div", expandSin(x), expandCos(x));
}
