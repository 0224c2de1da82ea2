/**
 * The Box–Muller transform in integers: `√(-2 ln v) · (cos 2πt, sin 2πt)` of two words, v = (a + 1) / 2³², t = b / 2³².
 *
 * Devices may fuse multiply-adds or reorder float additions, so rounded float arithmetic is not bit-identical across
 * devices. Numbers here are fixed-point words; floats are used only where they are exact: to find the highest bit, and
 * to scale a 24-bit mantissa by a power of two. The error is at most 1.2 · 2⁻²⁴, relative to the larger of 1 and the
 * value.
 *
 * Qn: a word w represents w / 2ⁿ. Polynomials interpolate at Chebyshev points, arranged so that no intermediate is
 * negative.
 * @module
 */
import { binary, bitcast, compare, constant, convert, select } from "./build.ts";
import type { Scalar } from "./kernel.ts";
import { word } from "./random_words.ts";

/** -ln(1 - u) / u as a polynomial in 1/3 - u, 0 ≤ u ≤ 1/3, signs alternating, Q31; error 2⁻³¹·⁹. */
const LOG = [
  2612189068,
  1827108948,
  1766408057,
  1947775356,
  2297037373,
  2753798259,
  3045530137,
  2566011376,
  1133739121,
] as const;
/** cos(π/2 f) as a polynomial in f², 0 ≤ f ≤ 1/2, signs alternating, Q31. */
const COS = [2147483648, 2649351758, 544751119, 44803956, 1973885, 53367] as const;
/** sin(π/2 f) / f, the same. */
const SIN = [3373259426, 1387197334, 171138518, 10052943, 339746] as const;
/** 1/√x as a polynomial in x/4, 1/2 ≤ x ≤ 2.78, signs alternating, Q25; error 0.003. */
const INVERSE_ROOT = [84346466, 456655088, 1648798649, 3305591590, 3394160713, 1390721041] as const;

/** 1/3 in Q32. */
const THIRD = 0x55555555;
/** 2 ln 2 and 2 ln 4/3 in Q26. */
const TWO_LN_2 = 93032640, TWO_LN_4_3 = 38612034;
/**
 * Upper ends of the ranges of -2 ln v that are divided by 1 and 4 before the square root (larger ones by 16), in Q26.
 */
const FIRST_END = 185891553, SECOND_END = 743566213;

const add = (a: Scalar, b: Scalar) => binary("add", a, b);
const sub = (a: Scalar, b: Scalar) => binary("sub", a, b);
const mul = (a: Scalar, b: Scalar) => binary("mul", a, b);
const and = (a: Scalar, b: number) => binary("and", a, word(b));
const shl = (a: Scalar, by: number) => binary("shl", a, word(by));
const shr = (a: Scalar, by: number) => binary("shr", a, word(by));
const negate = (a: Scalar) => sub(word(0), a);
const below = (a: Scalar, b: number) => compare("lt", a, word(b));

/** `a · b / 2³²`; too low by at most 2. */
function product(a: Scalar, b: Scalar): Scalar {
  const [aLow, aHigh, bLow, bHigh] = [and(a, 0xffff), shr(a, 16), and(b, 0xffff), shr(b, 16)];
  return add(mul(aHigh, bHigh), add(shr(mul(aHigh, bLow), 16), shr(mul(aLow, bHigh), 16)));
}

/** `c0 - x (c1 - x (c2 - …))`, x in Q32. */
function polynomial(coefficients: readonly number[], x: Scalar): Scalar {
  const [last, ...rest] = coefficients.toReversed().map(word) as [Scalar, ...Scalar[]];
  return rest.reduce((sum, coefficient) => sub(coefficient, product(sum, x)), last);
}

/** Counts leading zeros, 31 for 0, from the exponent of an exact float of at most 24 bits. */
function leadingZeros(x: Scalar): Scalar {
  const some = binary("or", x, word(1)), small = below(some, 2 ** 24);
  const exponent = shr(bitcast(convert(select(small, some, shr(some, 8)), "f32"), "u32"), 23);
  return sub(select(small, word(127 + 31), word(127 + 31 - 8)), exponent);
}

/** `x · 2^by` modulo 2³², by from 0 to 31. */
function scale(x: Scalar, by: Scalar): Scalar {
  const power = bitcast(shl(add(by, word(127)), 23), "f32");
  return mul(x, convert(power, "u32"));
}

