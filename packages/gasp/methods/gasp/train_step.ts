/**
 * One step of training (section 3.4 of the paper): the discriminator learns from a real and a generated batch, then the
 * generator from the new discriminator. A pure function of trees, to be compiled into one program.
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
import { add, mul, scope, stopGradient, sub, type Tensor, zeros } from "@gasp/tensor";
import { generate } from "../../model/generate.ts";
import type { GaspModel, GaspTraining } from "./config.ts";
import type { Discriminator } from "./discriminators/core/discriminator.ts";
import { openDiscriminator } from "./discriminators/table.ts";
import { crossEntropy, gradientPenalty } from "./losses.ts";
import type { GaspState, Moments } from "./state.ts";

/** Decay rates of Adam's moments, as in the reference. */
export const GASP_BETAS: Betas = [0.5, 0.999];

/** What stays the same from step to step. */
export interface GaspNetworks {
  /** The networks. */
  readonly model: GaspModel;
  /** How they are trained. */
  readonly training: GaspTraining;
  /** The discriminator of the model. */
  readonly discriminator: Discriminator;
}

/**
 * The networks of a configuration.
 *
 * @param model The networks.
 * @param training How they are trained.
 */
export function gaspNetworks(model: GaspModel, training: GaspTraining): GaspNetworks {
  return { model, training, discriminator: openDiscriminator(model) };
}

/** What a step reads besides the state; it changes from step to step. */
export type StepInputs = {
  /** Real features in [-1, 1], `[batch, points, featureDim]`. */
  readonly real: Tensor;
  /** Latents of the batch that the discriminator learns from, `[batch, latentDim]`. */
  readonly latentsDiscriminator: Tensor;
  /** Latents of the batch that the generator learns from, `[batch, latentDim]`. */
  readonly latentsGenerator: Tensor;
  /** Of this step and the discriminator's learning rate. */
  readonly discriminatorStepSizes: AdamStepSizes;
  /** Of this step and the generator's learning rate. */
  readonly generatorStepSizes: AdamStepSizes;
};

/**
 * The points at which features are given. Where they are the same in every step, close over them: they become constants
 * of the program.
 */
export type StepPoints = {
  /** Encoded coordinates of `encodeCoordinates`: `[points, in]` shared by the batch, or `[batch, points, in]`. */
  readonly encoding: Tensor;
  /** What the discriminator's `points` returned for the same coordinates. */
  readonly discriminator: unknown;
};

