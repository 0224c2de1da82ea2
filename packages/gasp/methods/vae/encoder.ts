/**
 * The encoder of an occupancy network trained as a VAE (Mescheder et al., 2019): from any number of points and their features
 * to a normal distribution of latents. Each layer on points is followed by a maximum over them, which is appended to every
 * point, so that the encoder does not depend on their order.
 * @module
 */
import { initLinear, linear, type LinearParams, type RandomSource } from "@gasp/autograd";
import {
  add,
  broadcastTo,
  concatenate,
  expandDims,
  max,
  relu,
  scope,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import { encodedSize } from "./decoder.ts";
import type { VaeModel } from "./config.ts";

/**
 * Parameters of the encoder.
 *
 * @category Training methods
 */
export type EncoderParams = {
  /**
   * From the features of a point to the first layer, to which the map of its encoded coordinates is added, as in the authors'
   * code: the scale of its weights follows from the number of features. In a joint map the few features would hardly matter
   * among the many values of an encoded coordinate, and the latents of all items would differ less than by their noise.
   */
  readonly features: LinearParams;
  /** On points; the first from encoded coordinates. */
  readonly layers: LinearParams[];
  /** From the last maximum to the mean. */
  readonly mean: LinearParams;
  /** From the last maximum to the logarithm of the variance. */
  readonly logVariance: LinearParams;
};

/**
 * Logarithm of the variance of a latent at the start. Means differ little between items then: with a variance of 1 the decoder
 * would learn to ignore the latent, and the divergence from the prior would keep it so.
 */
const INITIAL_LOG_VARIANCE = -4;

/**
 * Initialises the encoder.
 *
 * @param random Source of random numbers.
 * @param model Sizes of the networks.
 */
export function initEncoder(random: RandomSource, model: VaeModel): EncoderParams {
  const { encoder, featureDim, latentDim } = model, last = encoder.at(-1)!;
  return {
    features: initLinear(random, featureDim, encoder[0]!),
    layers: encoder.map((width, i) =>
      initLinear(random, i === 0 ? encodedSize(model) : 2 * encoder[i - 1]!, width)
    ),
    mean: initLinear(random, last, latentDim),
    logVariance: {
      ...initLinear(random, last, latentDim),
      bias: tensor(new Float32Array(latentDim).fill(INITIAL_LOG_VARIANCE)),
    },
  };
}

/**
 * Computes the distribution of the latents of items.
 *
 * @param params Parameters.
 * @param encoding Encoded coordinates, `[points, in]` or `[batch, points, in]`.
 * @param features `[batch, points, featureDim]`.
 * @returns Mean and logarithm of the variance, each `[batch, latentDim]`.
 */
export function encodeItems(
  { features: ofFeatures, layers, mean, logVariance }: EncoderParams,
  encoding: Tensor,
  features: Tensor,
): { readonly mean: Tensor; readonly logVariance: Tensor } {
  const affine = (x: Tensor, { weight, bias }: LinearParams) => linear(x, weight, bias);
  return scope("encoder", () => {
    let x = add(affine(features, ofFeatures), affine(encoding, layers[0]!));
    for (const layer of layers.slice(1)) {
      const active = relu(x), pooled = expandDims(max(active, { axes: [1] }), 1);
      x = affine(concatenate([active, broadcastTo(pooled, active.shape)], 2), layer);
    }
    const pooled = max(relu(x), { axes: [1] });
    return { mean: affine(pooled, mean), logVariance: affine(pooled, logVariance) };
  });
}
