/**
 * Shorthands for writing f32 formulas as kernel expressions.
 *
 * @module
 */
import { binary, bitcast, constant } from "../build.ts";
import type { Scalar } from "../kernel.ts";

/** Bits of the f32 infinity. */
export const INFINITY_BITS: number = 0x7f800000;

/** Bits of the negative infinity, as i32. */
export const NEGATIVE_INFINITY_BITS: number = -0x800000;

/** Bits of the f32 quiet NaN. */
export const NAN_BITS: number = 0x7fc00000;

/**
 * An f32 constant.
 *
 * @param value Number, rounded to f32.
 * @returns The expression.
 */
export function f32(value: number): Scalar {
  return constant("f32", value);
}

/**
 * An i32 constant.
 *
 * @param value Integer.
 * @returns The expression.
 */
export function i32(value: number): Scalar {
  return constant("i32", value);
}

/**
 * `a + b`.
 *
 * @param a Left argument.
 * @param b Right argument.
 * @returns The expression.
 */
export function add(a: Scalar, b: Scalar): Scalar {
  return binary("add", a, b);
}

/**
 * `a - b`.
 *
 * @param a Left argument.
 * @param b Right argument.
 * @returns The expression.
 */
export function sub(a: Scalar, b: Scalar): Scalar {
  return binary("sub", a, b);
}

/**
 * `a · b`.
 *
 * @param a Left argument.
 * @param b Right argument.
 * @returns The expression.
 */
export function mul(a: Scalar, b: Scalar): Scalar {
  return binary("mul", a, b);
}

/**
 * `c0 + c1 x + c2 x² + …` by Horner's rule.
 *
 * @param x Variable.
 * @param coefficients `c0, c1, …`; at least one.
 * @returns The expression.
 */
export function polynomial(x: Scalar, coefficients: readonly number[]): Scalar {
  return coefficients.slice(0, -1).reduceRight(
    (sum, coefficient) => add(mul(sum, x), f32(coefficient)),
    f32(coefficients.at(-1) ?? 0),
  );
}

/**
 * `±magnitude`, with the sign of another number (copysign).
 *
 * @param magnitude A non-negative number.
 * @param sign Number whose sign bit is used.
 * @returns The expression.
 */
export function withSignOf(magnitude: Scalar, sign: Scalar): Scalar {
  const signBit = binary("and", bitcast(sign, "u32"), constant("u32", 0x80000000));
  return bitcast(binary("or", bitcast(magnitude, "u32"), signBit), "f32");
}
