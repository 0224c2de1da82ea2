/**
 * Training steps of a convolutional GAN, with the losses and the optimisers of GASP.
 * @module
 */
import { adam, emaUpdate, type OptimizerState, randomSource, valueAndGrad } from "@gasp/autograd";
import {
  add,
  allMean,
  mul,
  placeholder,
  scope,
  stopGradient,
  type Tensor,
  tensor,
  treeMap,
} from "@gasp/tensor";
import { requireGrid } from "../core/feature_grid.ts";
import { withGrid } from "../core/grid_model.ts";
import type { PrepareRequest, StepResult, TrainingSteps } from "../core/method.ts";
import { normalRows } from "../core/step_batch.ts";
import { crossEntropy, gradientPenalty } from "../gasp/losses.ts";
import { GASP_BETAS } from "../gasp/train_step.ts";
import type { ConvganConfig } from "./config.ts";
import {
  type ConvDiscriminatorParams,
  type ConvGeneratorParams,
  type ConvStatistics,
  discriminateArrays,
  generateArrays,
  initConvDiscriminator,
  initConvGenerator,
} from "./networks.ts";

/**
 * State of a training run between two steps.
 *
 * @category Training methods
 */
export type ConvganState = {
  /** Parameters of the generator. */
  readonly generator: ConvGeneratorParams;
  /** Running statistics of its batch norms. */
  readonly statistics: ConvStatistics;
  /** Parameters of the discriminator. */
  readonly discriminator: ConvDiscriminatorParams;
  /** Adam's moments of the generator. */
  readonly generatorAdam: OptimizerState<ConvGeneratorParams>;
  /** Adam's moments of the discriminator. */
  readonly discriminatorAdam: OptimizerState<ConvDiscriminatorParams>;
  /** Exponential moving average of the generator, if enabled. */
  readonly ema?: ConvGeneratorParams;
};

/**
 * Inputs of a step.
 *
 * @category Training methods
 */
export type ConvganInputs = {
  /** Real features, `[batch, cells, featureDim]`. */
  readonly real: Tensor;
  /** Latents of the discriminator's update, `[batch, latentDim]`. */
  readonly latentsDiscriminator: Tensor;
  /** Latents of the generator's update, `[batch, latentDim]`. */
  readonly latentsGenerator: Tensor;
};

/**
 * Initialises the state.
 *
 * @param config Configuration, adapted to the data.
 */
export function initialConvgan(config: ConvganConfig): ConvganState {
  const model = withGrid(config), { seed, training } = config;
  // Twice with the average, since a tensor occurs only once in a state
  const draw = () => initConvGenerator(randomSource({ seed, stream: "generator" }), model);
  const { params: generator, statistics } = draw();
  const discriminator = initConvDiscriminator(randomSource({ seed, stream: "discriminator" }), model);
  return {
    ...{ generator, statistics, discriminator },
    generatorAdam: adam().init(generator),
    discriminatorAdam: adam().init(discriminator),
    ...(training.emaDecay !== null && { ema: draw().params }),
  };
}

/**
 * Computes the gradients of the discriminator's loss on a real and a generated batch.
 *
 * @param config Configuration, adapted to the data.
 * @param networks Parameters of both networks, and running statistics of the generator.
 * @param real Real features, `[batch, cells, featureDim]`.
 * @param latents Latents of the generated batch, `[batch, latentDim]`.
 *
 * @category Training methods
 */
