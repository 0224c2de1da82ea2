/**
 * Classification and ordering of f32 numbers, as kernel expressions on their bits: shader compilers may assume that
 * there is neither NaN nor infinity.
 *
 * @module
 */
import { binary, bitcast, compare, select, unary } from "../build.ts";
import { i32, INFINITY_BITS } from "./parts.ts";
import type { Scalar } from "../kernel.ts";

/** Bits without the sign, as i32. */
function magnitudeBits(x: Scalar): Scalar {
  return binary("and", bitcast(x, "i32"), i32(0x7fffffff));
}

/**
 * True where x is NaN.
 *
 * @param x An f32 expression.
 * @returns A bool expression.
 */
export function expandIsNaN(x: Scalar): Scalar {
  return compare("lt", i32(INFINITY_BITS), magnitudeBits(x));
}

/**
 * True where x is neither infinite nor NaN.
 *
 * @param x An f32 expression.
 * @returns A bool expression.
 */
export function expandIsFinite(x: Scalar): Scalar {
  return compare("lt", magnitudeBits(x), i32(INFINITY_BITS));
}

/** The key of NaN: above all others. */
export const NAN_KEY: number = 0x7fffffff;

/**
 * An i32 that orders f32 numbers: `key(a) < key(b)` if `a < b`, equal keys if they are equal (-0 and 0 too), and
 * {@link NAN_KEY} for NaN.
 *
 * @param x An f32 expression.
 * @returns An i32 expression.
 */
export function expandOrderKey(x: Scalar): Scalar {
  const size = magnitudeBits(x);
  const signed = select(compare("lt", bitcast(x, "i32"), i32(0)), unary("neg", size), size);
  return select(expandIsNaN(x), i32(NAN_KEY), signed);
}
