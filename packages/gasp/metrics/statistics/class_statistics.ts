/**
 * Quality and diversity of samples as a classifier sees them: its confidence, and the entropy of its predictions.
 *
 * @module
 */

/**
 * Confidence and diversity of classified samples.
 *
 * @category Metrics
 */
export interface ClassStatistics {
  /** Number of classes that at least three samples are classified as with a confidence above 0.9. */
  readonly classesAbove: number;
  /** Mean over the samples of the probability of the most likely class. */
  readonly meanConfidence: number;
  /** Entropy in nats of the distribution of predicted classes; `ln classes` if it is uniform. */
  readonly entropy: number;
}

/** Confidence above which a sample counts for its class. */
const MIN_CONFIDENCE = 0.9;
/** Number of such samples from which on a class counts. */
const MIN_SAMPLES = 3;

/**
 * Computes statistics of classified samples.
 *
 * @param probabilities Probabilities of the classes, `[samples, classes]`.
 * @param classes Number of classes.
 * @throws {RangeError} If there are no samples, or the number of probabilities is not a multiple of `classes`.
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
  const confident = new Float64Array(classes), frequency = new Float64Array(classes);
  let confidenceSum = 0;
  for (let sample = 0; sample < count; sample++) {
    let likeliest = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[sample * classes + k]! > probabilities[sample * classes + likeliest]!) likeliest = k;
    }
    const confidence = probabilities[sample * classes + likeliest]!;
    confidenceSum += confidence;
    frequency[likeliest]! += 1 / count;
    if (confidence > MIN_CONFIDENCE) confident[likeliest]!++;
  }
  return {
    classesAbove: confident.filter((samples) => samples >= MIN_SAMPLES).length,
    meanConfidence: confidenceSum / count,
    entropy: frequency.reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0),
  };
}
