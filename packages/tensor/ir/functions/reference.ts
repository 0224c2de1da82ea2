/**
 * Double-precision functions that JavaScript lacks or defines by other conventions: references for the f32 expressions.
 *
 * @module
 */

/**
 * Converts turns to radians, modulo whole turns.
 *
 * @param turns Any number.
 */
export function withinTurn(turns: number): number {
  return 2 * Math.PI * (turns - Math.round(turns));
}

/**
 * `erf x` by the series `2/√π e^{-x²} Σ 2ⁿ x^{2n+1} / (2n+1)!!`, whose terms have one sign.
 *
 * @param x Any number.
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

/**
 * `x - y ⌊x / y⌋`, with the sign of y.
 *
 * @param x Dividend.
 * @param y Divisor; 0 yields NaN.
 */
export function floorRemainder(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/**
 * `x^y` as defined by IEEE 754: unlike in JavaScript, 1 for x = 1, and for x = -1 and an infinite y.
 *
 * @param x Base.
 * @param y Exponent.
 */
export function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

const cell = new DataView(new ArrayBuffer(4));

/**
 * Returns an integer that orders f32 numbers; NaN is above all others.
 *
 * @param x Any number; it is rounded to f32.
 */
export function orderKey(x: number): number {
  if (Number.isNaN(x)) return 0x7fffffff;
  cell.setFloat32(0, Math.abs(x));
  return x < 0 ? -cell.getInt32(0) : cell.getInt32(0);
}
