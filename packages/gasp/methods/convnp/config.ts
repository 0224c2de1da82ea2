/**
 * Configuration of convolutional neural processes.
 * @module
 */
import type { DataSizes, ModelConfig, RunConfig } from "../../config/run_settings.ts";
import { ConfigError, UserError } from "../../config/user_error.ts";
import {
  fields,
  optionalField,
  orNull,
  positiveNumber,
  type Schema,
  wholeNumber,
} from "../../config/validate.ts";
import { type GridConfig, gridSchema } from "../core/feature_grid.ts";
import type { Gridded } from "../core/grid_model.ts";
import { learningRate, networkSize, share } from "../core/schemas.ts";
import { checkSubset, type SubsetConfig, subsetSchema } from "../core/subset.ts";

/**
 * The networks.
 *
 * @category Training methods
 */
export interface ConvnpModel extends ModelConfig {
  /** Channels of the convolutions. */
  readonly channels: number;
  /** Residual blocks at the coarse level, in the encoder and in the decoder. */
  readonly blocks: number;
  /** Channels of the latent at each point of the coarse level, which has a quarter of the points along each axis. */
  readonly latentChannels: number;
  /** Standard deviation of the kernel of the set convolution, in spacings of the grid. */
  readonly lengthScale: number;
  /** Grid that contexts are mapped to; null: that of the data, taken from them when the run starts. */
  readonly grid: GridConfig | null;
}

/**
 * Optimisation settings.
 *
 * @category Training methods
 */
export interface ConvnpTraining {
  /** Learning rate at the start; decays to 0 on a cosine schedule. */
  readonly rate: number;
  /** Standard deviation of the features around the values of a function. */
  readonly noise: number;
  /** Share of the items whose context is empty; the others have a share of their points that is uniform in [0, 1]. */
  readonly emptyShare: number;
  /** Subsampling of points in each step. Default: all points. */
  readonly subset?: SubsetConfig;
}

/**
 * Configuration of a run of `convnp`.
 *
 * @category Training methods
 */
export type ConvnpConfig = RunConfig<ConvnpModel, ConvnpTraining>;

/** A model whose grid is known. */
export type ConvnpGridModel = Gridded<ConvnpModel>;

/** Schema of {@link ConvnpModel}. */
export const modelSchema: Schema<ConvnpModel> = fields<ConvnpModel>({
  coordinateDim: wholeNumber(2, 2),
  featureDim: networkSize,
  channels: networkSize,
  blocks: wholeNumber(0, 64),
  latentChannels: networkSize,
  lengthScale: positiveNumber(),
  grid: orNull(gridSchema),
});

/** Schema of {@link ConvnpTraining}. */
export const trainingSchema: Schema<ConvnpTraining> = fields<ConvnpTraining>({
  rate: learningRate,
  noise: positiveNumber(),
  emptyShare: share,
  subset: optionalField(subsetSchema),
});

/**
 * Checks the kind of data and the grid.
 *
 * @param config A valid configuration.
 * @param data Sizes of the data.
 * @throws {UserError} If the data are not pictures, or there are too few points.
 */
export function checkConvnpData(
  { model: { grid }, training: { subset } }: ConvnpConfig,
  data: DataSizes,
): void {
  checkSubset(subset, data);
  if (data.display.kind !== "image") {
    throw new UserError(
      `the method convnp is for pictures, but the data "${data.name}" are of the kind ${data.display.kind}: ` +
        "use another method, such as gasp",
    );
  }
  if (grid && (grid.kind !== "regular" || grid.shape.length !== 2)) {
    throw new ConfigError(
      `"model.grid" is of ${grid.shape.length} axes, but must be regular with 2 axes`,
      "model.grid",
    );
  }
}
