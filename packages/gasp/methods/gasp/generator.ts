/**
 * GASP's function generator (section 3.2, figure 2 of the paper): a hypernetwork maps a latent to the weights of a function
 * network over Fourier features of the coordinates.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import { encodeCoordinates } from "../../model/fourier.ts";
import { type FunctionModel, LEARNED_FREQUENCIES } from "../../model/function_model.ts";
import { functionNetwork } from "../../model/function_network.ts";
import { hypernetwork } from "../../model/hypernetwork.ts";
import type { FunctionGenerator } from "../core/function_generator.ts";
import type { GeneratorWeights } from "./state.ts";

/**
 * Layers of the function networks, from input to output.
 *
 * @category Training methods
 */
export type FunctionLayers = {
  /** Weights, `[functions, out, in]`. */
  readonly weight: Tensor;
  /** Biases, `[functions, out]`. */
  readonly bias: Tensor;
}[];

/**
 * Weights that all functions share: the frequencies B of the Fourier features.
 *
 * @category Training methods
 */
export type SharedWeights = Pick<GeneratorWeights, "frequencies">;

/**
 * Constructs the generator of a model.
 *
 * @param model Sizes of the networks.
 * @category Training methods
 *
 * @example The values of two functions at three points
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import {
 *   asGasp,
 *   hypernetworkGenerator,
 *   initialGenerator,
 *   resolveRunConfig,
 *   sampleLatents,
 * } from "@gasp/gasp";
 * import { tensor } from "@gasp/tensor";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" })), weights = initialGenerator(model, 0);
 * const generator = hypernetworkGenerator(model);
 * const latents = tensor(sampleLatents(0, 2, model.latentDim), [2, model.latentDim]);
 * const encoding = generator.encode(generator.shared(weights), tensor([[0, 0], [0.5, 0], [1, 0]]));
 * const values = generator.evaluate(generator.functions(weights, latents), encoding, generator.shared(weights));
 * assertEquals(values.shape, [2, 3, 1]);
 * ```
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
    shared({ generator, frequencies = generator[LEARNED_FREQUENCIES] }) {
      return { ...(frequencies && { frequencies }) };
    },
    encode: ({ frequencies }, coordinates) => encodeCoordinates(coordinates, frequencies),
    evaluate: (functions, encoding) => functionNetwork(encoding, functions),
  };
}
