/**
 * Occupancy networks trained as variational autoencoders (ON; Mescheder et al., 2019; figure 10 of the paper) as a training
 * method: an encoder of points, and a decoder of coordinates conditioned on the latent. Works on points anywhere.
 * @module
 */
import { clamp, type Tensor } from "@gasp/tensor";
import { encodeCoordinates } from "../../model/fourier.ts";
import type { FunctionGenerator } from "../core/function_generator.ts";
import type { Method } from "../core/method.ts";
import type { GaspConfig } from "../gasp/config.ts";
import { GASP_PRESETS } from "../gasp/presets.ts";
import { modelSchema, trainingSchema, type VaeConfig, type VaeModel, type VaeTraining } from "./config.ts";
import {
  type VaeDecoderParams,
  type VaeFunctions,
  vaeFunctions,
  vaeLogits,
  type VaeStatistics,
} from "./decoder.ts";
import { encodeItems } from "./encoder.ts";
import { featuresOf, initialVae, prepareVae, type VaeInputs, type VaeState } from "./step.ts";

/**
 * Weights of the generator.
 *
 * @category Training methods
 */
export type VaeWeights = {
  /** The decoder. */
  readonly decoder: VaeDecoderParams;
  /** Running statistics of its batch norms. */
  readonly statistics: VaeStatistics;
  /** Frequencies B of the Fourier features, if the model has them. */
  readonly frequencies?: Tensor;
};

/** What all functions share: the decoder without the maps of latents. */
type VaeShared = Omit<VaeWeights, "decoder"> & { readonly decoder: Omit<VaeDecoderParams, "norms"> };

const { digits, faces32, chairs16, climate, tiny } = GASP_PRESETS;

function presetOf(
  preset: GaspConfig,
  networks: Partial<VaeModel> = {},
  training: Partial<VaeTraining> = {},
): VaeConfig {
  const { coordinateDim, featureDim, latentDim, fourier } = preset.model, { subset } = preset.training;
  return {
    ...preset,
    method: "vae",
    model: {
      ...{ coordinateDim, featureDim, latentDim, fourier },
      ...{ encoder: [64, 64, 64], width: 64, blocks: 3, features: "normal" },
      ...networks,
    },
    training: { rate: 1e-3, noise: 0.1, klWeight: 1, ...(subset && { subset }), ...training },
  };
}

/**
 * The training method `vae`.
 *
 * @category Training methods
 */
export const vae: Method<VaeConfig, VaeState, VaeInputs> = {
  name: "vae",
  model: modelSchema,
  training: trainingSchema,
  presets: {
    chairs16: presetOf(chairs16, { features: "bernoulli" }),
    digits: presetOf(digits),
    faces32: presetOf(faces32),
    climate: presetOf(climate),
    tiny: presetOf(tiny, { encoder: [6, 5], width: 6, blocks: 1, features: "bernoulli" }, {
      rate: 0.01,
      klWeight: 0.1,
    }),
  },
  divergedAdvice: "Start again with a lower training.rate or another seed",
  initialState: initialVae,
  prepare: prepareVae,
  generator({ model }): FunctionGenerator<VaeWeights, VaeFunctions, VaeShared> {
    const { coordinateDim, featureDim, latentDim } = model;
    return {
      ...{ coordinateDim, featureDim, latentDim },
      functions: ({ decoder }, latents) => vaeFunctions(decoder, latents),
      shared: ({ decoder: { input, blocks, output }, ...rest }) => ({
        ...rest,
        decoder: { input, blocks, output },
      }),
      encode: ({ frequencies }, coordinates) => encodeCoordinates(coordinates, frequencies),
      evaluate: (functions, encoding, { decoder, statistics }) =>
        clamp(featuresOf(vaeLogits(decoder, statistics, functions, encoding, "eval").logits, model), -1, 1),
    };
  },
  weights: ({ params: { decoder }, statistics, frequencies }): VaeWeights => ({
    ...{ decoder, statistics },
    ...(frequencies && { frequencies }),
  }),
  reconstruct({ params, frequencies }, { coordinates, features }) {
    const { mean } = encodeItems(params.encoder, encodeCoordinates(coordinates, frequencies), features);
    return vaeFunctions(params.decoder, mean);
  },
};