export function convDiscriminatorPhase(
  config: Pick<ConvganConfig, "model" | "training">,
  networks: Pick<ConvganState, "generator" | "statistics" | "discriminator">,
  real: Tensor,
  latents: Tensor,
): ConvDiscriminatorPhase {
  const model = withGrid(config), { loss: scale, r1Weight = 0 } = config.training;
  const fake = generateArrays(networks.generator, networks.statistics, model, latents, "train");
  const samples = stopGradient(fake.features);
  const { value, gradient, aux } = scope("D", () =>
    valueAndGrad((params: ConvDiscriminatorParams) => {
      const logits = discriminateArrays(params, model, real);
      const losses = {
        real: crossEntropy(logits, "real", scale),
        fake: crossEntropy(discriminateArrays(params, model, samples), "fake", scale),
      };
      const adversarial = add(losses.real, losses.fake);
      if (r1Weight === 0) return [adversarial, losses] as const;
      const r1 = gradientPenalty(logits, real, "logit");
      return [add(adversarial, mul(r1, r1Weight / 2)), { ...losses, r1 }] as const;
    }, { hasAux: true })(networks.discriminator));
  return { gradient, statistics: fake.statistics, losses: { discriminator: value, ...aux } };
}

/**
 * Result of the discriminator's half of a step.
 *
 * @category Training methods
 */
export type ConvDiscriminatorPhase = {
  /** Gradients of its parameters. */
  readonly gradient: ConvDiscriminatorParams;
  /** Running statistics of the generator after the batch. */
  readonly statistics: ConvStatistics;
  /** Its loss and the parts of it. */
  readonly losses: { readonly discriminator: Tensor } & Readonly<Record<string, Tensor>>;
};

/**
 * Builds a step: the discriminator on a real and a generated batch, then the generator against the updated discriminator.
 *
 * @param config Configuration, adapted to the data.
 * @param state Training state.
 * @param inputs Data and latents.
 */
export function convganStep(
  config: ConvganConfig,
  state: ConvganState,
  { real, latentsDiscriminator, latentsGenerator }: ConvganInputs,
): StepResult<ConvganState> {
  const model = withGrid(config), { loss: scale, emaDecay, ...rates } = config.training;
  const first = convDiscriminatorPhase(config, state, real, latentsDiscriminator);
  const discriminator = adam({ learningRate: rates.discriminatorRate, betas: GASP_BETAS })
    .update(state.discriminator, treeMap(first.gradient, allMean), state.discriminatorAdam);

  const second = scope("G", () =>
    valueAndGrad((params: ConvGeneratorParams) => {
      const { features, statistics } = generateArrays(
        params,
        first.statistics,
        model,
        latentsGenerator,
        "train",
      );
      const logits = discriminateArrays(discriminator.params, model, features);
      return [crossEntropy(logits, "real", scale), { statistics }] as const;
    }, { hasAux: true })(state.generator));
  const generator = adam({ learningRate: rates.generatorRate, betas: GASP_BETAS })
    .update(state.generator, treeMap(second.gradient, allMean), state.generatorAdam);
  return {
    state: {
      generator: generator.params,
      generatorAdam: generator.state,
      statistics: second.aux.statistics,
      discriminator: discriminator.params,
      discriminatorAdam: discriminator.state,
      ...(state.ema && { ema: emaUpdate(state.ema, generator.params, emaDecay ?? 0) }),
    },
    losses: { generator: second.value, ...first.losses },
  };
}

/**
 * Prepares the steps.
 *
 * @param request Configuration and data.
 */
export function prepareConvgan(
  { config, data }: PrepareRequest<ConvganConfig, ConvganState>,
): Promise<TrainingSteps<ConvganState, ConvganInputs>> {
  requireGrid(data, config.method);
  const { seed, model: { latentDim, featureDim } } = config;
  const shape = (batch: number) => [batch, data.pointCount, featureDim];
  return Promise.resolve({
    async inputs(batch) {
      const { step, indices } = batch;
      const latents = (stream: string) => normalRows({ seed, stream, step }, latentDim, batch);
      return {
        real: tensor(await data.batch(indices), shape(indices.length)),
        latentsDiscriminator: latents("latents of the discriminator's batch"),
        latentsGenerator: latents("latents of the generator's batch"),
      };
    },
    abstractInputs: (batch) => ({
      real: placeholder(shape(batch)),
      latentsDiscriminator: placeholder([batch, latentDim]),
      latentsGenerator: placeholder([batch, latentDim]),
    }),
    step: (state, inputs) => convganStep(config, state, inputs),
  });
}
