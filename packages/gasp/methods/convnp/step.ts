/**
 * Training steps of a convolutional neural process: the variational objective of neural processes (Garnelo et al., 2018) with
 * random contexts C of each item s,
 *
 *     E_{q(z | s)} log p(y | z)  -  KL(q(z | s) ‖ q(z | C))
 *
 * where the distribution given an empty context is the prior that samples are drawn from.
 * @module
 */
import { adam, cosineDecay, type OptimizerState, randomSource, valueAndGrad } from "@gasp/autograd";
import {
  add,
  allMean,
  div,
  exp,
  mean,
  mul,
  onesLike,
  placeholder,
  randomUniform,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  treeMap,
} from "@gasp/tensor";
import { withGrid } from "../core/grid_model.ts";
import type { PrepareRequest, StepResult, TrainingSteps } from "../core/method.ts";
import { type PointBatch, PointInputs } from "../core/point_inputs.ts";
import { normalRows, ownPart } from "../core/step_batch.ts";
import type { ConvnpConfig } from "./config.ts";
import {
  type ConvnpParams,
  decodeLatents,
  encodeContext,
  evaluateChannels,
  initConvnp,
  type LatentDistribution,
  latentShape,
} from "./networks.ts";

/**
 * State of a training run between two steps.
 *
 * @category Training methods
 */
export type ConvnpState = {
  /** Parameters. */
  readonly params: ConvnpParams;
  /** Adam's moments. */
  readonly optimizer: OptimizerState<ConvnpParams>;
};

/**
 * Inputs of a step.
 *
 * @category Training methods
 */
export type ConvnpInputs = {
  /** Items of the batch. */
  readonly points: PointBatch;
  /** 1 for points of the context, 0 for others, `[batch, points]`. */
  readonly context: Tensor;
  /** Standard normal, `[batch, latentDim]`. */
  readonly noise: Tensor;
};

/**
 * Initialises the state.
 *
 * @param config Configuration, adapted to the data.
 */
export function initialConvnp(config: ConvnpConfig): ConvnpState {
  const params = initConvnp(randomSource({ seed: config.seed, stream: "convnp" }), withGrid(config));
  return { params, optimizer: adam().init(params) };
}

/**
 * Computes KL(q ‖ p) of normal distributions, summed over all dimensions of a latent.
 *
 * @param q Distribution.
 * @param p Distribution.
 * @returns In nats, `[batch]`.
 */
export function divergence(q: LatentDistribution, p: LatentDistribution): Tensor {
  const variance = exp(q.logVariance), scale = exp(p.logVariance);
  const each = add(
    sub(sub(p.logVariance, q.logVariance), 1),
    div(add(variance, square(sub(q.mean, p.mean))), scale),
  );
  return mul(sum(reshape(each, [each.shape[0]!, -1]), { axes: [1] }), 0.5);
}

/**
 * Builds a step.
 *
 * @param config Configuration, adapted to the data.
 * @param state Training state.
 * @param inputs Items, contexts and noise.
 * @param coordinates `[points, 2]` or `[batch, points, 2]`.
 * @param values Number of values of an item: points times features.
 */
export function convnpStep(
  config: ConvnpConfig,
  state: ConvnpState,
  { points: { real }, context, noise }: ConvnpInputs,
  coordinates: Tensor,
  values: number,
): StepResult<ConvnpState> {
  const model = withGrid(config), { training, steps } = config;
  const objective = (params: ConvnpParams) => {
    const encode = (weights: Tensor) =>
      encodeContext(params, model, { coordinates, features: real, weights });
    const q = encode(onesLike(context)), p = encode(context);
    const drawn = add(q.mean, mul(exp(mul(q.logVariance, 0.5)), reshape(noise, q.mean.shape)));
    const functions = decodeLatents(params, model, drawn);
    const error = mean(square(sub(evaluateChannels(params, model, functions, coordinates), real)));
    const kl = mean(divergence(q, p));
    // -2 noise² / values times the objective, up to a constant
    return [add(error, mul(kl, 2 * training.noise ** 2 / values)), { error, kl }] as const;
  };
  const { value, gradient, aux } = valueAndGrad(objective, { hasAux: true })(state.params);
  const optimizer = adam({ learningRate: cosineDecay({ from: training.rate, steps }) });
  const next = optimizer.update(state.params, treeMap(gradient, allMean), state.optimizer);
  return { state: { params: next.params, optimizer: next.state }, losses: { bound: value, ...aux } };
}

/**
 * Prepares the steps.
 *
 * @param request Configuration and data.
 */
export async function prepareConvnp(
  { config, data }: PrepareRequest<ConvnpConfig, ConvnpState>,
): Promise<TrainingSteps<ConvnpState, ConvnpInputs>> {
  const { seed, training: { subset, emptyShare } } = config;
  const latentDim = latentShape(withGrid(config)).reduce((product, size) => product * size);
  const points = await PointInputs.open({ data, seed, subset });
  return {
    async inputs(batch) {
      const items = await points.read(batch), [count, size] = items.real.shape as [number, number];
      const key = (stream: string) => ({ seed, stream, step: batch.step }), total = batch.all.length;
      const shares = ownPart(randomUniform(key("sizes of the contexts"), 2 * total, 0, 1), batch);
      const draws = ownPart(randomUniform(key("points of the contexts"), total * size, 0, 1), batch);
      const context = draws.map((u, i) => {
        const item = Math.floor(i / size);
        return shares[2 * item]! >= emptyShare && u < shares[2 * item + 1]! ? 1 : 0;
      });
      return {
        points: items,
        context: tensor(context, [count, size]),
        noise: normalRows(key("noise"), latentDim, batch),
      };
    },
    abstractInputs(count) {
      const items = points.abstract(count);
      return {
        points: items,
        context: placeholder(items.real.shape.slice(0, 2)),
        noise: placeholder([count, latentDim]),
      };
    },
    step(state, inputs) {
      const coordinates = points.fixed ?? inputs.points.coordinates!;
      return convnpStep(config, state, inputs, coordinates, data.pointCount * data.featureDim);
    },
    release: () => points.release(),
  };
}
