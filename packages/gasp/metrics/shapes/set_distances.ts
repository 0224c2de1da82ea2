/**
 * Statistics of two sets from the distances between their members: minimum matching distance and coverage (Achlioptas et al.
 * 2018), 1-nearest-neighbour accuracy (Lopez-Paz & Oquab 2017; Yang et al., PointFlow, 2019, section 6.1).
 *
 * @module
 */
import { type Estimate, meanOf } from "../core/estimate.ts";

/** Distances between the members of two sets. */
export interface SetDistances {
  /** Number of members of the reference. */
  readonly reference: number;
  /** Number of samples. */
  readonly samples: number;
  /** Distances `[reference, samples]`. */
  readonly across: ArrayLike<number>;
  /** Distances `[reference, reference]`. */
  readonly amongReference: ArrayLike<number>;
  /** Distances `[samples, samples]`. */
  readonly amongSamples: ArrayLike<number>;
}

/**
 * Returns the index of the smallest distance, the first of equal ones; -1 if none is finite.
 *
 * @param count Number of distances.
 * @param distance Returns a distance.
 */
export function nearest(count: number, distance: (i: number) => number): number {
  let best = -1, least = Infinity;
  for (let i = 0; i < count; i++) {
    if (distance(i) < least) [best, least] = [i, distance(i)];
  }
  return best;
}

/**
 * Computes the minimum matching distance: the mean over the reference of the distance to the nearest sample.
 *
 * @param distances Distances.
 */
export function minimumMatchingDistance({ reference, samples, across }: SetDistances): Estimate {
  return meanOf(
    Float64Array.from({ length: reference }, (_, i) => {
      let least = Infinity;
      for (let j = 0; j < samples; j++) least = Math.min(least, across[i * samples + j]!);
      return least;
    }),
  );
}

/**
 * Computes the coverage: the share of the reference that is the nearest member of some sample.
 *
 * @param distances Distances.
 */
export function coverage({ reference, samples, across }: SetDistances): Estimate {
  const covered = new Uint8Array(reference);
  for (let j = 0; j < samples; j++) {
    const i = nearest(reference, (i) => across[i * samples + j]!);
    if (i >= 0) covered[i] = 1;
  }
  return meanOf(covered);
}

/**
 * Computes the leave-one-out accuracy of a 1-nearest-neighbour classifier that tells samples from the reference: 0.5 if both
 * follow one distribution, 1 if they can always be told apart, less than 0.5 if samples copy the reference.
 *
 * @param distances Distances.
 */
export function nearestNeighbourAccuracy(distances: SetDistances): Estimate {
  const { reference, samples, across, amongReference, amongSamples } = distances;
  const total = reference + samples;
  const right = Float64Array.from({ length: total }, (_, i) => {
    const isReference = i < reference, j = i - reference;
    const found = nearest(total, (other) => {
      if (other === i) return Infinity;
      const sample = other - reference;
      if (isReference) {
        return sample < 0 ? amongReference[i * reference + other]! : across[i * samples + sample]!;
      }
      return sample < 0 ? across[other * samples + j]! : amongSamples[j * samples + sample]!;
    });
    return found >= 0 && (found < reference) === isReference ? 1 : 0;
  });
  return meanOf(right);
}
