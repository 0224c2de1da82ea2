/**
 * GASP's function generator (section 3.2, figure 2 of the paper): a hypernetwork maps a latent to the weights of a function
 * network over Fourier features of the coordinates.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import { encodeCoordinates } from "../../model/fourier.ts";
import type { FunctionModel } from "../../model/function_model.ts";
import { functionNetwork } from "../../model/function_network.ts";
import { hypernetwork } from "../../model/hypernetwork.ts";
import type { FunctionGenerator } from "../core/function_generator.ts";
import type { GeneratorWeights } from "./state.ts";

/** Layers of the function networks, from input to output. */
export type FunctionLayers = {
  /** Weights, `[functions, out, in]`. */
  readonly weight: Tensor;
  /** Biases, `[functions, out]`. */
  readonly bias: Tensor;
}[];

/** Weights that all functions share: the frequencies B of the Fourier features. */
export type SharedWeights = Pick<GeneratorWeights, "frequencies">;

/**
 * Constructs the generator of a model.
 *
 * @param model Sizes of the networks.
 */
export function hypernetworkGenerator(
  model: FunctionModel,
): FunctionGenerator<GeneratorWeights, FunctionLayers, SharedWeights> {
  const { coordinateDim, featureDim, latentDim } = model;
  return {
    coordinateDim,
    featureDim,
    latentDim,
    functions: ({ generator }, latents) =>
      hypernetwork(generator, model, latents).map(({ weight, bias }) => ({ weight, bias })),
    shared: ({ frequencies }) => ({ ...(frequencies && { frequencies }) }),
    encode: ({ frequencies }, coordinates) => encodeCoordinates(coordinates, frequencies),
    evaluate: (functions, encoding) => functionNetwork(encoding, functions),
  };
}