/** Losses of a step, each of shape `[]`. */
export type GaspLosses = {
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

/** What a step returns. */
export type GaspStepResult = {
  /** The next state. */
  readonly state: GaspState;
  /** Losses. */
  readonly losses: GaspLosses;
};

/**
 * One step.
 *
 * @param networks The networks, their losses and averages; learning rates come with the inputs.
 * @param state The state; its tensors may be donated.
 * @param inputs Data, latents and step sizes of this step.
 * @param points What is known of the points.
 */
export function trainStep(
  networks: GaspNetworks,
  state: GaspState,
  inputs: StepInputs,
  points: StepPoints,
): GaspStepResult {
  const first = scope("D", () => discriminatorPhase(networks, state, inputs, points));
  const discriminator = adam(
    state.discriminator,
    first.gradients,
    state.discriminatorAdam,
    inputs.discriminatorStepSizes,
  );
  const between = { params: discriminator.params, statistics: first.statistics };
  const second = scope("G", () => generatorPhase(networks, state.generator, between, inputs, points));
  const generator = adam(state.generator, second.gradients, state.generatorAdam, inputs.generatorStepSizes);
  return {
    state: {
      ...state,
      generator: generator.params,
      generatorAdam: generator.moments,
      discriminator: discriminator.params,
      discriminatorAdam: discriminator.moments,
      statistics: second.statistics,
      ...(state.average && { average: moveAverage(state.average, generator.params, networks.training) }),
    },
    losses: { generator: second.loss, ...first.losses },
  };
}

/** What the discriminator's half of a step returns. */
export interface DiscriminatorPhase {
  /** By the names of the trained parameters. */
  readonly gradients: StateDict;
  /** After the real and the generated batch. */
  readonly statistics: StateDict;
  /** Losses of the discriminator. */
  readonly losses: Omit<GaspLosses, "generator">;
}

/**
 * Gradients of the discriminator's loss, `BCE(D(real), 1) + BCE(D(fake), 0) + w/2 · R1(real)`. Nothing flows into the
 * generator.
 *
 * @param networks The networks and their losses.
 * @param state The state.
 * @param inputs Data and latents.
 * @param points What is known of the points.
 */
export function discriminatorPhase(
  { model, training, discriminator }: GaspNetworks,
  state: GaspState,
  inputs: StepInputs,
  points: StepPoints,
): DiscriminatorPhase {
  const { encoding, discriminator: seen } = points, layout = layoutOf(points);
  const network = { params: state.discriminator, statistics: state.statistics };
  const real = toPointMajor(inputs.real, layout);
  const shared = discriminator.evaluateShared(network, seen, { mode: "train", copies: real.shape[1]! });

  const evaluate = (name: string, features: Tensor, before: NetworkState) =>
    scope(name, () => discriminator.evaluate(features, before, seen, shared, "train"));
  const ofReal = evaluate("real", real, network);
  const afterReal = { ...state.statistics, ...shared.statistics, ...ofReal.statistics };

  // The next discriminator is computed from these samples; the generator must not learn through that
  const samples = stopGradient(generate(state.generator, model, inputs.latentsDiscriminator, encoding));
  const between = { params: state.discriminator, statistics: afterReal };
  const ofFake = evaluate("fake", toPointMajor(samples, layout), between);
  // The generated batch passes through the same shared evaluation, which counts a second time
  const statistics = {
    ...afterReal,
    ...repeatRunningUpdate(state.statistics, shared.statistics),
    ...ofFake.statistics,
  };

  const lossReal = crossEntropy(ofReal.logits, "real", training.loss);
  const lossFake = crossEntropy(ofFake.logits, "fake", training.loss);
  const r1 = training.r1Weight === 0 ? zeros([]) : gradientPenalty(ofReal.logits, real, training.r1On);
  const adversarial = add(lossReal, lossFake);
  const loss = training.r1Weight === 0 ? adversarial : add(adversarial, mul(r1, training.r1Weight / 2));
  return {
    gradients: gradientsByName(loss, state.discriminator, Object.keys(state.discriminatorAdam.m)),
    statistics,
    losses: { discriminator: loss, real: lossReal, fake: lossFake, r1 },
  };
}

/** What the generator's half of a step returns. */
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
 * discriminator's parameters is computed.
 *
 * @param networks The networks and their losses.
 * @param generator Parameters of the hypernetwork.
 * @param before The discriminator after its own half of the step.
 * @param inputs Latents.
 * @param points What is known of the points.
 */
export function generatorPhase(
  { model, training, discriminator }: GaspNetworks,
  generator: StateDict,
  before: NetworkState,
  inputs: StepInputs,
  points: StepPoints,
): GeneratorPhase {
  const { encoding, discriminator: seen } = points;
  const samples = toPointMajor(
    generate(generator, model, inputs.latentsGenerator, encoding),
    layoutOf(points),
  );
  const shared = discriminator.evaluateShared(before, seen, { mode: "train", copies: samples.shape[1]! });
  const { logits, statistics } = discriminator.evaluate(samples, before, seen, shared, "train");
  const loss = crossEntropy(logits, "real", training.loss);
  return {
    gradients: gradientsByName(loss, generator, Object.keys(generator)),
    statistics: { ...before.statistics, ...shared.statistics, ...statistics },
    loss,
  };
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
  stepSizes: AdamStepSizes,
): { params: StateDict; moments: Moments } {
  const next: Record<string, Tensor> = { ...params };
  const m: Record<string, Tensor> = {}, v: Record<string, Tensor> = {};
  for (const [name, g] of Object.entries(gradient)) {
    const updated = scope(
      "Adam",
      () =>
        adamUpdate(params[name]!, g, moments.m[name]!, moments.v[name]!, stepSizes, { betas: GASP_BETAS }),
    );
    [next[name], m[name], v[name]] = [updated.param, updated.m, updated.v];
  }
  return { params: next, moments: { m, v } };
}

/** `average ← average + (1 - decay) (now - average)` */
function moveAverage(average: StateDict, now: StateDict, { emaDecay }: GaspTraining): StateDict {
  const share = 1 - (emaDecay ?? 0);
  const entries = Object.entries(average).map(([name, before]) => {
    return [name, add(before, mul(sub(now[name]!, before), share))] as const;
  });
  return Object.fromEntries(entries);
}
