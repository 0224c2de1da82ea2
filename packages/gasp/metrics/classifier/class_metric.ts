/**
 * Digits as a classifier sees them: classes, confidence and entropy; and the feature space of its last hidden layer.
 *
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import { UserError } from "../../config/user_error.ts";
import { bootstrap } from "../core/estimate.ts";
import type { FeatureRequest, FeatureSpace, OpenFeatures } from "../core/features.ts";
import type { Domain } from "../core/items.ts";
import type { Metric } from "../core/metric.ts";
import { programFeatures } from "../features/program_features.ts";
import { classStatistics } from "../statistics/class_statistics.ts";
import type { TrainedClassifier } from "./classifier_file.ts";
import { CLASSES, HIDDEN, hiddenActivations, probabilitiesOf } from "./digit_classifier.ts";

const SIZE = 28;

/** Why a classifier of digits does not apply. */
function noDigits({ display }: Domain): string | undefined {
  return display.kind === "image" && display.channels === 1 && display.height === SIZE &&
      display.width === SIZE
    ? undefined
    : `grey pictures of ${SIZE}×${SIZE} (--resolution ${SIZE} for digits)`;
}

function open(
  trained: TrainedClassifier,
  name: string,
  dimensions: number,
  compute: (values: Tensor) => Tensor,
): OpenFeatures {
  return ({ domain, device }: FeatureRequest): FeatureSpace => {
    const reason = noDigits(domain);
    if (reason !== undefined) throw new UserError(`the classifier of digits needs ${reason}`);
    const protocol = { classifierAccuracy: trained.accuracy };
    return programFeatures({ name, size: SIZE * SIZE, dimensions, protocol, device, compute });
  };
}

/**
 * Returns the opener of the space of the classifier's last hidden layer, of 128 dimensions.
 *
 * @param trained Trained classifier.
 * @category Metrics
 */
export function classifierFeatures(trained: TrainedClassifier): OpenFeatures {
  return open(trained, "classifier", HIDDEN, (values) => hiddenActivations(trained.classifier, values));
}

/**
 * Returns the opener of the space of class probabilities, which the metric `classes` needs.
 *
 * @param trained Trained classifier.
 * @category Metrics
 */
export function classProbabilities(trained: TrainedClassifier): OpenFeatures {
  return open(
    trained,
    "class probabilities",
    CLASSES,
    (values) => probabilitiesOf(trained.classifier, values),
  );
}

/** Confidence of a classifier of digits, entropy of its predictions, and number of classes among confident ones. */
export const classes: Metric = {
  name: "classes",
  summary: "Digits as a classifier sees them: classes among confident predictions, confidence, entropy",
  source: "after Salimans et al. 2016, Improved Techniques for Training GANs (inception score)",
  values: [
    { name: "classes-above", direction: "higher" },
    { name: "confidence", direction: "real" },
    { name: "entropy", direction: "real" },
  ],
  isDefault: false,
  unsuited: noDigits,
  async prepare(_reference, { classifier, open, seed, resamples }) {
    if (!classifier) throw new UserError("the metric classes needs a classifier of digits");
    const space = await open(classifier);
    return {
      protocol: space.protocol,
      async compare(candidate) {
        const { rows, count } = await candidate.features(space);
        const estimate = (value: (probabilities: ArrayLike<number>) => number) =>
          bootstrap({
            value: value(rows),
            count,
            resamples,
            seed,
            resampled: (picks) => value(picked(rows, picks)),
          });
        return {
          "classes-above": estimate((rows) => classStatistics(rows, CLASSES).classesAbove),
          confidence: estimate((rows) => classStatistics(rows, CLASSES).meanConfidence),
          entropy: estimate((rows) => classStatistics(rows, CLASSES).entropy),
        };
      },
    };
  },
};

function picked(rows: ArrayLike<number>, picks: Uint32Array): Float64Array {
  return Float64Array.from(
    { length: picks.length * CLASSES },
    (_, i) => rows[picks[Math.floor(i / CLASSES)]! * CLASSES + i % CLASSES]!,
  );
}
