/**
 * SWD: the sliced Wasserstein distance. In one dimension the optimal transport between two sets of equal size pairs their
 * values in sorted order; its cost is averaged over random projections onto lines.
 *
 * @module
 */
import { permutation, randomNormal } from "@gasp/tensor";
import { sampleCount } from "./covariance.ts";

/**
 * Options of {@linkcode slicedWasserstein}.
 *
 * @category Metrics
 */
export interface SlicedWassersteinOptions {
  /** Number of random directions; default 256. */
  readonly projections?: number;
  /** Seed of the directions and of the samples drawn from the larger set; default 0. */
  readonly seed?: number;
}

/** Draws samples without replacement, so that both sets have the same size. */
function draw(samples: ArrayLike<number>, dimensions: number, count: number, seed: number): Float64Array {
  const available = samples.length / dimensions;
  const chosen = permutation({ seed, stream: "sliced wasserstein samples", step: 0 }, available).subarray(
    0,
    count,
  );
  const drawn = new Float64Array(count * dimensions);
  chosen.forEach((sample, row) => {
    for (let j = 0; j < dimensions; j++) drawn[row * dimensions + j] = samples[sample * dimensions + j]!;
  });
  return drawn;
}

/** Projections of samples onto a direction, in ascending order. */
function sortedAlong(direction: Float64Array, samples: Float64Array): Float64Array {
  const dimensions = direction.length;
  return Float64Array.from({ length: samples.length / dimensions }, (_, sample) => {
    let sum = 0;
    for (let j = 0; j < dimensions; j++) sum += samples[sample * dimensions + j]! * direction[j]!;
    return sum;
  }).sort();
}

/**
 * Computes the sliced 2-Wasserstein distance: the root mean square, over samples and random unit directions, of the
 * differences between projections paired in sorted order. If the sets differ in size, samples are drawn from the larger.
 *
 * @param real Values `[samples, dimensions]`.
 * @param generated Values `[samples, dimensions]`.
 * @param dimensions Dimension of a sample.
 * @param options Number of directions and seed.
 * @returns The distance, in the units of the values.
 * @throws {RangeError} If a set has fewer than two samples.
 *
 * @example
 * ```ts
 * import { slicedWasserstein } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const samples = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i * i));
 * assertAlmostEquals(slicedWasserstein(samples, samples, 2), 0, 1e-9);
 * ```
 *
 * @category Metrics
 */
export function slicedWasserstein(
  real: ArrayLike<number>,
  generated: ArrayLike<number>,
  dimensions: number,
  { projections = 256, seed = 0 }: SlicedWassersteinOptions = {},
): number {
  const count = Math.min(sampleCount(real, dimensions), sampleCount(generated, dimensions));
  const [a, b] = [real, generated].map((samples) => draw(samples, dimensions, count, seed)) as [
    Float64Array,
    Float64Array,
  ];
  let total = 0;
  for (let projection = 0; projection < projections; projection++) {
    const normal = randomNormal(
      { seed, stream: "sliced wasserstein directions", step: projection },
      dimensions,
    );
    const length = Math.hypot(...normal);
    const direction = Float64Array.from(normal, (value) => value / length);
    const [alongA, alongB] = [sortedAlong(direction, a), sortedAlong(direction, b)];
    for (let i = 0; i < count; i++) total += (alongA[i]! - alongB[i]!) ** 2;
  }
  return Math.sqrt(total / (projections * count));
}
