/**
 * log, sine and cosine in double precision from basic arithmetic only. Engines may round their own differently in the
 * last bit; these are bit-identical everywhere. Series are long enough that only rounding errors remain.
 *
 * @module
 */

const LN2 = Math.LN2;
const ROOT_HALF = Math.SQRT1_2;
const LOG_TERMS = 12;
const WAVE_TERMS = 9;

/**
 * Natural logarithm: `x = 2^e m`, `log m = 2 artanh((m - 1) / (m + 1))` as a power series.
 *
 * @param x A positive normal number.
 * @returns log x, to a few ulp.
 */
export function logarithm(x: number): number {
  let m = x, e = 0;
  while (m < ROOT_HALF) {
    m *= 2;
    e--;
  }
  while (m >= 2 * ROOT_HALF) {
    m *= 0.5;
    e++;
  }
  const s = (m - 1) / (m + 1), square = s * s;
  let sum = 0;
  for (let term = LOG_TERMS; term >= 0; term--) sum = sum * square + 1 / (2 * term + 1);
  return 2 * s * sum + e * LN2;
}

/** `1 - y / (a (a+1)) (1 - y / ((a+2) (a+3)) (…))`: the series of cosine for a = 1, of sine over x for a = 2. */
function alternatingSeries(y: number, a: number): number {
  let sum = 1;
  for (let term = WAVE_TERMS - 1; term >= 0; term--) {
    const first = a + 2 * term;
    sum = 1 - y / (first * (first + 1)) * sum;
  }
  return sum;
}

/**
 * Computes the cosine and sine of an angle in turns: subtracts the nearest quarter turn, which is exact, and sums a
 * series.
 *
 * @param turns Angle in turns, `0 <= turns < 1`.
 * @returns `[cos 2π turns, sin 2π turns]`, each to about 1e-16.
 */
export function cosineAndSine(turns: number): readonly [number, number] {
  const quarter = Math.floor(turns * 4 + 0.5);
  const angle = (turns - quarter / 4) * 2 * Math.PI;
  const cos = alternatingSeries(angle * angle, 1), sin = angle * alternatingSeries(angle * angle, 2);
  switch (quarter % 4) {
    case 1:
      return [-sin, cos];
    case 2:
      return [-cos, -sin];
    case 3:
      return [sin, -cos];
    default:
      return [cos, sin];
  }
}
