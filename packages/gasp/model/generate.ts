/**
 * Samples: from latents to features at given coordinates.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Tensor } from "@gasp/tensor";
import { functionNetwork } from "./function_network.ts";
import { hypernetwork } from "./hypernetwork.ts";
import type { FunctionModel } from "./function_model.ts";

/**
 * The function of each latent, evaluated.
 *
 * @param generator Parameters of the hypernetwork.
 * @param model The networks.
 * @param latents Standard normal numbers, `[batch, latentDim]`.
 * @param encoding What {@link encodeCoordinates} gives: `[points, in]` shared by the batch, or `[batch, points, in]`.
 * @returns Features in (-1, 1), `[batch, points, featureDim]`.
 *
 * @example Two functions at one point
 * ```ts
 * import { asGasp, encodeCoordinates, generate, initialGenerator, resolveRunConfig, sampleLatents } from "@gasp/gasp";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * const { generator, frequencies } = initialGenerator(model, 0);
 * const latents = tensor(sampleLatents(0, 2, model.latentDim), [2, model.latentDim]);
 * const values = generate(generator, model, latents, encodeCoordinates(tensor([[0, 0]]), frequencies));
 * assertEquals(values.shape, [2, 1, 1]);
 * ```
 */
export function generate(
  generator: StateDict,
  model: FunctionModel,
  latents: Tensor,
  encoding: Tensor,
): Tensor {
  return functionNetwork(encoding, hypernetwork(generator, model, latents));
}
