/**
 * One step of training: the discriminator learns from a real and a generated batch, then the generator from the new
 * discriminator. A pure function of trees, to be compiled into one program.
 * @module
 */
import {
  type AdamStepSizes,
  adamUpdate,
  type Betas,
  gradients,
  type NetworkState,
  repeatRunningUpdate,
  type StateDict,
} from "@gasp/autograd";
import { type Coordinates, toPointMajor } from "@gasp/pointconv";
import {
  add,
  broadcastTo,
  concatenate,
  expandDims,
  mul,
  scope,
  stopGradient,
  sub,
  type Tensor,
  zeros,
} from "@gasp/tensor";
import { discriminate, evaluateWeightNets } from "../model/discriminator.ts";
import type { DiscriminatorTables } from "../model/discriminator_tables.ts";
import { generate } from "../model/generate.ts";
import { crossEntropy, gradientPenalty } from "../model/losses.ts";
import type { ModelConfig, TrainOptions } from "../config/model_config.ts";
import type { Moments, TrainingState } from "../state/state.ts";

/** Decay of the moments of Adam, β₁ and β₂, as in the reference implementation. */
export const GASP_BETAS: Betas = [0.5, 0.999];

/** What a step reads besides the state; it changes from step to step. */
export type StepInputs = {
  /** Real features in [-1, 1], `[batch, points, featureDim]`. */
  readonly real: Tensor;
  /** Latents of the batch that the discriminator learns from, `[batch, latentDim]`. */
  readonly latentsDiscriminator: Tensor;
  /** Latents of the batch that the generator learns from, `[batch, latentDim]`. */
  readonly latentsGenerator: Tensor;
  /** Of this step and the discriminator's learning rate. */
  readonly discriminatorScalars: AdamStepSizes;
  /** Of this step and the generator's learning rate. */
  readonly generatorScalars: AdamStepSizes;
};

/**
 * The points at which features are given. Where they are the same in every step, close over them: they become constants
 * of the program. Else pass them as an argument.
 */
export type StepPoints = {
  /** Encoded coordinates of `encodeCoordinates`: `[points, in]` shared by the batch, or `[batch, points, in]`. */
  readonly encoding: Tensor;
  /** Coordinates as they are, of the encoding's shape but for the last axis, where the discriminator reads them. */
  readonly positions?: Tensor;
  /** Tables of `discriminatorTables` for the same coordinates. */
  readonly tables: DiscriminatorTables;
};

/** Losses of a step, each of shape `[]`. */
export type StepLosses = {
  /** Loss of the generator. */
  readonly generator: Tensor;
  /** Loss of the discriminator: real + fake + r1 · weight / 2. */
  readonly discriminator: Tensor;
  /** Cross-entropy of the real batch. */
  readonly real: Tensor;
  /** Cross-entropy of the generated batch. */
  readonly fake: Tensor;
  /** Mean squared norm of the gradient, before its weight; 0 if the weight is 0. */
  readonly r1: Tensor;
};

/** What a step gives. */
export type StepResult = {
  /** The next state. */
  readonly state: TrainingState;
  /** Losses. */
  readonly losses: StepLosses;
};

/**
 * One step.
 *
 * @param model The networks.
 * @param options Losses and averages; learning rates come with the inputs.
 * @param state The state; its tensors may be donated.
 * @param inputs Data, latents and scalars of this step.
 * @param points Coordinates and tables.
 */
export function trainStep(
  model: ModelConfig,
  options: TrainOptions,
  state: TrainingState,
  inputs: StepInputs,
  points: StepPoints,
): StepResult {
  const first = scope("D", () => discriminatorPhase(model, options, state, inputs, points));
  const discriminator = adam(
    state.discriminator,
    first.gradients,
    state.discriminatorAdam,
    inputs.discriminatorScalars,
  );
  const between = { params: discriminator.params, statistics: first.statistics };
  const second = scope("G", () => generatorPhase(model, options, state.generator, between, inputs, points));
  const generator = adam(state.generator, second.gradients, state.generatorAdam, inputs.generatorScalars);
  return {
    state: {
      ...state,
      generator: generator.params,
      generatorAdam: generator.moments,
      discriminator: discriminator.params,
      discriminatorAdam: discriminator.moments,
      statistics: second.statistics,
      ...(state.average && { average: moveAverage(state.average, generator.params, options) }),
    },
    losses: { ...first.losses, generator: second.loss },
  };
}

/** What the discriminator's half of a step gives. */
export interface DiscriminatorPhase {
  /** By the names of the trained parameters. */
  readonly gradients: StateDict;
  /** After the real and the generated batch. */
  readonly statistics: StateDict;
  /** Losses of the discriminator. */
  readonly losses: Omit<StepLosses, "generator">;
}

/**
 * Gradients of the discriminator's loss, `BCE(D(real), 1) + BCE(D(fake), 0) + w/2 · R1(real)`. Nothing flows into the
 * generator.
 *
 * @param model The networks.
 * @param options Losses.
 * @param state The state.
 * @param inputs Data and latents.
 * @param points Coordinates and tables.
 */
