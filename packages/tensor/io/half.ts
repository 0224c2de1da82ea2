/**
 * Conversion of 16-bit floats to f32; both conversions are exact.
 *
 * @module
 */

/**
 * Converts IEEE half precision to f32.
 *
 * @param bits Bit patterns of binary16.
 * @returns Values.
 */
export function fromFloat16(bits: Uint16Array): Float32Array {
  // Index loop: `from` would first create a list of JavaScript numbers.
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
 * Converts bfloat16 to f32: it is the upper half of the bits.
 *
 * @param bits Bit patterns of bfloat16.
 * @returns Values.
 */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  const upper = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) upper[i] = bits[i]! << 16;
  return new Float32Array(upper.buffer);
}
