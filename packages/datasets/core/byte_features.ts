/**
 * Pixel bytes as features.
 *
 * @module
 */

/** Feature of each byte value: `2 · (v / 255) - 1`, rounded to float32 after each operation. */
const FEATURE_OF_BYTE = Float32Array.from({ length: 256 }, (_, v) => 2 * Math.fround(v / 255) - 1);

/**
 * Converts bytes to features in [-1, 1].
 *
 * @param bytes Bytes.
 * @param features Destination, at least as long as `bytes`.
 */
export function bytesToFeatures(bytes: Uint8Array, features: Float32Array): void {
  for (let i = 0; i < bytes.length; i++) features[i] = FEATURE_OF_BYTE[bytes[i]!]!;
}
