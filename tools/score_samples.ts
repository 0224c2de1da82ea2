/**
 * The figures by which samples of digits are judged.
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

/** Figures of some samples. */
export interface Scores {
  /** Number of samples. */
  readonly samples: number;
  /** Classes of which the classifier finds three samples or more with a confidence above 0.9. */
  readonly classesAbove: number;
  /** Mean confidence of the classifier. */
  readonly meanConfidence: number;
  /** Entropy of the classes that the classifier finds, in nats; 2.303 if all ten are as frequent. */
  readonly entropy: number;
  /** Fréchet distance in 64 principal components of the real digits, over their variance there. */
  readonly pcaFd: number;
  /** Sliced Wasserstein distance over 256 directions. */
  readonly swd: number;
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/**
 * Judges samples.
 *
 * @param samples Values in [-1, 1], `[samples, dimensions]`.
 * @param real Real digits in the same form.
 * @param dimensions Values of a sample.
 * @param classifier A trained classifier, and where to run it.
 * @param target Where to run the classifier.
 */
export async function scoreSamples(
  samples: Float32Array,
  real: Float32Array,
  dimensions: number,
  classifier: DigitClassifier,
  target: Device,
): Promise<Scores> {
  const statistics = classStatistics(await classify(classifier, samples, target), CLASSES);
  return {
    samples: samples.length / dimensions,
    classesAbove: statistics.classesAbove,
    meanConfidence: rounded(statistics.meanConfidence),
    entropy: rounded(statistics.entropy),
    pcaFd: rounded(pcaFrechetDistance(principalComponents(real, dimensions), samples)),
    swd: rounded(slicedWasserstein(real, samples, dimensions)),
  };
}
