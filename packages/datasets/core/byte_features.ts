/**
 * Features of pixels kept as bytes.
 *
 * @module
 */

/** Features of the 256 byte values: `2 · (v / 255) - 1`, rounded to float32 after each operation. */
const FEATURE_OF_BYTE = Float32Array.from({ length: 256 }, (_, v) => 2 * Math.fround(v / 255) - 1);

/**
 * Features in [-1, 1] of bytes.
 *
 * @param bytes The bytes, each 0 to 255.
 * @param features Where the features go.
 * @param offset Place of the first.
 */
export function featuresOfBytes(bytes: Uint8Array, features: Float32Array, offset: number): void {
  for (let i = 0; i < bytes.length; i++) features[offset + i] = FEATURE_OF_BYTE[bytes[i]!]!;
}
