/**
 * Convolutional neural processes with a latent (ConvNP; Gordon et al., 2020; Foong et al., 2020; figure 7 of the paper) as a
 * training method, on pictures known at the points of a grid or at others.
 * @module
 */
import { add, clamp, exp, mul, ones, reshape, type Tensor } from "@gasp/tensor";
import type { FunctionGenerator } from "../core/function_generator.ts";
import { adaptGrid, withGrid } from "../core/grid_model.ts";
import type { Method } from "../core/method.ts";
import type { GaspConfig } from "../gasp/config.ts";
import { GASP_PRESETS } from "../gasp/presets.ts";
import {
  checkConvnpData,
  type ConvnpConfig,
  type ConvnpModel,
  type ConvnpTraining,
  modelSchema,
  trainingSchema,
} from "./config.ts";
import {
  type ConvnpParams,
  decodeLatents,
  encodeContext,
  encodeNothing,
  evaluateChannels,
  latentShape,
} from "./networks.ts";
import { type ConvnpInputs, type ConvnpState, initialConvnp, prepareConvnp } from "./step.ts";

/** Channels of functions on the grid, `[count, cells, channels]`. */
type Channels = { readonly values: Tensor };

const { digits, faces32, tiny } = GASP_PRESETS;

function presetOf(
  { model: { coordinateDim, featureDim }, training: _, ...preset }: GaspConfig,
  networks: Partial<ConvnpModel> = {},
  training: Partial<ConvnpTraining> = {},
): ConvnpConfig {
  return {
    ...preset,
    method: "convnp",
    model: {
      ...{ coordinateDim, featureDim, channels: 32, blocks: 2, latentChannels: 4, lengthScale: 0.5 },
      ...{ grid: null, ...networks },
    },
    training: { rate: 1e-3, noise: 0.2, emptyShare: 0.5, ...training },
  };
}

/**
 * The training method `convnp`.
 *
 * @category Training methods
 */
export const convnp: Method<ConvnpConfig, ConvnpState, ConvnpInputs> = {
  name: "convnp",
  model: modelSchema,
  training: trainingSchema,
  presets: {
    digits: presetOf(digits),
    faces32: presetOf(faces32),
    tiny: presetOf(tiny, { channels: 4, blocks: 1, latentChannels: 2 }, { rate: 0.01, noise: 0.02 }),
  },
  divergedAdvice: "Start again with a lower training.rate or another seed",
  checkData: checkConvnpData,
  adapt: adaptGrid,
  initialState: initialConvnp,
  prepare: prepareConvnp,
  generator(config): FunctionGenerator<ConvnpParams, Channels, Pick<ConvnpParams, "head">> {
    const model = withGrid(config), shape = latentShape(model);
    return {
      coordinateDim: model.coordinateDim,
      featureDim: model.featureDim,
      latentDim: shape.reduce((product, size) => product * size),
      functions(params, latents) {
        const { mean, logVariance } = encodeNothing(params, model);
        const noise = reshape(latents, [latents.shape[0]!, ...shape]);
        return { values: decodeLatents(params, model, add(mean, mul(exp(mul(logVariance, 0.5)), noise))) };
      },
      shared: ({ head }) => ({ head }),
      encode: (_, coordinates) => coordinates,
      evaluate: ({ values }, coordinates, shared) =>
        clamp(evaluateChannels(shared, model, values, coordinates), -1, 1),
    };
  },
  weights: ({ params }): ConvnpParams => params,
  reconstruct({ params }, { coordinates, features }, config) {
    const model = withGrid(config), weights = ones(features.shape.slice(0, 2));
    const { mean } = encodeContext(params, model, { coordinates, features, weights });
    return { values: decodeLatents(params, model, mean) };
  },
};
