/**
 * Configuration of auto-decoders.
 * @module
 */
import type { DataSizes, RunConfig } from "../../config/run_settings.ts";
import { ConfigError } from "../../config/user_error.ts";
import {
  fields,
  numberWithin,
  oneOf,
  optionalField,
  orNull,
  positiveNumber,
  type Schema,
  variants,
  wholeNumber,
} from "../../config/validate.ts";
import type { FunctionModel } from "../../model/function_model.ts";
import { functionModelFields, learningRate } from "../core/schemas.ts";
import { checkSubset, type SubsetConfig, subsetSchema } from "../core/subset.ts";

/**
 * The decoder, which is GASP's function generator, and the latents.
 *
 * @category Training methods
 */
export interface AutodecoderModel extends FunctionModel {
  /** Number of items of the training data, each with a latent; null: to be taken from the data when the run starts. */
  readonly items: number | null;
  /** Variance of the Gaussian prior p(z) of the latents. */
  readonly priorVariance: number;
}

/**
 * How the latents of items are found.
 *
 * - `auto-decoding`: they are parameters, trained beside the decoder (appendix B.1 of the paper; DeepSDF, Park et al., 2019).
 * - `modulations`: a few steps of gradient descent from 0, through which the decoder and the step sizes are differentiated
 *   (functa, Dupont et al., 2022; meta-SGD, Li et al., 2017).
 *
 * @category Training methods
 */
export type LatentsConfig = {
  /** Trained beside the decoder. */
  readonly kind: "auto-decoding";
  /** Learning rate of the latents at the start. */
  readonly rate: number;
} | {
  /** Found by gradient descent. */
  readonly kind: "modulations";
  /** Steps of gradient descent. */
  readonly steps: number;
  /** Step size of each dimension at the start; they are trained with the decoder. */
  readonly rate: number;
};

/**
 * Optimisation settings. Learning rates decay to 0 on a cosine schedule.
 *
 * @category Training methods
 */
export interface AutodecoderTraining {
  /** Learning rate of the decoder at the start. */
  readonly rate: number;
  /** How latents are found. */
  readonly latents: LatentsConfig;
  /** Standard deviation of the Gaussian p(s | z), in units of the features, which lie in [-1, 1]. */
  readonly noise: number;
  /** Subsampling of points in each step. Default: all points. */
  readonly subset?: SubsetConfig;
}

/**
 * Configuration of a run of an auto-decoder.
 *
 * @category Training methods
 */
export type AutodecoderConfig = RunConfig<AutodecoderModel, AutodecoderTraining>;

/** Schemas of the fields of {@link AutodecoderModel}. */
export const autodecoderModelFields: {
  readonly [K in keyof AutodecoderModel]-?: Schema<AutodecoderModel[K]>;
} = {
  ...functionModelFields,
  items: orNull(wholeNumber(1)),
  priorVariance: positiveNumber(),
};

/** Schemas of the fields of {@link AutodecoderTraining}. */
export const autodecoderTrainingFields = {
  rate: learningRate,
  latents: variants<LatentsConfig>("kind", {
    "auto-decoding": fields({ kind: oneOf(["auto-decoding"]), rate: learningRate }),
    "modulations": fields({
      kind: oneOf(["modulations"]),
      steps: wholeNumber(1, 100),
      rate: numberWithin(Number.MIN_VALUE, 1e6, "a number above 0"),
    }),
  }),
  noise: positiveNumber(),
  subset: optionalField(subsetSchema),
};

/**
 * Sets the number of items to that of the data.
 *
 * @param config A valid configuration.
 * @param data Sizes of the data.
 */
export function adaptItems<Config extends RunConfig<AutodecoderModel>>(
  config: Config,
  data: DataSizes,
): Config {
  return config.model.items === null ? { ...config, model: { ...config.model, items: data.items } } : config;
}

/**
 * Checks the number of items and of points.
 *
 * @param config A valid configuration.
 * @param data Sizes of the data.
 * @throws {UserError} If the run has latents for another number of items, or there are too few points.
 */
export function checkAutodecoderData(
  { model: { items }, training: { subset } }: RunConfig<AutodecoderModel, AutodecoderTraining>,
  data: DataSizes,
): void {
  checkSubset(subset, data);
  if (items === null || items === data.items) return;
  throw new ConfigError(
    `"model.items" is ${items}, but the data "${data.name}" have ${data.items} items: each item has a latent of its own`,
    "model.items",
    data.items,
  );
}
