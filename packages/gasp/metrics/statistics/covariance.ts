/**
 * Means and covariances of samples, in double precision.
 *
 * @module
 */

/**
 * Mean and covariance of a set of samples.
 *
 * @category Metrics
 */
export interface MeanAndCovariance {
  /** `[dimensions]`. */
  readonly mean: Float64Array;
  /** Unbiased, symmetric, `[dimensions, dimensions]`. */
  readonly covariance: Float64Array;
}

/** Number of samples added in one pass over the covariance, which is larger than the processor's caches. */
const BLOCK = 4;

/**
 * Returns the number of samples.
 *
 * @param samples Values `[samples, dimensions]`.
 * @param dimensions Dimension of a sample.
 * @throws {RangeError} If the number of values is not a multiple of `dimensions`, or there are fewer than two samples.
 */
export function sampleCount(samples: ArrayLike<number>, dimensions: number): number {
  const count = samples.length / dimensions;
  if (Number.isInteger(count) && count >= 2) return count;
  throw new RangeError(
    `Statistics need two samples or more of ${dimensions} values each, got ${samples.length} values in all.`,
  );
}

/**
 * Computes the mean and the covariance of samples.
 *
 * @param samples Values `[samples, dimensions]`.
 * @param dimensions Dimension of a sample.
 * @throws {RangeError} If there are fewer than two samples, or a value is not finite.
 *
 * @example
 * ```ts
 * import { momentsOf } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(momentsOf([1, 2, 3, 6], 2).mean, Float64Array.of(2, 4));
 * ```
 *
 * @category Metrics
 */
export function momentsOf(samples: ArrayLike<number>, dimensions: number): MeanAndCovariance {
  const count = sampleCount(samples, dimensions);
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < samples.length; i++) mean[i % dimensions]! += samples[i]!;
  for (let j = 0; j < dimensions; j++) mean[j]! /= count;
  if (!mean.every(Number.isFinite)) throw new RangeError("The samples contain values that are not finite.");

  const covariance = new Float64Array(dimensions * dimensions);
  const [a, b, c, d] = [0, 1, 2, 3].map(() => new Float64Array(dimensions)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let first = 0; first < count; first += BLOCK) {
    [a, b, c, d].forEach((deviation, i) => {
      // Past the last sample the deviation is 0 and adds nothing.
      for (let j = 0; j < dimensions; j++) {
        deviation[j] = first + i < count ? samples[(first + i) * dimensions + j]! - mean[j]! : 0;
      }
    });
    for (let j = 0; j < dimensions; j++) {
      const aj = a[j]!, bj = b[j]!, cj = c[j]!, dj = d[j]!;
      for (let k = j; k < dimensions; k++) {
        covariance[j * dimensions + k]! += aj * a[k]! + bj * b[k]! + cj * c[k]! + dj * d[k]!;
      }
    }
  }
  for (let j = 0; j < dimensions; j++) {
    for (let k = j; k < dimensions; k++) {
      covariance[k * dimensions + j] = covariance[j * dimensions + k]! /= count - 1;
    }
  }
  return { mean, covariance };
}
