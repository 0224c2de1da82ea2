/**
 * Metrics of sample quality: distances to real data, precision and coverage, classifier confidence, continuity across the
 * meridian of 0°; evaluations of generators by a table of metrics.
 *
 * @module
 */
export { type Domain, type Items, itemsOf, itemsOfDataset } from "./core/items.ts";
export { type Estimate, showEstimate } from "./core/estimate.ts";
export {
  type FeatureRequest,
  type Features,
  type FeatureSpace,
  ItemSet,
  type OpenFeatures,
} from "./core/features.ts";
export type { Comparison, Direction, Metric, MetricContext, MetricValue } from "./core/metric.ts";
export { chooseMetrics, FEATURE_SPACES, METRICS } from "./table.ts";
export {
  type Estimates,
  Evaluation,
  type EvaluationRequest,
  type EvaluationSizes,
  itemsOfGenerator,
} from "./evaluate.ts";
export {
  describeProtocol,
  describeSizes,
  type EvaluationReport,
  type ReportedValue,
  reportOf,
  tableOf,
} from "./report.ts";
export { type MeanAndCovariance, momentsOf } from "./statistics/covariance.ts";
export { frechetDistance } from "./statistics/frechet_distance.ts";
export { type ClassStatistics, classStatistics } from "./statistics/class_statistics.ts";
export { pcaFrechetDistance } from "./statistics/pca_frechet_distance.ts";
export {
  type PrincipalComponents,
  principalComponents,
  projectOnto,
} from "./statistics/principal_components.ts";
export { dateLineColumn, type SeamJumps, seamJumps } from "./sphere/seam.ts";
export { slicedWasserstein, type SlicedWassersteinOptions } from "./statistics/sliced_wasserstein.ts";
export { logSpectralDistance } from "./statistics/mean_profile.ts";
export { gridAreas, harmonicTransform, sphericalHarmonics } from "./sphere/harmonics.ts";
export { connectedParts } from "./shapes/connected_parts.ts";
export {
  intersectionOverUnion,
  type SurfaceDistance,
  surfaceDistance,
  type SurfacePoints,
  surfacePoints,
} from "./shapes/surface_points.ts";
export { inceptionFeatures, type InceptionFile } from "./images/inception_features.ts";
export type { ResizeKind } from "./images/resize_pictures.ts";
export { kernelDistance, type KernelDistanceOptions } from "./statistics/kernel_distance.ts";
export { classifierFeatures, classProbabilities } from "./classifier/class_metric.ts";
export { decodeClassifier, encodeClassifier, type TrainedClassifier } from "./classifier/classifier_file.ts";
export {
  CLASSIFIER_TRAINING,
  type ClassifierTraining,
  type DigitClassifier,
} from "./classifier/digit_classifier.ts";
export { trainOnRealDigits } from "./classifier/real_digits.ts";
export type { Rows } from "@gasp/pointconv";
export type { LinearParams } from "@gasp/autograd";
