/**
 * f32 exp, expm1, tanh and the logistic sigmoid as kernel expressions.
 *
 * All start from `x = n ln 2 + r`, `|r| <= ln 2 / 2`, and a minimax polynomial for `e^r - 1`. ln 2 is split into a
 * part of nine bits, whose product with n is exact (so fused and unfused code agree), and the rest.
 *
 * @module
 */
import { binary, bitcast, compare, convert, select, unary } from "../build.ts";
import { add, f32, i32, INFINITY_BITS, mul, polynomial, sub, withSignOf } from "./parts.ts";
import type { Scalar } from "../kernel.ts";

const LOG2_E = 1.44269504;
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.12194440e-4;

/** `(e^r - 1 - r) / r²` on `|r| <= 0.3473`, relative error of `e^r - 1` below 3.3e-9. */
const EXP_TAIL = [
  0.5,
  0.16666519641876220,
  0.041666384786367416,
  0.008368848823010921,
  0.0013942214427515864,
];

/** Largest f32 whose exponential is finite. */
const EXP_OVERFLOW = 88.72283;

/** Smallest f32 whose exponential is a normal number. */
const EXP_UNDERFLOW = -87.33654;

/** `tanh(x) / x = 1 + x² P(x²)` on `|x| <= 0.625`, relative error below 4.2e-9. */
const TANH_TAIL = [
  -0.3333328366279602,
  0.133314847946167,
  -0.05374300479888916,
  0.020649107173085213,
  -0.005715508945286274,
];

interface Reduced {
  /** n as i32. */
  readonly exponent: Scalar;
  /** `e^r - 1`. */
  readonly fraction: Scalar;
}

function reduce(x: Scalar): Reduced {
  const n = unary("round", mul(x, f32(LOG2_E)));
  const r = sub(sub(x, mul(n, f32(LN2_HIGH))), mul(n, f32(LN2_LOW)));
  return { exponent: convert(n, "i32"), fraction: add(mul(polynomial(r, EXP_TAIL), mul(r, r)), r) };
}

/** Bits of `2^n e^r`, for results that are normal numbers; the exponent is added to the bits of e^r. */
function scaledBits({ exponent, fraction }: Reduced): Scalar {
  return add(bitcast(add(fraction, f32(1)), "i32"), binary("shl", exponent, i32(23)));
}

function flushUnderflow(x: Scalar, bits: Scalar): Scalar {
  return select(compare("lt", x, f32(EXP_UNDERFLOW)), i32(0), bits);
}

function expOf(x: Scalar, reduced: Reduced): Scalar {
  const finite = scaledBits(reduced);
  const bits = select(compare("lt", f32(EXP_OVERFLOW), x), i32(INFINITY_BITS), finite);
  return bitcast(flushUnderflow(x, bits), "f32");
}

/**
 * `e^x` with an error of at most 1.1 ulp.
 *
 * Infinity above 88.72283, 0 below -87.33654 (where the true value is subnormal). NaN propagates.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandExp(x: Scalar): Scalar {
  return expOf(x, reduce(x));
}

/**
 * `e^(high + low)`, for a sum with more precision than an f32.
 *
 * @param high An f32 expression.
 * @param low An f32 expression, small compared with the other.
 * @returns An f32 expression.
 */
export function expOfSum(high: Scalar, low: Scalar): Scalar {
  const x = add(high, low);
  const n = unary("round", mul(binary("max", binary("min", x, f32(200)), f32(-200)), f32(LOG2_E)));
  const r = add(sub(sub(high, mul(n, f32(LN2_HIGH))), mul(n, f32(LN2_LOW))), low);
  return expOf(x, { exponent: convert(n, "i32"), fraction: add(mul(polynomial(r, EXP_TAIL), mul(r, r)), r) });
}

/**
 * `e^x - 1` without cancellation near 0, with an error of at most 2 ulp.
 *
 * Infinity above 88.72283. NaN propagates.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandExpm1(x: Scalar): Scalar {
  const reduced = reduce(x);
  const power = bitcast(binary("shl", add(reduced.exponent, i32(127)), i32(23)), "f32");
  const middle = add(mul(reduced.fraction, power), sub(power, f32(1)));
  const low = select(compare("lt", x, f32(-18)), f32(-1), middle);
  return select(compare("lt", f32(17), x), expOf(x, reduced), low);
}

/**
 * The logistic sigmoid `1 / (1 + e^-x)`, from `e^-|x|` so that nothing overflows.
 *
 * The error is at most 2.5 ulp with correctly rounded division; otherwise the error of the division adds to it (2.5 ulp
 * in WGSL). 0 below -87.33654. NaN propagates.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandSigmoid(x: Scalar): Scalar {
  const argument = unary("neg", unary("abs", x));
  const small = bitcast(flushUnderflow(argument, scaledBits(reduce(argument))), "f32");
  const numerator = select(compare("lt", x, f32(0)), small, f32(1));
  return binary("div", numerator, add(small, f32(1)));
}

/**
 * `tanh x`: a polynomial below 0.625, `1 - 2 / (e^2|x| + 1)` above, where an error of the division is scaled down.
 *
 * The error is at most 2 ulp, WGSL's division included. ±1 from 9.02 on, odd in x. NaN propagates.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandTanh(x: Scalar): Scalar {
  const size = unary("abs", x);
  const square = mul(x, x);
  const near = add(mul(mul(polynomial(square, TANH_TAIL), square), x), x);
  const bounded = binary("min", size, f32(10));
  const power = bitcast(scaledBits(reduce(add(bounded, bounded))), "f32");
  const far = sub(f32(1), binary("div", f32(2), add(power, f32(1))));
  return select(compare("lt", f32(0.625), size), withSignOf(far, x), near);
}
