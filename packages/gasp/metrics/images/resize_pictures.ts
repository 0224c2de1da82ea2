/**
 * Resizing of pictures as FID tools do it, as products with a matrix per axis. The result of FID depends on it (Parmar et
 * al., On Aliased Resizing and Surprising Subtleties in GAN Evaluation, 2022).
 *
 * @module
 */

/**
 * How pictures are resized: `pytorch-fid` interpolates bilinearly between pixel centres without antialiasing, as PyTorch's
 * `interpolate(mode="bilinear", align_corners=False)`; `clean-fid` filters by Pillow's bicubic kernel, widened when reducing.
 *
 * @category Metrics
 */
export type ResizeKind = "pytorch-fid" | "clean-fid";

/**
 * Returns the matrix that resizes one axis.
 *
 * @param from Number of pixels before.
 * @param to Number of pixels after.
 * @param kind Interpolation.
 * @returns `[to, from]`; rows add to 1.
 */
export function resizeMatrix(from: number, to: number, kind: ResizeKind): Float32Array {
  const matrix = new Float64Array(to * from), scale = from / to;
  for (let row = 0; row < to; row++) {
    const weights = matrix.subarray(row * from, (row + 1) * from);
    if (kind === "pytorch-fid") bilinear(weights, (row + 0.5) * scale - 0.5);
    else bicubic(weights, (row + 0.5) * scale, Math.max(1, scale));
  }
  return Float32Array.from(matrix);
}

/** Weights of the two pixels around a position; positions before the first centre are clamped to it. */
function bilinear(weights: Float64Array, position: number): void {
  const last = weights.length - 1, inside = Math.max(0, position);
  const before = Math.min(last, Math.floor(inside)), after = Math.min(last, before + 1);
  weights[before]! += 1 - (inside - before);
  weights[after]! += inside - before;
}

/** Keys's cubic kernel with a = -1/2. */
function cubic(x: number): number {
  const a = -0.5, t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((t - 5) * t + 8) * t * a - 4 * a : 0;
}

/** Weights of the pixels whose centres lie within two scales of a position, normalised to 1. */
function bicubic(weights: Float64Array, centre: number, scale: number): void {
  const first = Math.max(0, Math.floor(centre - 2 * scale + 0.5));
  const end = Math.min(weights.length, Math.floor(centre + 2 * scale + 0.5));
  let sum = 0;
  for (let i = first; i < end; i++) {
    weights[i] = cubic((i - centre + 0.5) / scale);
    sum += weights[i]!;
  }
  for (let i = first; i < end; i++) weights[i]! /= sum;
}
