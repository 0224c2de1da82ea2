/**
 * The f32 error function as a kernel expression.
 *
 * @module
 */
import { compare, select, unary } from "../build.ts";
import { expandExp } from "./exp.ts";
import { add, f32, mul, polynomial, sub, withSignOf } from "./parts.ts";
import type { Scalar } from "../kernel.ts";

/** Where the two polynomials meet. */
const BORDER = 0.92;

/** `erf(x) / x - 1` in x² below the border, relative error of erf below 4.6e-10. */
const NEAR = [
  0.12837916612625122,
  -0.37612631916999817,
  0.11283687502145767,
  -0.026858940720558167,
  0.005199906416237354,
  -0.0008130011847242713,
  8.316772436955944e-05,
];

/** `log(erfc(x))` on 0.92 to 4, error of erf below 4.6e-11; beyond 4 erf is 1 in f32. */
const FAR = [
  0.00017468443547841161,
  -1.1295149326324463,
  -0.6333469152450562,
  -0.10828009247779846,
  0.02511942759156227,
  -0.00417106319218874,
  0.0004344626213423908,
  -2.1095051124575548e-05,
];

/**
 * `erf x = 2/√π ∫₀ˣ e^{-t²} dt`: an odd polynomial near 0, `1 - e^q(|x|)` beyond.
 *
 * The error is at most 2 ulp. Odd, ±1 from 4 on; NaN propagates.
 *
 * @param x An f32 expression.
 * @returns An f32 expression.
 */
export function expandErf(x: Scalar): Scalar {
  const size = unary("abs", x);
  const near = add(mul(polynomial(mul(x, x), NEAR), x), x);
  // The polynomial is valid up to 4 only; NaN passes the comparison
  const bounded = select(compare("lt", f32(4), size), f32(4), size);
  const far = sub(f32(1), expandExp(polynomial(bounded, FAR)));
  return select(compare("lt", size, f32(BORDER)), near, withSignOf(far, x));
}
