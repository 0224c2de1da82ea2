/**
 * The generator of an auto-decoder: latents of the Gaussian prior, decoded by GASP's function generator.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import { mul, type Tensor } from "@gasp/tensor";
import type { FunctionGenerator } from "../core/function_generator.ts";
import { type FunctionLayers, hypernetworkGenerator, type SharedWeights } from "../gasp/generator.ts";
import type { AutodecoderModel } from "./config.ts";
import type { GeneratorWeights } from "../gasp/state.ts";

/**
 * Constructs the generator.
 *
 * @param model Sizes of the networks, and the prior.
 */
export function autodecoderGenerator(
  model: AutodecoderModel,
): FunctionGenerator<GeneratorWeights, FunctionLayers, SharedWeights> {
  return {
    ...hypernetworkGenerator(model),
    functions: ({ generator }, latents) =>
      decode(model, generator, mul(latents, Math.sqrt(model.priorVariance))),
  };
}

/**
 * Maps latents of the decoder to functions.
 *
 * @param model Sizes of the networks.
 * @param decoder Parameters of the hypernetwork.
 * @param latents z, distributed as the latents of the items, `[count, latentDim]`.
 */
export function decode(
  model: AutodecoderModel,
  decoder: StateDict,
  latents: Tensor,
): FunctionLayers {
  return hypernetworkGenerator(model).functions({ generator: decoder }, latents);
}
