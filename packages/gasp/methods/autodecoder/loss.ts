/**
 * The objective of an auto-decoder (appendix B.1 of the paper), `Σ log p(s | z) + log p(z)` over the items of a batch, up to
 * a constant and the factor `-2 noise² / valueCount` per item, `valueCount` being points · featureDim:
 *
 *     mean over points and features of (f_z(x) - y)²  +  noise² · |z|² / (priorVariance · valueCount)
 *
 * The mean may be that of a random subset of the points; the prior is that of the whole item.
 *
 * This is also what `fit` minimises, so that new items are auto-decoded by it.
 * @module
 */
import { grad, type StateDict } from "@gasp/autograd";
import { add, div, mean, mul, square, sub, sum, type Tensor, zeros } from "@gasp/tensor";
import { generate } from "../../model/generate.ts";
import type { AutodecoderModel, AutodecoderTraining } from "./config.ts";
import type { DecoderParams } from "./state.ts";

/** Sizes of the networks, and the noise of the observations. */
export interface LossSettings {
  /** Sizes of the networks, and the prior. */
  readonly model: AutodecoderModel;
  /** Optimisation settings, of which the noise matters. */
  readonly training: Pick<AutodecoderTraining, "noise">;
}

/** Both terms of the loss of each item, `[batch]`. */
export interface ItemLosses {
  /** Mean squared error. */
  readonly errors: Tensor;
  /** `|z|² / priorVariance`: `latentDim` on average for samples of the prior. */
  readonly norms: Tensor;
  /** The loss. */
  readonly losses: Tensor;
}

/**
 * Computes the loss of each item.
 *
 * @param settings Sizes and noise.
 * @param decoder Parameters of the hypernetwork.
 * @param latents z, `[batch, latentDim]`.
 * @param encoding Encoded coordinates, `[points, in]` or `[batch, points, in]`.
 * @param real Features, `[batch, points, featureDim]`.
 * @param valueCount Number of values of an item, of which the features may be a random subset.
 */
export function itemLosses(
  { model, training: { noise } }: LossSettings,
  decoder: StateDict,
  latents: Tensor,
  encoding: Tensor,
  real: Tensor,
  valueCount: number,
): ItemLosses {
  const errors = mean(square(sub(generate(decoder, model, latents, encoding), real)), { axes: [1, 2] });
  const norms = div(sum(square(latents), { axes: [1] }), model.priorVariance);
  return { errors, norms, losses: add(errors, mul(norms, noise ** 2 / valueCount)) };
}

/**
 * Finds latents by gradient descent from 0 on the losses of their items. The result can be differentiated with respect to
 * the decoder and the step sizes.
 *
 * @param settings Sizes and noise.
 * @param params Parameters of the hypernetwork, and step sizes.
 * @param encoding Encoded coordinates.
 * @param real Features, `[batch, points, featureDim]`.
 * @param valueCount Number of values of an item, of which the features may be a random subset.
 * @param steps Number of steps.
 * @returns `[batch, latentDim]`.
 */
export function descend(
  settings: LossSettings,
  { decoder, latentRates }: DecoderParams,
  encoding: Tensor,
  real: Tensor,
  valueCount: number,
  steps: number,
): Tensor {
  // The sum over the batch, so that the gradient of an item does not depend on the others
  const slope = grad((z: Tensor) => sum(itemLosses(settings, decoder, z, encoding, real, valueCount).losses));
  let latents = zeros([real.shape[0]!, settings.model.latentDim]);
  for (let step = 0; step < steps; step++) latents = sub(latents, mul(latentRates!, slope(latents)));
  return latents;
}