/** A positive number `value · 2^up · 2^-down`. */
interface Scaled {
  /** Q29. */
  readonly value: Scalar;
  readonly up: Scalar;
  readonly down: Scalar;
}

/**
 * √(-2 ln v). With `v = m / 2^k` and u = 1 - m, m in (1/2, 1], `-ln v = k ln 2 - ln m`; for m below 3/4, 4/3 m is used
 * instead. Where v is near 1 the logarithm is small, and u is scaled up to preserve the precision of the root.
 */
function radius(bits: Scalar): Scaled {
  const k = leadingZeros(bits), m = scale(add(bits, word(1)), k);
  const far = compare("lt", word(0x40000000), negate(m));
  const u = binary("min", negate(select(far, add(m, product(m, word(THIRD + 1))), m)), word(THIRD));
  const near = binary("and", compare("eq", k, word(0)), compare("le", negate(m), word(0x40000000)));
  const shift = select(near, and(leadingZeros(u), 30), word(0));
  // u P(u): Q31, with 2^shift
  const part = product(scale(u, shift), polynomial(LOG, sub(word(THIRD), u)));
  // -2 ln v, Q26
  const whole = add(add(mul(k, word(TWO_LN_2)), select(far, word(TWO_LN_4_3), word(0))), shr(part, 4));
  const first = below(whole, FIRST_END), second = below(whole, SECOND_END);
  // Between 1/2 and 2.78, Q30
  const x = select(near, part, select(first, shl(whole, 4), select(second, shl(whole, 2), whole)));
  const up = select(near, word(0), select(first, word(0), select(second, word(1), word(2))));
  return { value: squareRoot(x), up, down: shr(shift, 1) };
}

/** √x of a Q30 number from 1/2 to 2.78, or 0: Q29. Two Newton steps towards 1/√x: y ← y (3 - x y²) / 2. */
function squareRoot(x: Scalar): Scalar {
  // Q31
  let y = shl(polynomial(INVERSE_ROOT, x), 6);
  for (let step = 0; step < 2; step++) {
    const square = product(x, product(y, y));
    y = shl(product(y, shl(sub(word(3 * 2 ** 28), square), 2)), 1);
  }
  return product(x, y);
}

/** Builds a float from a Q30 number, a power of two and a sign (0 or 1), rounded to 24 bits; zeros are positive. */
function toFloat(x: Scalar, { up, down }: Scaled, sign: Scalar): Scalar {
  const zeros = leadingZeros(x), top = scale(x, zeros);
  const mantissa = add(shr(top, 8), and(shr(top, 7), 1));
  const exponent = sub(sub(add(word(127 - 30 + 8), up), zeros), down);
  const signed = select(compare("eq", mantissa, word(0)), word(0), shl(sign, 31));
  return mul(convert(mantissa, "f32"), bitcast(binary("or", shl(exponent, 23), signed), "f32"));
}

/**
 * Returns two standard normal samples from two words of random bits.
 *
 * @param a Determines the radius, u32.
 * @param b Determines the angle, u32.
 * @returns Two f32 expressions, at most 6.66 in magnitude.
 */
export function normalPair(a: Scalar, b: Scalar): readonly [Scalar, Scalar] {
  const length = radius(a), wide = shl(length.value, 2);
  // The nearest quarter of the circle, and the rest: from -1/8 to 1/8 of it
  const quarter = shr(add(b, word(2 ** 29)), 30), rest = sub(b, shl(quarter, 30)), left = shr(rest, 31);
  const f = shl(select(compare("eq", left, word(1)), negate(rest), rest), 2), square = product(f, f);
  const cos = product(wide, polynomial(COS, square));
  const sin = product(wide, product(polynomial(SIN, square), f));
  const half = shr(quarter, 1), odd = compare("eq", and(quarter, 1), word(1));
  const flip = (x: Scalar, by: Scalar) => binary("xor", x, by);
  const cosSign = select(odd, flip(left, flip(half, word(1))), half);
  const sinSign = select(odd, half, flip(left, half));
  return [
    toFloat(select(odd, sin, cos), length, cosSign),
    toFloat(select(odd, cos, sin), length, sinSign),
  ];
}

/**
 * Returns a uniform sample in `0 ≤ x < 1` from a word of random bits: its upper 24 bits, exactly.
 *
 * @param bits u32.
 */
export function uniformOf(bits: Scalar): Scalar {
  return mul(convert(shr(bits, 8), "f32"), constant("f32", 2 ** -24));
}
