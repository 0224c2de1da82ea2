/**
 * 16-bit floats from their bits; both conversions to f32 are exact.
 *
 * @module
 */

/**
 * IEEE half precision to f32.
 *
 * @param bits Patterns of binary16.
 * @returns Their values.
 */
export function fromFloat16(bits: Uint16Array): Float32Array {
  // By index: `from` would first make a list of JavaScript numbers.
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halfValue(bits[i]!);
  return values;
}

function halfValue(pattern: number): number {
  const exponent = (pattern >> 10) & 31, fraction = pattern & 1023;
  const sign = pattern & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * bfloat16 to f32: the upper half of the bits.
 *
 * @param bits Patterns of bfloat16.
 * @returns Their values.
 */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  const upper = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) upper[i] = bits[i]! << 16;
  return new Float32Array(upper.buffer);
}
