/**
 * Values of metrics with their uncertainty. Intervals are value ± 1.96 standard errors, which cover 95 % of repetitions with
 * as many other samples; they say nothing about the bias of a metric that depends on the number of samples, which the floor
 * shows. The standard error is that of the bootstrap (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, section 6),
 * or, for a mean over samples, its closed form.
 *
 * @module
 */
import { randomIntegers } from "@gasp/tensor";

/**
 * A value with its 95 % interval.
 *
 * @category Metrics
 */
export interface Estimate {
  /** The value. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
}

/** Standard errors on each side of a value that cover 95 % of a normal distribution. */
const NORMAL_95 = 1.959964;

/**
 * Returns an estimate with a given standard error.
 *
 * @param value The value.
 * @param standardError Its standard error; 0 for an exact value.
 */
export function withError(value: number, standardError: number): Estimate {
  return { value, low: value - NORMAL_95 * standardError, high: value + NORMAL_95 * standardError };
}

/** Arguments of {@linkcode bootstrap}. */
export interface BootstrapRequest {
  /** Value for the samples themselves. */
  readonly value: number;
  /** Number of samples. */
  readonly count: number;
  /** Number of resamples, at least 2. */
  readonly resamples: number;
  /** Random seed. */
  readonly seed: number;
  /**
   * Computes the value for a resample.
   *
   * @param picks Indices of samples, drawn with replacement, `[count]`.
   */
  resampled(picks: Uint32Array): number;
}

/**
 * Estimates the standard error of a value by the bootstrap: the standard deviation over resamples with replacement.
 *
 * @param request Value, and how to compute it for a resample.
 */
export function bootstrap({ value, count, resamples, seed, resampled }: BootstrapRequest): Estimate {
  const values = Array.from(
    { length: resamples },
    (_, step) => resampled(randomIntegers({ seed, stream: "bootstrap", step }, count, count)),
  );
  return withError(value, standardDeviation(values));
}

/**
 * Returns the mean of a term per sample and its standard error.
 *
 * @param terms One term per sample.
 */
export function meanOf(terms: ArrayLike<number>): Estimate {
  return withError(average(terms), standardDeviation(terms) / Math.sqrt(terms.length));
}

/**
 * Returns the standard error of a statistic from its influence function: the standard deviation of the influences of the
 * samples over √n (the infinitesimal jackknife).
 *
 * @param influences Influence of each sample on the statistic.
 */
export function errorOfInfluences(influences: ArrayLike<number>): number {
  return standardDeviation(influences) / Math.sqrt(influences.length);
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Sample standard deviation; 0 for a single value. */
function standardDeviation(values: ArrayLike<number>): number {
  const mean = average(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) ** 2;
  return Math.sqrt(sum / Math.max(1, values.length - 1));
}

/**
 * Formats an estimate as `0.100 ± 0.010`, with the digits that its interval supports.
 *
 * @param estimate Value and interval.
 *
 * @example
 * ```ts
 * import { showEstimate } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(showEstimate({ value: 12.3456, low: 12.1, high: 12.6 }), "12.35 ± 0.25");
 * ```
 *
 * @category Metrics
 */
export function showEstimate({ value, low, high }: Estimate): string {
  const half = (high - low) / 2;
  if (!(half > 0)) return Number.isInteger(value) ? `${value}` : value.toPrecision(4);
  const digits = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return `${value.toFixed(digits)} ± ${half.toFixed(digits)}`;
}
