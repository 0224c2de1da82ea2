/**
 * Scores of samples of digits.
 *
 * @module
 */
import {
  classStatistics,
  pcaFrechetDistance,
  principalComponents,
  slicedWasserstein,
} from "@gasp/gasp/metrics";
import type { Device } from "@gasp/tensor";
import { CLASSES, classify, type DigitClassifier } from "./digit_classifier.ts";

/** Scores of samples. */
export interface Scores {
  /** Number of samples. */
  readonly samples: number;
  /** Number of classes to which the classifier assigns at least three samples with a confidence above 0.9. */
  readonly classesAbove: number;
  /** Mean confidence of the classifier. */
  readonly meanConfidence: number;
  /** Entropy of the predicted classes in nats; 2.303 if all ten are equally frequent. */
  readonly entropy: number;
  /** Fréchet distance in 64 principal components of the real digits, divided by their variance. */
  readonly pcaFd: number;
  /** Sliced Wasserstein distance over 256 directions. */
  readonly swd: number;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}

/**
 * Scores samples.
 *
 * @param samples Values in [-1, 1], `[samples, dimensions]`.
 * @param real Real digits in the same layout.
 * @param dimensions Values per sample.
 * @param classifier Trained classifier.
 * @param device Device that runs the classifier.
 */
export async function scoreSamples(
  samples: Float32Array,
  real: Float32Array,
  dimensions: number,
  classifier: DigitClassifier,
  device: Device,
): Promise<Scores> {
  const statistics = classStatistics(await classify(classifier, samples, device), CLASSES);
  return {
    samples: samples.length / dimensions,
    classesAbove: statistics.classesAbove,
    meanConfidence: round(statistics.meanConfidence),
    entropy: round(statistics.entropy),
    pcaFd: round(pcaFrechetDistance(principalComponents(real, dimensions), samples)),
    swd: round(slicedWasserstein(real, samples, dimensions)),
  };
}