export function discriminatorPhase(
  model: ModelConfig,
  options: TrainOptions,
  state: TrainingState,
  inputs: StepInputs,
  points: StepPoints,
): DiscriminatorPhase {
  const { tables, encoding } = points, layout = layoutOf(points);
  const network = { params: state.discriminator, statistics: state.statistics };
  const real = toPointMajor(inputs.real, layout);
  const kernels = evaluateWeightNets(model, network, tables, { mode: "train", copies: real.shape[1]! });

  const judge = (name: string, features: Tensor, judging: NetworkState) =>
    scope(name, () => discriminate(placed(features, points), model, judging, tables, kernels, "train"));
  const judgedReal = judge("real", real, network);
  const afterReal = { ...state.statistics, ...kernels.statistics, ...judgedReal.statistics };

  // The next discriminator is made of these samples; the generator must not learn through that
  const samples = stopGradient(generate(state.generator, model, inputs.latentsDiscriminator, encoding));
  const between = { params: state.discriminator, statistics: afterReal };
  const judgedFake = judge("fake", toPointMajor(samples, layout), between);
  // The generated batch passes through the same evaluation of the weight nets, which counts a second time
  const statistics = {
    ...afterReal,
    ...repeatRunningUpdate(state.statistics, kernels.statistics),
    ...judgedFake.statistics,
  };

  const lossReal = crossEntropy(judgedReal.logits, "real", options.loss);
  const lossFake = crossEntropy(judgedFake.logits, "fake", options.loss);
  const r1 = options.r1Weight === 0 ? zeros([]) : gradientPenalty(judgedReal.logits, real, options.r1On);
  const adversarial = add(lossReal, lossFake);
  const loss = options.r1Weight === 0 ? adversarial : add(adversarial, mul(r1, options.r1Weight / 2));
  return {
    gradients: gradientsByName(loss, state.discriminator, Object.keys(state.discriminatorAdam.m)),
    statistics,
    losses: { discriminator: loss, real: lossReal, fake: lossFake, r1 },
  };
}

/** What the generator's half of a step gives. */
export interface GeneratorPhase {
  /** By the names of the parameters. */
  readonly gradients: StateDict;
  /** Statistics of the discriminator after this batch. */
  readonly statistics: StateDict;
  /** Loss of the generator. */
  readonly loss: Tensor;
}

/**
 * Gradients of the generator's loss, `BCE(D(fake), 1)`, with the discriminator in training mode. No gradient of the
 * discriminator's parameters is made.
 *
 * @param model The networks.
 * @param options Losses.
 * @param generator Parameters of the hypernetwork.
 * @param discriminator The discriminator after its own half of the step.
 * @param inputs Latents.
 * @param points Coordinates and tables.
 */
export function generatorPhase(
  model: ModelConfig,
  options: TrainOptions,
  generator: StateDict,
  discriminator: NetworkState,
  inputs: StepInputs,
  points: StepPoints,
): GeneratorPhase {
  const { tables, encoding } = points;
  const samples = toPointMajor(
    generate(generator, model, inputs.latentsGenerator, encoding),
    layoutOf(points),
  );
  const kernels = evaluateWeightNets(model, discriminator, tables, {
    mode: "train",
    copies: samples.shape[1]!,
  });
  const judged = discriminate(placed(samples, points), model, discriminator, tables, kernels, "train");
  const loss = crossEntropy(judged.logits, "real", options.loss);
  return {
    gradients: gradientsByName(loss, generator, Object.keys(generator)),
    statistics: { ...discriminator.statistics, ...kernels.statistics, ...judged.statistics },
    loss,
  };
}

/** Features by point, each followed by the coordinates of its point if the discriminator reads them. */
function placed(features: Tensor, points: StepPoints): Tensor {
  const { positions } = points;
  if (!positions) return features;
  const layout = layoutOf(points);
  const coordinates = toPointMajor(layout === "shared" ? expandDims(positions, 0) : positions, layout);
  const shape = [...features.shape.slice(0, 2), coordinates.shape[2]!];
  return concatenate([features, broadcastTo(coordinates, shape)], 2);
}

function layoutOf({ encoding }: StepPoints): Coordinates {
  return encoding.rank === 2 ? "shared" : "own";
}

function gradientsByName(loss: Tensor, params: StateDict, names: readonly string[]): StateDict {
  const results = gradients([loss], names.map((name) => params[name]!));
  return Object.fromEntries(names.map((name, i) => [name, results[i]!]));
}

/** Updates the parameters that have a gradient; the others stay. */
function adam(
  params: StateDict,
  gradient: StateDict,
  moments: Moments,
  scalars: AdamStepSizes,
): { params: StateDict; moments: Moments } {
  const next: Record<string, Tensor> = { ...params };
  const m: Record<string, Tensor> = {}, v: Record<string, Tensor> = {};
  for (const [name, g] of Object.entries(gradient)) {
    const update = scope(
      "Adam",
      () => adamUpdate(params[name]!, g, moments.m[name]!, moments.v[name]!, scalars, { betas: GASP_BETAS }),
    );
    [next[name], m[name], v[name]] = [update.param, update.m, update.v];
  }
  return { params: next, moments: { m, v } };
}

/** `average ← average + (1 - decay) (now - average)` */
function moveAverage(average: StateDict, now: StateDict, { averageDecay }: TrainOptions): StateDict {
  const share = 1 - (averageDecay ?? 0);
  const entries = Object.entries(average).map(([name, before]) => {
    return [name, add(before, mul(sub(now[name]!, before), share))] as const;
  });
  return Object.fromEntries(entries);
}
