/**
 * One training step (section 3.4, figure 4 of the paper): updates the discriminator on a real and a generated batch, then
 * the generator against the updated discriminator. A pure function of trees, to be compiled into one program.
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
import { add, allMean, mul, scope, stopGradient, sub, type Tensor, zeros } from "@gasp/tensor";
import { generate } from "../../model/generate.ts";
import type { GaspModel, GaspTraining } from "./config.ts";
import type { Discriminator } from "./discriminators/core/discriminator.ts";
import { openDiscriminator } from "./discriminators/table.ts";
import { crossEntropy, gradientPenalty } from "./losses.ts";
import type { GaspState, Moments } from "./state.ts";

/**
 * Adam's β₁ and β₂ (appendix A.1).
 *
 * @category Training methods
 */
export const GASP_BETAS: Betas = [0.5, 0.999];

/**
 * The constants of training.
 *
 * @category Training methods
 */
export interface GaspNetworks {
  /** Sizes of the networks. */
  readonly model: GaspModel;
  /** Optimisation settings. */
  readonly training: GaspTraining;
  /** Discriminator of the model. */
  readonly discriminator: Discriminator;
}

/**
 * Constructs the networks of a configuration.
 *
 * @param model Sizes of the networks.
 * @param training Optimisation settings.
 * @category Training methods
 *
 * @example Names and shapes of the discriminator's tensors
 * ```ts
 * import { assert } from "@std/assert";
 * import { asGasp, gaspNetworks, resolveRunConfig } from "@gasp/gasp";
 *
 * const { model, training } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * const { discriminator } = gaspNetworks(model, training);
 * assert(discriminator.shapes.params.has("layers.0.linear.weight"));
 * ```
 */
export function gaspNetworks(model: GaspModel, training: GaspTraining): GaspNetworks {
  return { model, training, discriminator: openDiscriminator(model) };
}

/**
 * Inputs that change from step to step.
 *
 * @category Training methods
 */
export type StepInputs = {
  /** Real features in [-1, 1], `[batch, points, featureDim]`. */
  readonly real: Tensor;
  /** Latents of the discriminator update, `[batch, latentDim]`. */
  readonly latentsDiscriminator: Tensor;
  /** Latents of the generator update, `[batch, latentDim]`. */
  readonly latentsGenerator: Tensor;
  /** Adam's step sizes for the discriminator in this step. */
  readonly discriminatorStepSizes: AdamStepSizes;
  /** Adam's step sizes for the generator in this step. */
  readonly generatorStepSizes: AdamStepSizes;
};

/**
 * The points of a step, prepared for both networks. If they are the same in every step, close over them: they become
 * constants of the program.
 *
 * @category Training methods
 */
export type StepPoints = {
  /** Result of `encodeCoordinates`: `[points, in]` shared by the batch, or `[batch, points, in]`. */
  readonly encoding: Tensor;
  /** Result of the discriminator's `points` for the same coordinates. */
  readonly discriminator: unknown;
};

/**
 * Losses of a step, each of shape `[]`.
 *
 * @category Training methods
 */
export type GaspLosses = {
  /** Loss of the generator. */
  readonly generator: Tensor;
  /** Loss of the discriminator: real + fake + r1Weight / 2 · r1. */
  readonly discriminator: Tensor;
  /** Cross-entropy of the real batch. */
  readonly real: Tensor;
  /** Cross-entropy of the generated batch. */
  readonly fake: Tensor;
  /** Mean squared gradient norm ‖∇_y D‖², unweighted; 0 if the weight is 0. */
  readonly r1: Tensor;
};

/**
 * Result of a step.
 *
 * @category Training methods
 */
export type GaspStepResult = {
  /** The next state. */
  readonly state: GaspState;
  /** Losses of this step. */
  readonly losses: GaspLosses;
};

/**
 * Builds one training step (section 3.4).
 *
 * @param networks Networks and optimisation settings; learning rates are part of the inputs.
 * @param state Training state; its tensors may be donated.
 * @param inputs Data, latents and step sizes.
 * @param points Prepared points.
 * @category Training methods
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
  const updated = { params: discriminator.params, statistics: first.statistics };
  const second = scope("G", () => generatorPhase(networks, state.generator, updated, inputs, points));
  const generator = adam(state.generator, second.gradients, state.generatorAdam, inputs.generatorStepSizes);
  return {
    state: {
      ...state,
      generator: generator.params,
      generatorAdam: generator.moments,
      discriminator: discriminator.params,
      discriminatorAdam: discriminator.moments,
      statistics: second.statistics,
      ...(state.ema && { ema: updateEma(state.ema, generator.params, networks.training) }),
    },
    losses: { generator: second.loss, ...first.losses },
  };
}

/**
 * Result of the discriminator's half of a step.
 *
 * @category Training methods
 */
