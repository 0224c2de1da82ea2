/**
 * f32 log and log1p as kernel expressions.
 *
 * `x = 2^e m` with `√½ <= m < √2`, taken from the bits, and a minimax polynomial for `log(1 + f)` with the exact
 * `f = m - 1`. The log has no division. ln 2 is split so that its product with e is exact.
 *
 * @module
 */
import { binary, bitcast, compare, convert, select } from "../build.ts";
import {
  add,
  f32,
  i32,
  INFINITY_BITS,
  mul,
  NAN_BITS,
  NEGATIVE_INFINITY_BITS,
  polynomial,
  sub,
} from "./parts.ts";
import type { Scalar } from "../kernel.ts";

const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.12194440e-4;

/** Bits of √½, and their difference to the bits of 1. */
const ROOT_HALF_BITS = 0x3f3504f3;
const LIFT = 0x3f800000 - ROOT_HALF_BITS;

/** `(log(1 + f) - f + f²/2) / f³` for `√½ <= 1 + f <= √2`, relative error of the logarithm below 5.9e-9. */
const LOG_TAIL = [
  0.33333316445350647,
  -0.25000810623168945,
  0.20002302527427673,
  -0.16624557971954346,
  0.14180916547775269,
  -0.13128483295440674,
  0.12883111834526062,
  -0.07861873507499695,
];

interface Split {
  /** e as f32. */
  readonly exponent: Scalar;
  /** `m - 1`. */
  readonly fraction: Scalar;
}

/** Splits a positive number; `bias` is the bias of the exponent field. */
function split(x: Scalar, bias: Scalar): Split {
  const lifted = add(bitcast(x, "i32"), i32(LIFT));
  const exponent = convert(sub(binary("shr", lifted, i32(23)), bias), "f32");
  const mantissa = bitcast(add(binary("and", lifted, i32(0x7fffff)), i32(ROOT_HALF_BITS)), "f32");
  return { exponent, fraction: sub(mantissa, f32(1)) };
}

/** `log(1 + f) + e ln 2 + correction`, smallest terms first. */
function assemble({ exponent, fraction }: Split, correction?: Scalar): Scalar {
  const square = mul(fraction, fraction);
  const tail = mul(mul(polynomial(fraction, LOG_TAIL), fraction), square);
  const small = add(tail, mul(exponent, f32(LN2_LOW)));
  const corrected = correction ? add(small, correction) : small;
  return add(add(sub(corrected, mul(square, f32(0.5))), fraction), mul(exponent, f32(LN2_HIGH)));
}

/** Returns -inf for zero, NaN for negative numbers, and the argument itself for +inf and NaN, decided by its bits. */
function withSpecialValues(x: Scalar, logarithm: Scalar): Scalar {
  const bits = bitcast(x, "i32");
  const notFinite = compare("le", i32(INFINITY_BITS), bits);
  const upper = select(notFinite, bits, bitcast(logarithm, "i32"));
  const lower = select(compare("lt", bits, i32(0)), i32(NAN_BITS), upper);
  const zero = compare("eq", binary("and", bits, i32(0x7fffffff)), i32(0));
  return bitcast(select(zero, i32(NEGATIVE_INFINITY_BITS), lower), "f32");
}

/** `(log(1 + f) - f + f²/2) / f³` as {@link LOG_TAIL}, relative error of the logarithm below 2e-11. */
const FINE_LOG_TAIL = [
  0.3333333432674408,
  -0.2499999701976776,
  0.1999991089105606,
  -0.16666856408119202,
  0.14290176331996918,
  -0.12498264014720917,
  0.11014752835035324,
  -0.09924803674221039,
  0.09988944977521896,
  -0.09862006455659866,
  0.05384714528918266,
];

/** Splits a positive finite number, possibly subnormal, as 2^e m. */
function splitPositive(x: Scalar): Split {
  const subnormal = compare("lt", bitcast(x, "i32"), i32(0x00800000));
  const normal = select(subnormal, mul(x, f32(2 ** 23)), x);
  return split(normal, select(subnormal, i32(127 + 23), i32(127)));
}

/**
 * log x of a positive finite number as a sum of two f32, with about seven more bits of precision than one f32.
 *
 * @param x An f32 expression.
 * @returns Two f32 expressions; the second is small compared with the first.
 */
export function logParts(x: Scalar): { readonly high: Scalar; readonly low: Scalar } {
  const { exponent, fraction } = splitPositive(x);
  // f - f²/2 in two parts: the upper half of f has an exact square
  const upper = bitcast(binary("and", bitcast(fraction, "i32"), i32(-0x1000)), "f32");
  const lower = sub(fraction, upper);
  const square = mul(mul(upper, upper), f32(0.5));
  const near = sub(fraction, square);
  const lost = sub(sub(fraction, near), square);
  const cube = mul(mul(fraction, fraction), fraction);
  const tail = sub(
    mul(polynomial(fraction, FINE_LOG_TAIL), cube),
    mul(mul(add(fraction, upper), lower), f32(0.5)),
  );
  const whole = mul(exponent, f32(LN2_HIGH));
  const high = add(whole, near);
  const rounding = add(sub(whole, high), near);
  return { high, low: add(add(add(rounding, lost), tail), mul(exponent, f32(LN2_LOW))) };
}

/**
 * `log x`, the natural logarithm.
 *
 * The error is at most 1 ulp, subnormal arguments included where the device supports them. log 0 is -inf; negative
 * numbers and NaN yield NaN; +inf yields +inf.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandLog(x: Scalar): Scalar {
  return withSpecialValues(x, assemble(splitPositive(x)));
}

/**
 * `log(1 + x)`, accurate near 0.
 *
 * The error is at most 2 ulp. The rounding error of `1 + x` is corrected to first order; a compiler that reassociates
 * it away leaves an error of at most 3 ulp. log1p(-1) is -inf; below -1 and for NaN the result is NaN; +inf yields
 * +inf.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandLog1p(x: Scalar): Scalar {
  const sum = add(x, f32(1));
  const near = binary("and", compare("lt", f32(-0.29), x), compare("lt", x, f32(0.41)));
  const far = split(sum, i32(127));
  const lost = binary("div", sub(x, sub(sum, f32(1))), sum);
  const parts = {
    exponent: select(near, f32(0), far.exponent),
    fraction: select(near, x, far.fraction),
  };
  return withSpecialValues(sum, assemble(parts, select(near, f32(0), lost)));
}
