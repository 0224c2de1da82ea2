/**
 * Convolutional GANs (DCGAN, Radford et al., 2016) as a training method: arrays on the grid of the data instead of functions,
 * with GASP's losses. A sample is evaluated at any coordinates by linear interpolation of its array.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import { interpolateGrid } from "../core/feature_grid.ts";
import type { FunctionGenerator } from "../core/function_generator.ts";
import { adaptGrid, withGrid } from "../core/grid_model.ts";
import type { Method } from "../core/method.ts";
import type { GaspConfig } from "../gasp/config.ts";
import { GASP_PRESETS } from "../gasp/presets.ts";
import {
  checkConvganData,
  type ConvganConfig,
  type ConvganModel,
  modelSchema,
  trainingSchema,
} from "./config.ts";
import { type ConvGeneratorParams, type ConvStatistics, generateArrays } from "./networks.ts";
import { type ConvganInputs, type ConvganState, initialConvgan, prepareConvgan } from "./step.ts";

/**
 * Weights of the generator.
 *
 * @category Training methods
 */
export type ConvganWeights = {
  /** Parameters of the generator. */
  readonly generator: ConvGeneratorParams;
  /** Running statistics of its batch norms. */
  readonly statistics: ConvStatistics;
};

/** The arrays of functions, `[count, cells, featureDim]`. */
type Arrays = { readonly values: Tensor };

const { digits, faces32, chairs16, climate, tiny } = GASP_PRESETS;

/** Those of DCGAN. */
const RATES = { generatorRate: 2e-4, discriminatorRate: 2e-4 };

function presetOf({ model, training, ...preset }: GaspConfig, channels: readonly number[]): ConvganConfig {
  const { coordinateDim, featureDim, latentDim } = model,
    { subset: _, r1On: _on, ...rates } = training;
  const networks: ConvganModel = {
    ...{ coordinateDim, featureDim, latentDim },
    generatorChannels: channels.toReversed(),
    discriminatorChannels: channels,
    grid: null,
  };
  return { ...preset, method: "convgan", model: networks, training: { ...rates, ...RATES } };
}

/**
 * The training method `convgan`.
 *
 * @category Training methods
 */
export const convgan: Method<ConvganConfig, ConvganState, ConvganInputs> = {
  name: "convgan",
  model: modelSchema,
  training: trainingSchema,
  presets: {
    digits: presetOf(digits, [32, 64]),
    faces32: presetOf(faces32, [32, 64, 128]),
    chairs16: presetOf(chairs16, [32, 64, 128]),
    climate: presetOf(climate, [32, 64, 128]),
    tiny: presetOf(tiny, [4, 5]),
  },
  divergedAdvice:
    "Start again with lower learning rates (training.generatorRate, training.discriminatorRate) or another seed",
  checkData: checkConvganData,
  adapt: adaptGrid,
  initialState: initialConvgan,
  prepare: prepareConvgan,
  generator(config): FunctionGenerator<ConvganWeights, Arrays, Record<string, never>> {
    const model = withGrid(config), { coordinateDim, featureDim, latentDim, grid } = model;
    return {
      ...{ coordinateDim, featureDim, latentDim },
      functions: ({ generator, statistics }, latents) => ({
        values: generateArrays(generator, statistics, model, latents, "eval").features,
      }),
      shared: () => ({}),
      encode: (_, coordinates) => coordinates,
      evaluate: ({ values }, coordinates) => interpolateGrid(values, grid, coordinates),
    };
  },
  weights: ({ generator, ema, statistics }, kind): ConvganWeights => ({
    generator: kind === "ema" && ema ? ema : generator,
    statistics,
  }),
};
