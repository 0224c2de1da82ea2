/**
 * What a classifier thinks of samples: how sure it is, and how varied they are.
 *
 * @module
 */

/**
 * Confidence and variety of classified samples.
 *
 * @category Metrics
 */
export interface ClassStatistics {
  /** Classes in which at least three samples are recognised with a confidence above 0.9. */
  readonly classesAbove: number;
  /** Mean over the samples of the probability of the likeliest class. */
  readonly meanConfidence: number;
  /** Entropy of the likeliest classes in nats: `ln classes` if each is as frequent. */
  readonly entropy: number;
}

/** Confidence above which a sample counts as recognised. */
const SURE = 0.9;
/** Recognised samples that a class needs. */
const ENOUGH = 3;

/**
 * Statistics of classified samples.
 *
 * @param probabilities Probabilities of the classes, `[samples, classes]`.
 * @param classes Number of classes.
 * @throws {RangeError} If there are no samples, or the probabilities are not a whole number of them.
 *
 * @example
 * ```ts
 * import { classStatistics } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { meanConfidence } = classStatistics([0.95, 0.05, 0.4, 0.6], 2); // two samples, two classes
 * assertAlmostEquals(meanConfidence, (0.95 + 0.6) / 2, 1e-9);
 * ```
 *
 * @category Metrics
 */
export function classStatistics(probabilities: ArrayLike<number>, classes: number): ClassStatistics {
  const count = probabilities.length / classes;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(
      `Expected ${classes} probabilities for each sample, got ${probabilities.length} in all.`,
    );
  }
  const sure = new Float64Array(classes), frequency = new Float64Array(classes);
  let confidenceSum = 0;
  for (let sample = 0; sample < count; sample++) {
    let likeliest = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[sample * classes + k]! > probabilities[sample * classes + likeliest]!) likeliest = k;
    }
    const confidence = probabilities[sample * classes + likeliest]!;
    confidenceSum += confidence;
    frequency[likeliest]! += 1 / count;
    if (confidence > SURE) sure[likeliest]!++;
  }
  return {
    classesAbove: sure.filter((samples) => samples >= ENOUGH).length,
    meanConfidence: confidenceSum / count,
    entropy: frequency.reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0),
  };
}
