/**
 * Generation: from latents to features at given coordinates (section 3.2 of the paper).
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Tensor } from "@gasp/tensor";
import { functionNetwork } from "./function_network.ts";
import { hypernetwork } from "./hypernetwork.ts";
import type { FunctionModel } from "./function_model.ts";

/**
 * Computes yᵢ = f_θ(γ(xᵢ)) with θ = g_φ(z): the function of each latent, evaluated at encoded coordinates (section 3.2,
 * figure 2).
 *
 * @param generator Parameters φ of the hypernetwork.
 * @param model Sizes of the networks.
 * @param latents z, standard normal, `[batch, latentDim]`.
 * @param encoding γ(x), returned by `encodeCoordinates`: `[points, in]` shared by the batch, or `[batch, points, in]`.
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
