/**
 * Training steps of a VAE: the negative evidence lower bound, divided by the number of values of an item,
 *
 *     mean over points and features of -log p(y | z)  +  klWeight · KL(q(z | s) ‖ N(0, I)) / (pointCount · featureDim)
 *
 * where the mean over a subset of points estimates that over all.
 * @module
 */
import { adam, cosineDecay, type OptimizerState, randomSource, valueAndGrad } from "@gasp/autograd";
import {
  add,
  allMean,
  evaluate,
  exp,
  mean,
  mul,
  placeholder,
  softplus,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  treeMap,
} from "@gasp/tensor";
import { encodeCoordinates } from "../../model/fourier.ts";
import type { PrepareRequest, StepResult, TrainingSteps } from "../core/method.ts";
import { type PointBatch, PointInputs } from "../core/point_inputs.ts";
import { normalRows } from "../core/step_batch.ts";
import type { VaeConfig, VaeModel } from "./config.ts";
import {
  initVaeDecoder,
  type VaeDecoderParams,
  vaeFunctions,
  vaeLogits,
  type VaeStatistics,
} from "./decoder.ts";
import { encodeItems, type EncoderParams, initEncoder } from "./encoder.ts";

/**
 * What is trained.
 *
 * @category Training methods
 */
export type VaeParams = {
  /** The encoder. */
  readonly encoder: EncoderParams;
  /** The decoder. */
  readonly decoder: VaeDecoderParams;
};

/**
 * State of a training run between two steps.
 *
 * @category Training methods
 */
export type VaeState = {
  /** Both networks. */
  readonly params: VaeParams;
  /** Running statistics of the decoder's batch norms. */
  readonly statistics: VaeStatistics;
  /** Adam's moments. */
  readonly optimizer: OptimizerState<VaeParams>;
  /** Fixed frequencies B of the Fourier features, `[m, coordinateDim]`, if the model has them. */
  readonly frequencies?: Tensor;
};

/**
 * Inputs of a step.
 *
 * @category Training methods
 */
export type VaeInputs = {
  /** Items of the batch. */
  readonly points: PointBatch;
  /** Standard normal, `[batch, latentDim]`: the latent of an item is mean + deviation · noise. */
  readonly noise: Tensor;
};

/**
 * Initialises the state.
 *
 * @param config Configuration of the run.
 */
export function initialVae({ model, seed }: Pick<VaeConfig, "model" | "seed">): VaeState {
  const random = (stream: string) => randomSource({ seed, stream });
  const { params: decoder, statistics } = initVaeDecoder(random("decoder"), model);
  const params = { encoder: initEncoder(random("encoder"), model), decoder };
  return {
    ...{ params, statistics },
    optimizer: adam().init(params),
    ...(model.fourier && {
      frequencies: random("frequencies").normal(
        [model.fourier.count, model.coordinateDim],
        0,
        model.fourier.sigma,
      ),
    }),
  };
}

/**
 * Converts logits to features.
 *
 * @param logits Of any shape.
 * @param model Distribution of the features.
 * @returns `2 p - 1` for a Bernoulli distribution of probability p. The mean of a normal distribution is the logit itself: a
 *   bounded one saturates at the background, where its gradient vanishes, before the latent is used.
 */
export function featuresOf(logits: Tensor, { features }: Pick<VaeModel, "features">): Tensor {
  return features === "bernoulli" ? tanh(mul(logits, 0.5)) : logits;
}

/**
 * Computes `-log p(y | z)` of each value.
 *
 * @param logits Logits of the decoder.
 * @param real Features y in [-1, 1], of the same shape.
 * @param config Distribution of the features, and noise.
 */
export function negativeLogLikelihood(
  logits: Tensor,
  real: Tensor,
  { model, training: { noise } }: Pick<VaeConfig, "model" | "training">,
): Tensor {
  // Cross-entropy with the target (y + 1) / 2
  if (model.features === "bernoulli") return sub(softplus(logits), mul(logits, mul(add(real, 1), 0.5)));
  const errors = square(sub(featuresOf(logits, model), real));
  return add(mul(errors, 0.5 / noise ** 2), Math.log(2 * Math.PI * noise ** 2) / 2);
}

/**
 * Computes KL(N(mean, exp(logVariance)) ‖ N(0, I)) of each item.
 *
 * @param mean `[batch, latentDim]`.
 * @param logVariance `[batch, latentDim]`.
 * @returns In nats, `[batch]`.
 */
export function divergence(mean: Tensor, logVariance: Tensor): Tensor {
  return mul(sum(sub(add(square(mean), exp(logVariance)), add(logVariance, 1)), { axes: [1] }), 0.5);
}

/**
 * Builds a step.
 *
 * @param config Configuration of the run.
 * @param state Training state.
 * @param inputs Items and noise.
 * @param encoding Encoded coordinates, `[points, in]` or `[batch, points, in]`.
 * @param values Number of values of an item: points times features.
 */
export function vaeStep(
  config: VaeConfig,
  state: VaeState,
  { points: { real }, noise }: VaeInputs,
  encoding: Tensor,
  values: number,
): StepResult<VaeState> {
  const { training, steps } = config;
  const objective = ({ encoder, decoder }: VaeParams) => {
    const q = encodeItems(encoder, encoding, real);
    const latents = add(q.mean, mul(exp(mul(q.logVariance, 0.5)), noise));
    const { logits, statistics } = vaeLogits(
      decoder,
      state.statistics,
      vaeFunctions(decoder, latents),
      encoding,
      "train",
    );
    const fit = mean(negativeLogLikelihood(logits, real, config));
    const kl = mean(divergence(q.mean, q.logVariance));
    return [add(fit, mul(kl, training.klWeight / values)), { fit, kl, statistics }] as const;
  };
  const { value, gradient, aux } = valueAndGrad(objective, { hasAux: true })(state.params);
  const optimizer = adam({ learningRate: cosineDecay({ from: training.rate, steps }) });
  const next = optimizer.update(state.params, treeMap(gradient, allMean), state.optimizer);
  return {
    state: { ...state, params: next.params, optimizer: next.state, statistics: aux.statistics },
    losses: { bound: value, fit: aux.fit, kl: aux.kl },
  };
}

/**
 * Prepares the steps.
 *
 * @param request Configuration, data, device and initial state.
 */
export async function prepareVae(
  { config, data, device, state: { frequencies } }: PrepareRequest<VaeConfig, VaeState>,
): Promise<TrainingSteps<VaeState, VaeInputs>> {
  const { seed, model: { latentDim }, training: { subset } } = config;
  const points = await PointInputs.open({ data, seed, subset });
  const fixed = points.fixed && await evaluate(encodeCoordinates(points.fixed, frequencies), device);
  return {
    async inputs(batch) {
      const key = { seed, stream: "noise", step: batch.step };
      return { points: await points.read(batch), noise: normalRows(key, latentDim, batch) };
    },
    abstractInputs: (count) => ({
      points: points.abstract(count),
      noise: placeholder([count, latentDim]),
    }),
    step(state, inputs) {
      const encoding = fixed ?? encodeCoordinates(inputs.points.coordinates!, state.frequencies);
      return vaeStep(config, state, inputs, encoding, data.pointCount * data.featureDim);
    },
    async release() {
      fixed?.dispose();
      await points.release();
    },
  };
}
