/**
 * Generation: from latents to features at given coordinates (section 3.2 of the paper).
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Tensor } from "@gasp/tensor";
import { encodeCoordinates } from "./fourier.ts";
import { functionNetwork } from "./function_network.ts";
import { hypernetwork } from "./hypernetwork.ts";
import { type FunctionModel, LEARNED_FREQUENCIES } from "./function_model.ts";

/**
 * Computes yᵢ = f_θ(γ(xᵢ)) with θ = g_φ(z): the function of each latent, evaluated at encoded coordinates (section 3.2,
 * figure 2).
 *
 * @param generator Parameters φ of the hypernetwork, and B if it is trained.
 * @param model Sizes of the networks.
 * @param latents z, standard normal, `[batch, latentDim]`.
 * @param encoding γ(x), returned by `encodeCoordinates`: `[points, in]` shared by the batch, or `[batch, points, in]`; the
 *   coordinates x themselves if B is trained.
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
 *
 * @category Models
 */
export function generate(
  generator: StateDict,
  model: FunctionModel,
  latents: Tensor,
  encoding: Tensor,
): Tensor {
  const features = encodeCoordinates(encoding, generator[LEARNED_FREQUENCIES]);
  return functionNetwork(features, hypernetwork(generator, model, latents));
}
