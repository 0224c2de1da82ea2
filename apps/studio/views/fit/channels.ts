/**
 * Features of grey and of coloured pictures.
 *
 * @module
 */

/** Shares of red, green and blue in grey: the luma of ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114];

/**
 * Converts features between grey and colour, so that models of both can see one picture.
 *
 * @param features Features, `[points, from]`.
 * @param from Features of a point.
 * @param to Wanted features of a point.
 * @returns `[points, to]`, the same array if nothing changes; undefined unless both are equal, or 1 and 3.
 */
export function withFeatures(features: Float32Array, from: number, to: number): Float32Array | undefined {
  if (from === to) return features;
  if (from === 1 && to === 3) {
    return Float32Array.from({ length: 3 * features.length }, (_, i) => features[Math.floor(i / 3)]!);
  }
  if (from !== 3 || to !== 1) return undefined;
  return Float32Array.from(
    { length: features.length / 3 },
    (_, i) => LUMA.reduce((sum, share, k) => sum + share * features[3 * i + k]!, 0),
  );
}
