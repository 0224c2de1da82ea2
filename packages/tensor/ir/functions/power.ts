/**
 * f32 powers and remainders as kernel expressions. Both need more precision than f32: products are split so that their
 * parts are exact, which holds with and without fused multiply-add.
 *
 * @module
 */
import { binary, bitcast, compare, convert, select, unary } from "../build.ts";
import { expOfSum } from "./exp.ts";
import { add, f32, i32, INFINITY_BITS, mul, NAN_BITS, sub } from "./parts.ts";
import { logParts } from "./log.ts";
import { expandIsNaN } from "./order.ts";
import type { Scalar } from "../kernel.ts";

/** The upper twelve bits of a number's significand, and the rest: products of two upper parts are exact. */
function halves(x: Scalar): { readonly high: Scalar; readonly low: Scalar } {
  const high = bitcast(binary("and", bitcast(x, "i32"), i32(-0x1000)), "f32");
  return { high, low: sub(x, high) };
}

/** Larger exponents make no difference: any base but 1 overflows or underflows. */
const MAX_EXPONENT = 2 ** 32;

/** `|x|^y` for a positive, finite x: `e^(y log x)`, with log x and its product with y in two parts. */
function powerOfMagnitude(size: Scalar, y: Scalar): Scalar {
  const bounded = binary("max", binary("min", y, f32(MAX_EXPONENT)), f32(-MAX_EXPONENT));
  const { high, low } = logParts(size);
  const logarithm = halves(add(high, low));
  const rest = add(sub(high, logarithm.high), low);
  const exponent = halves(bounded);
  const exact = mul(exponent.high, logarithm.high);
  return expOfSum(exact, add(mul(bounded, rest), mul(exponent.low, logarithm.high)));
}

/**
 * `x^y` as IEEE 754's `pow`: 1 for y = 0 and for x = 1, whatever the other argument; for negative x and integral y the
 * power with the sign given by the parity of y, NaN for other y; `0^y` is 0 or, for negative y, infinite.
 *
 * The error is at most 12 ulp. Subnormal results are flushed to 0.
 *
 * @param x An f32 expression.
 * @param y An f32 expression.
 * @returns An f32 expression.
 */
export function expandPow(x: Scalar, y: Scalar): Scalar {
  const size = unary("abs", x), bits = bitcast(x, "i32");
  const sizeBits = binary("and", bits, i32(0x7fffffff)), ySize = unary("abs", y);
  const grows = compare("lt", f32(0), y);
  const power = bitcast(powerOfMagnitude(size, y), "i32");
  const ofZero = select(grows, i32(0), i32(INFINITY_BITS));
  const ofInfinity = select(grows, i32(INFINITY_BITS), i32(0));
  const isZero = compare("eq", size, f32(0));
  const magnitude = select(
    isZero,
    ofZero,
    select(compare("le", i32(INFINITY_BITS), sizeBits), ofInfinity, power),
  );
  const whole = compare("eq", unary("trunc", y), y);
  const parity = compare("ne", binary("and", convert(y, "i32"), i32(1)), i32(0));
  const odd = binary("and", binary("and", whole, parity), compare("lt", ySize, f32(2 ** 24)));
  const negative = compare("lt", bits, i32(0));
  const sign = select(binary("and", negative, odd), i32(-0x80000000), i32(0));
  const fractional = binary("and", compare("lt", x, f32(0)), unary("not", whole));
  const infiniteBase = compare("eq", sizeBits, i32(INFINITY_BITS));
  const undefinedHere = binary("and", fractional, unary("not", infiniteBase));
  const isNaN = binary("or", undefinedHere, binary("or", expandIsNaN(x), expandIsNaN(y)));
  const result = select(isNaN, i32(NAN_BITS), binary("or", magnitude, sign));
  const one = binary("or", compare("eq", ySize, f32(0)), compare("eq", x, f32(1)));
  return bitcast(select(one, bitcast(f32(1), "i32"), result), "f32");
}

/**
 * `x - y ⌊x / y⌋`, with the sign of y and magnitude below that of y: JAX's and NumPy's `remainder`.
 *
 * For `|x / y| < 2^22` the error is at most 1 ulp of y / 2 or of the result; beyond, the quotient has no exact
 * f32 representation and accuracy is lost. NaN for y = 0 and an infinite x; NaN propagates.
 *
 * @param x An f32 expression.
 * @param y An f32 expression.
 * @returns An f32 expression.
 */
export function expandRemainder(x: Scalar, y: Scalar): Scalar {
  const quotient = unary("floor", binary("div", x, y));
  const q = halves(quotient), d = halves(y);
  const first = sub(sub(x, mul(q.high, d.high)), mul(q.high, d.low));
  const rest = sub(sub(first, mul(q.low, d.high)), mul(q.low, d.low));
  // The quotient may be off by one where the division rounded to an integer
  const positive = compare("lt", f32(0), y), zero = f32(0);
  const below = select(positive, compare("lt", rest, zero), compare("lt", zero, rest));
  const above = select(positive, compare("le", y, rest), compare("le", rest, y));
  const corrected = select(below, add(rest, y), select(above, sub(rest, y), rest));
  const yBits = binary("and", bitcast(y, "i32"), i32(0x7fffffff));
  const sameSide = binary(
    "or",
    compare("eq", x, zero),
    compare("eq", compare("lt", x, zero), unary("not", positive)),
  );
  // x % ±∞ is x, or the infinity if the signs differ
  const ofInfinity = select(sameSide, x, y);
  const xFinite = compare("lt", binary("and", bitcast(x, "i32"), i32(0x7fffffff)), i32(INFINITY_BITS));
  const chosen = select(compare("eq", yBits, i32(INFINITY_BITS)), ofInfinity, corrected);
  const defined = binary(
    "and",
    xFinite,
    binary("and", compare("ne", y, zero), compare("le", yBits, i32(INFINITY_BITS))),
  );
  return bitcast(select(defined, bitcast(chosen, "i32"), i32(NAN_BITS)), "f32");
}
