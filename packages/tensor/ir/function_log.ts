/**
 * f32 log and log1p as kernel expressions.
 *
 * `x = 2^e m` with `√½ <= m < √2`, taken from the bits, and a minimax polynomial for `log(1 + f)` with the exact
 * `f = m - 1`. The log has no division. ln 2 is split so that its product with e is exact.
 *
 * @module
 */
import { binary, bitcast, compare, convert, select } from "./build.ts";
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
} from "./function_parts.ts";
import type { Scalar } from "./kernel.ts";

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
  const subnormal = compare("lt", bitcast(x, "i32"), i32(0x00800000));
  const normal = select(subnormal, mul(x, f32(2 ** 23)), x);
  return withSpecialValues(x, assemble(split(normal, select(subnormal, i32(127 + 23), i32(127)))));
}

/**
 * `log(1 + x)`, accurate near 0.
 *
 * The error is at most 2 ulp. The rounding error of `1 + x` is corrected to first order; a compiler that reassociates it
 * away leaves an error of at most 3 ulp. log1p(-1) is -inf; below -1 and for NaN the result is NaN; +inf yields +inf.
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
