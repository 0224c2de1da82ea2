/**
 * Configuration of variational autoencoders of functions.
 * @module
 */
import type { ModelConfig, RunConfig } from "../../config/run_settings.ts";
import {
  fields,
  listOf,
  oneOf,
  optionalField,
  orNull,
  positiveNumber,
  type Schema,
  wholeNumber,
} from "../../config/validate.ts";
import type { FourierConfig } from "../../model/function_model.ts";
import { fourierSchema, learningRate, lossWeight, networkSize } from "../core/schemas.ts";
import { type SubsetConfig, subsetSchema } from "../core/subset.ts";

/**
 * The networks.
 *
 * @category Training methods
 */
export interface VaeModel extends ModelConfig {
  /** Dimension of the latent z. */
  readonly latentDim: number;
  /** Encoding γ of the coordinates; null: none, as in occupancy networks. */
  readonly fourier: Omit<FourierConfig, "learned"> | null;
  /** Widths of the encoder's layers on points, each followed by a maximum over the points. */
  readonly encoder: readonly number[];
  /** Width of the decoder. */
  readonly width: number;
  /** Residual blocks of the decoder. */
  readonly blocks: number;
  /**
   * Distribution of a feature: `bernoulli` for occupancy, whose probability of 1 is `(f + 1) / 2` for a value f of the
   * function; `normal` around the value of the function.
   */
  readonly features: "bernoulli" | "normal";
}

/**
 * Optimisation settings.
 *
 * @category Training methods
 */
export interface VaeTraining {
  /** Learning rate at the start; decays to 0 on a cosine schedule. */
  readonly rate: number;
  /** Standard deviation of normally distributed features. */
  readonly noise: number;
  /** Weight of the Kullback–Leibler divergence in the objective; 1 for the evidence lower bound. */
  readonly klWeight: number;
  /** Subsampling of points in each step. Default: all points. */
  readonly subset?: SubsetConfig;
}

/**
 * Configuration of a run of `vae`.
 *
 * @category Training methods
 */
export type VaeConfig = RunConfig<VaeModel, VaeTraining>;

/** Schema of {@link VaeModel}. */
export const modelSchema: Schema<VaeModel> = fields<VaeModel>({
  coordinateDim: wholeNumber(1, 4),
  featureDim: networkSize,
  latentDim: networkSize,
  fourier: orNull(fourierSchema),
  encoder: listOf(networkSize, 1),
  width: networkSize,
  blocks: wholeNumber(0, 64),
  features: oneOf(["bernoulli", "normal"]),
});

/** Schema of {@link VaeTraining}. */
export const trainingSchema: Schema<VaeTraining> = fields<VaeTraining>({
  rate: learningRate,
  noise: positiveNumber(),
  klWeight: lossWeight,
  subset: optionalField(subsetSchema),
});
