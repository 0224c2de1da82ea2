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
 */
export function generate(
  generator: StateDict,
  model: FunctionModel,
  latents: Tensor,
  encoding: Tensor,
): Tensor {
  return functionNetwork(encoding, hypernetwork(generator, model, latents));
}
