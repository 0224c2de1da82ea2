/**
 * f32 inverse trigonometric functions as kernel expressions: each is a polynomial on a short interval and a reflection.
 *
 * @module
 */
import { binary, bitcast, compare, select, unary } from "../build.ts";
import { expandIsNaN } from "./order.ts";
import { add, f32, i32, mul, NAN_BITS, polynomial, sub, withSignOf } from "./parts.ts";
import type { Scalar } from "../kernel.ts";

/** π/2 as a sum of two f32. */
const HALF_PI = 1.5707963705062866;
const HALF_PI_REST = -4.371139000186241e-8;
const PI = 3.1415927410125732;
const PI_REST = -8.742278000372482e-8;

/** `(atan(t) / t - 1) / t²` in t² on `0 <= t <= 1`, relative error of the arc below 2.6e-9. */
const ATAN_TAIL = [
  -0.33333298563957214,
  0.19998548924922943,
  -0.14264240860939026,
  0.10952181369066238,
  -0.08403436839580536,
  0.05795735865831375,
  -0.031177613884210587,
  0.010914481244981289,
  -0.001793593866750598,
];

/** `(asin(t) / t - 1) / t²` in t² on `0 <= t <= 1/2`, relative error of the arc below 2.8e-10. */
const ASIN_TAIL = [
  0.16666659712791443,
  0.07500503957271576,
  0.04451695457100868,
  0.03180771693587303,
  0.01443860400468111,
  0.03751645237207413,
];

/** `t + t³ P(t²)`. */
function oddSeries(t: Scalar, tail: readonly number[]): Scalar {
  const square = mul(t, t);
  return add(mul(mul(polynomial(square, tail), square), t), t);
}

/** `whole + rest - arc`, where the first two are a multiple of π/2 as a sum of two f32. */
function reflected(whole: number, rest: number, arc: Scalar): Scalar {
  return sub(f32(whole), sub(arc, f32(rest)));
}

/**
 * `atan x`, in [-π/2, π/2].
 *
 * The error is at most 3 ulp where division is correctly rounded. Odd; NaN propagates.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandAtan(x: Scalar): Scalar {
  const size = unary("abs", x), far = compare("lt", f32(1), size);
  const arc = oddSeries(select(far, binary("div", f32(1), size), size), ATAN_TAIL);
  return withSignOf(select(far, reflected(HALF_PI, HALF_PI_REST, arc), arc), x);
}

/**
 * The angle of the point (x, y), in [-π, π]: `atan(y / x)` in the right quadrant.
 *
 * The error is at most 4 ulp where division is correctly rounded. Signed zeros are treated as in IEEE 754:
 * `atan2(±0, -0)` is ±π. NaN in either argument propagates.
 *
 * @param y An f32 expression.
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandAtan2(y: Scalar, x: Scalar): Scalar {
  const sizeX = unary("abs", x), sizeY = unary("abs", y);
  const steep = compare("lt", sizeX, sizeY);
  const small = select(steep, sizeX, sizeY), large = select(steep, sizeY, sizeX);
  // 0 / 0 and ∞ / ∞ have the ratios 0 and 1
  const equal = compare("eq", small, large);
  const zero = compare("eq", large, f32(0));
  const ratio = select(equal, select(zero, f32(0), f32(1)), binary("div", small, large));
  const arc = oddSeries(ratio, ATAN_TAIL);
  const first = select(steep, reflected(HALF_PI, HALF_PI_REST, arc), arc);
  const left = compare("lt", bitcast(x, "i32"), i32(0));
  const angle = withSignOf(select(left, reflected(PI, PI_REST, first), first), y);
  const isNaN = binary("or", expandIsNaN(x), expandIsNaN(y));
  return bitcast(select(isNaN, i32(NAN_BITS), bitcast(angle, "i32")), "f32");
}

/** For `|x| > 1/2`: `asin √((1 - |x|) / 2)`, the basis of both arcs; NaN beyond 1. */
function halfArc(size: Scalar): Scalar {
  return oddSeries(unary("sqrt", mul(sub(f32(1), size), f32(0.5))), ASIN_TAIL);
}

/** Returns NaN where `|x| > 1`, which a device's square root does not guarantee. */
function withinOne(size: Scalar, arc: Scalar): Scalar {
  return bitcast(select(compare("lt", f32(1), size), i32(NAN_BITS), bitcast(arc, "i32")), "f32");
}

/**
 * `asin x`, in [-π/2, π/2].
 *
 * The error is at most 3 ulp. Odd; NaN outside [-1, 1].
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandAsin(x: Scalar): Scalar {
  const size = unary("abs", x), half = halfArc(size);
  const far = reflected(HALF_PI, HALF_PI_REST, add(half, half));
  const arc = select(compare("lt", f32(0.5), size), far, oddSeries(size, ASIN_TAIL));
  return withinOne(size, withSignOf(arc, x));
}

/**
 * `acos x`, in [0, π].
 *
 * The error is at most 3 ulp. NaN outside [-1, 1].
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandAcos(x: Scalar): Scalar {
  const size = unary("abs", x), half = halfArc(size), twice = add(half, half);
  const far = select(compare("lt", x, f32(0)), reflected(PI, PI_REST, twice), twice);
  const near = reflected(HALF_PI, HALF_PI_REST, oddSeries(x, ASIN_TAIL));
  return withinOne(size, select(compare("lt", f32(0.5), size), far, near));
}