export interface DiscriminatorPhase {
  /** Gradients of the trained parameters. */
  readonly gradients: StateDict;
  /** Running statistics after the real and the generated batch. */
  readonly statistics: StateDict;
  /** Losses of the discriminator. */
  readonly losses: Omit<GaspLosses, "generator">;
}

/**
 * Computes the gradients of the discriminator's loss, `BCE(D(real), 1) + BCE(D(fake), 0) + w/2 · ‖∇_y D(real)‖²`: the GAN
 * loss and the R1 penalty of section 3.4. No gradient flows into the generator.
 *
 * @param networks Networks and optimisation settings.
 * @param state Training state.
 * @param inputs Data and latents.
 * @param points Prepared points.
 * @category Training methods
 */
export function discriminatorPhase(
  { model, training, discriminator }: GaspNetworks,
  state: GaspState,
  inputs: StepInputs,
  points: StepPoints,
): DiscriminatorPhase {
  const { encoding, discriminator: prepared } = points, layout = layoutOf(points);
  const network = { params: state.discriminator, statistics: state.statistics };
  const real = toPointMajor(inputs.real, layout);
  const shared = discriminator.evaluateShared(network, prepared, {
    mode: "train",
    copies: real.shape[1]!,
    rows: layout === "shared" ? "same" : "own",
  });

  const evaluate = (name: string, features: Tensor, before: NetworkState) =>
    scope(name, () => discriminator.evaluate(features, before, prepared, shared, "train"));
  const ofReal = evaluate("real", real, network);
  const afterReal = { ...state.statistics, ...shared.statistics, ...ofReal.statistics };

  // The updated discriminator depends on these samples; the generator must not be differentiated through that update
  const samples = stopGradient(generate(state.generator, model, inputs.latentsDiscriminator, encoding));
  const between = { params: state.discriminator, statistics: afterReal };
  const ofFake = evaluate("fake", toPointMajor(samples, layout), between);
  // The shared evaluation serves the generated batch as well, so its running statistics are updated twice
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

/**
 * Result of the generator's half of a step.
 *
 * @category Training methods
 */
export interface GeneratorPhase {
  /** Gradients of the hypernetwork's parameters. */
  readonly gradients: StateDict;
  /** Running statistics of the discriminator after this batch. */
  readonly statistics: StateDict;
  /** Loss of the generator. */
  readonly loss: Tensor;
}

/**
 * Computes the gradients of the generator's non-saturating loss, `BCE(D(fake), 1)` (section 3.4), with the discriminator in
 * training mode. Gradients of the discriminator's parameters are not computed.
 *
 * @param networks Networks and optimisation settings.
 * @param generator Parameters of the hypernetwork.
 * @param before The discriminator after its update in this step.
 * @param inputs Latents.
 * @param points Prepared points.
 * @category Training methods
 */
export function generatorPhase(
  { model, training, discriminator }: GaspNetworks,
  generator: StateDict,
  before: NetworkState,
  inputs: StepInputs,
  points: StepPoints,
): GeneratorPhase {
  const { encoding, discriminator: prepared } = points, layout = layoutOf(points);
  const samples = toPointMajor(generate(generator, model, inputs.latentsGenerator, encoding), layout);
  const shared = discriminator.evaluateShared(before, prepared, {
    mode: "train",
    copies: samples.shape[1]!,
    rows: layout === "shared" ? "same" : "own",
  });
  const { logits, statistics } = discriminator.evaluate(samples, before, prepared, shared, "train");
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

/** Gradients of a loss over the batch of all ranks. */
function gradientsByName(loss: Tensor, params: StateDict, names: readonly string[]): StateDict {
  const results = gradients([loss], names.map((name) => params[name]!));
  return Object.fromEntries(names.map((name, i) => [name, allMean(results[i]!)]));
}

/** Updates the parameters that have a gradient. */
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

/** `ema ← ema + (1 - decay) (latest - ema)` */
function updateEma(ema: StateDict, latest: StateDict, { emaDecay }: GaspTraining): StateDict {
  const rate = 1 - (emaDecay ?? 0);
  const entries = Object.entries(ema).map(([name, before]) => {
    return [name, add(before, mul(sub(latest[name]!, before), rate))] as const;
  });
  return Object.fromEntries(entries);
}
