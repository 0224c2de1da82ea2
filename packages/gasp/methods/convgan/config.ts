/**
 * Configuration of convolutional GANs.
 * @module
 */
import type { DataSizes, ModelConfig, RunConfig } from "../../config/run_settings.ts";
import { ConfigError } from "../../config/user_error.ts";
import {
  fields,
  listOf,
  oneOf,
  optionalField,
  orNull,
  type Schema,
  wholeNumber,
} from "../../config/validate.ts";
import { type GridConfig, gridOf, gridSchema } from "../core/feature_grid.ts";
import type { Gridded } from "../core/grid_model.ts";
import { learningRate, lossWeight, networkSize, share } from "../core/schemas.ts";
import type { GaspTraining } from "../gasp/config.ts";

/**
 * The networks. Each level of the generator has half as many points along each axis as the next; so has each layer of the
 * discriminator and its input.
 *
 * @category Training methods
 */
export interface ConvganModel extends ModelConfig {
  /** Dimension of the latent z. */
  readonly latentDim: number;
  /** Channels of the generator's levels, the coarsest first. */
  readonly generatorChannels: readonly number[];
  /** Channels of the discriminator's layers, the finest first. */
  readonly discriminatorChannels: readonly number[];
  /** Grid of the data; null: to be taken from the data when the run starts. */
  readonly grid: GridConfig | null;
}

/**
 * Optimisation settings, as of GASP. DCGAN has no R1 penalty; the presets have that of GASP's.
 *
 * @category Training methods
 */
export interface ConvganTraining extends Omit<GaspTraining, "subset" | "r1Weight" | "r1On"> {
  /** Weight of the R1 penalty on the logit. Default: 0, none. */
  readonly r1Weight?: number;
}

/**
 * Configuration of a run of `convgan`.
 *
 * @category Training methods
 */
export type ConvganConfig = RunConfig<ConvganModel, ConvganTraining>;

const channels = listOf(networkSize, 1);

/** Schema of {@link ConvganModel}. */
export const modelSchema: Schema<ConvganModel> = fields<ConvganModel>({
  coordinateDim: wholeNumber(1, 4),
  featureDim: networkSize,
  latentDim: networkSize,
  generatorChannels: channels,
  discriminatorChannels: channels,
  grid: orNull(gridSchema),
});

/** Schema of {@link ConvganTraining}. */
export const trainingSchema: Schema<ConvganTraining> = fields<ConvganTraining>({
  generatorRate: learningRate,
  discriminatorRate: learningRate,
  loss: oneOf(["probability", "logit"]),
  emaDecay: orNull(share),
  r1Weight: optionalField(lossWeight),
});

/**
 * A model whose grid is known.
 *
 * @category Training methods
 */
export type GridModel = Gridded<ConvganModel>;

/**
 * Checks the grid, and that it can be halved as often as there are layers.
 *
 * @param config A valid configuration.
 * @param data Sizes of the data.
 * @throws {UserError} If the data have another grid, or it is too small.
 */
export function checkConvganData({ model, method }: ConvganConfig, data: DataSizes): void {
  const grid = gridOf(data.display, method), size = grid.shape.join(" × ");
  if (model.grid && JSON.stringify(model.grid) !== JSON.stringify(grid)) {
    throw new ConfigError(
      `"model.grid.shape" is ${
        model.grid.shape.join(" × ")
      }, but the data "${data.name}" are arrays of ${size}`,
      "model.grid",
    );
  }
  const most = Math.floor(Math.log2(Math.min(...grid.shape)));
  for (const field of ["generatorChannels", "discriminatorChannels"] as const) {
    if (model[field].length <= most) continue;
    throw new ConfigError(
      `"model.${field}" has ${
        model[field].length
      } entries, but arrays of ${size} can be halved ${most} times only`,
      `model.${field}`,
    );
  }
}
