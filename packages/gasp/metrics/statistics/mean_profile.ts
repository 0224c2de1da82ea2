/**
 * Comparison of sets by the mean over their items of a profile: a power spectrum, a histogram, zonal means.
 *
 * @module
 */
import { bootstrap, type Estimate } from "../core/estimate.ts";
import type { Features } from "../core/features.ts";

/**
 * Computes the mean feature vector of a set, or of some of its items.
 *
 * @param features Features.
 * @param picks Indices of items, repeats allowed; default: all.
 * @returns `[dimensions]`.
 */
export function meanProfile({ rows, count, dimensions }: Features, picks?: Uint32Array): Float64Array {
  const mean = new Float64Array(dimensions), total = picks?.length ?? count;
  for (let i = 0; i < total; i++) {
    const start = (picks?.[i] ?? i) * dimensions;
    for (let d = 0; d < dimensions; d++) mean[d]! += rows[start + d]!;
  }
  return mean.map((sum) => sum / total);
}

/**
 * Estimates a function of the mean profile of a set.
 *
 * @param features Features of the items.
 * @param value Function of a mean profile.
 * @param settings Number of resamples and seed.
 * @param settings.resamples Number of bootstrap resamples.
 * @param settings.seed Random seed.
 */
export function profileEstimate(
  features: Features,
  value: (profile: Float64Array) => number,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): Estimate {
  return bootstrap({
    value: value(meanProfile(features)),
    count: features.count,
    resamples,
    seed,
    resampled: (picks) => value(meanProfile(features, picks)),
  });
}

/**
 * Log-spectral distance: the root mean square over bands of the difference in decibels, `10 log₁₀(P / Q)` (Gray & Markel,
 * Distance Measures for Speech Processing, 1976).
 *
 * @param a Powers of one spectrum, `[bands]`.
 * @param b Powers of the other, `[bands]`.
 * @throws {RangeError} If the numbers of bands differ.
 *
 * @example Twice the power in each band is 3 dB
 * ```ts
 * import { logSpectralDistance } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(logSpectralDistance([2, 4, 6], [1, 2, 3]), 10 * Math.log10(2));
 * ```
 *
 * @category Metrics
 */
export function logSpectralDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`spectra must have the same bands, got ${a.length} and ${b.length}`);
  }
  // Below this, a band holds nothing but rounding errors
  const floor = 1e-12 * Math.max(...Array.from(a), ...Array.from(b), Number.MIN_VALUE);
  let sum = 0;
  for (let band = 0; band < a.length; band++) {
    sum += (10 * Math.log10(Math.max(a[band]!, floor) / Math.max(b[band]!, floor))) ** 2;
  }
  return Math.sqrt(sum / a.length);
}
