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

/** Projections of samples onto random directions, sorted along each. */
interface SortedProjections {
  /** Values in ascending order, `[projections, samples]`. */
  readonly values: Float64Array;
  /** The samples that they are projections of, `[projections, samples]`. */
  readonly order: Uint32Array;
}

/** Projects samples, `[count, dimensions]`, onto random unit directions. */
function sortedProjections(
  samples: Float64Array,
  dimensions: number,
  { projections = 256, seed = 0 }: SlicedWassersteinOptions,
): SortedProjections {
  const count = samples.length / dimensions;
  const values = new Float64Array(projections * count), order = new Uint32Array(projections * count);
  const along = new Float64Array(count);
  for (let projection = 0; projection < projections; projection++) {
    const normal = randomNormal(
      { seed, stream: "sliced wasserstein directions", step: projection },
      dimensions,
    );
    const length = Math.hypot(...normal);
    const direction = Float64Array.from(normal, (value) => value / length);
    for (let sample = 0; sample < count; sample++) {
      let sum = 0;
      for (let j = 0; j < dimensions; j++) sum += samples[sample * dimensions + j]! * direction[j]!;
      along[sample] = sum;
    }
    const sorted = order.subarray(projection * count, (projection + 1) * count).map((_, i) => i)
      .sort((a, b) => along[a]! - along[b]!);
    order.set(sorted, projection * count);
    values.set(Float64Array.from(sorted, (sample) => along[sample]!), projection * count);
  }
  return { values, order };
}

/** A sliced Wasserstein distance, and that of resamples of the generated samples. */
export interface SlicedDistance {
  /** The distance. */
  readonly value: number;
  /** Number of samples of each set that were compared. */
  readonly count: number;
  /**
   * Computes the distance of a resample.
   *
   * @param picks Indices of samples, drawn with replacement, `[count]`.
   */
  resampled(picks: Uint32Array): number;
}

/**
 * Computes the sliced 2-Wasserstein distance with what its bootstrap needs; see {@linkcode slicedWasserstein}.
 *
 * @param real Values `[samples, dimensions]`.
 * @param generated Values `[samples, dimensions]`.
 * @param dimensions Dimension of a sample.
 * @param options Number of directions and seed.
 * @throws {RangeError} If a set has fewer than two samples.
 */
export function slicedDistance(
  real: ArrayLike<number>,
  generated: ArrayLike<number>,
  dimensions: number,
  options: SlicedWassersteinOptions = {},
): SlicedDistance {
  const { seed = 0 } = options;
  const count = Math.min(sampleCount(real, dimensions), sampleCount(generated, dimensions));
  const [a, b] = [real, generated].map((samples) =>
    sortedProjections(draw(samples, dimensions, count, seed), dimensions, options)
  ) as [SortedProjections, SortedProjections];
  // Of a resample, each value occurs as often as its sample was drawn, in the same order
  const distance = (times: Uint32Array) => {
    let total = 0;
    for (let start = 0; start < a.values.length; start += count) {
      for (let i = start, at = start; i < start + count; i++) {
        for (let again = times[b.order[i]!]!; again > 0; again--, at++) {
          total += (a.values[at]! - b.values[i]!) ** 2;
        }
      }
    }
    return Math.sqrt(total / a.values.length);
  };
  return {
    value: distance(new Uint32Array(count).fill(1)),
    count,
    resampled: (picks) => {
      const times = new Uint32Array(count);
      for (const pick of picks) times[pick]!++;
      return distance(times);
    },
  };
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
  options: SlicedWassersteinOptions = {},
): number {
  return slicedDistance(real, generated, dimensions, options).value;
}
