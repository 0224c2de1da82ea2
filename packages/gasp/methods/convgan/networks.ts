/**
 * The networks of a convolutional GAN (DCGAN, Radford et al., 2016) over any number of axes: transposed convolutions of size 4
 * and stride 2 that double the points, with batch norm and ReLU; convolutions that halve them, with LeakyReLU. Unlike
 * DCGAN's, the discriminator has no batch norm, so that real and generated batches are treated alike.
 * @module
 */
import {
  batchNorm,
  convLayer,
  type ConvParams,
  convTransposeLayer,
  initConv,
  initLinear,
  linear,
  type LinearParams,
  type Mode,
  type RandomSource,
} from "@gasp/autograd";
import {
  leakyRelu,
  relu,
  reshape,
  scope,
  sizeOf,
  slice,
  tanh,
  type Tensor,
  tensor,
  transpose,
} from "@gasp/tensor";
import type { GridModel } from "./config.ts";

/**
 * Parameters of the generator.
 *
 * @category Training methods
 */
export type ConvGeneratorParams = {
  /** From the latent to the coarsest level. */
  readonly project: LinearParams;
  /** Batch norm of each level. */
  readonly norms: { readonly weight: Tensor; readonly bias: Tensor }[];
  /** Transposed convolution from each level to the next; the last to the features. */
  readonly layers: ConvParams[];
};

/**
 * Running statistics of the generator's batch norms.
 *
 * @category Training methods
 */
export type ConvStatistics = { readonly mean: Tensor; readonly variance: Tensor }[];

/**
 * Parameters of the discriminator.
 *
 * @category Training methods
 */
export type ConvDiscriminatorParams = {
  /** Convolutions. */
  readonly layers: ConvParams[];
  /** From the last layer to the logit. */
  readonly output: LinearParams;
};

const KERNEL = 4, STRIDE = 2, PADDING = 1, SLOPE = 0.2;

/** Sizes of the generator's levels, the coarsest first, and of the features. */
function levelsOf({ grid: { shape }, generatorChannels }: GridModel): number[][] {
  const levels = [[...shape]];
  for (const _ of generatorChannels) levels.unshift(levels[0]!.map((size) => Math.ceil(size / 2)));
  return levels;
}

/** Sizes of the discriminator's output. */
function coarsest({ grid: { shape }, discriminatorChannels }: GridModel): number[] {
  return discriminatorChannels.reduce((sizes) => sizes.map((size) => Math.floor(size / 2)), [...shape]);
}

const filled = (size: number, value: number) => tensor(new Float32Array(size).fill(value));

/**
 * Initialises the generator.
 *
 * @param random Source of random numbers.
 * @param model Sizes of the networks.
 */
export function initConvGenerator(
  random: RandomSource,
  model: GridModel,
): { readonly params: ConvGeneratorParams; readonly statistics: ConvStatistics } {
  const { generatorChannels: channels, featureDim, latentDim, grid: { shape } } = model;
  const kernel = shape.map(() => KERNEL);
  return {
    params: {
      project: initLinear(random, latentDim, channels[0]! * sizeOf(levelsOf(model)[0]!)),
      norms: channels.map((count) => ({ weight: filled(count, 1), bias: filled(count, 0) })),
      layers: channels.map((count, i) => {
        const outputs = channels[i + 1] ?? featureDim;
        // Each output sums over about channels · (kernel / stride)^d inputs
        const bound = 1 / Math.sqrt(count * (KERNEL / STRIDE) ** kernel.length);
        return {
          weight: random.uniform([count, outputs, ...kernel], -bound, bound),
          bias: random.uniform([outputs], -bound, bound),
        };
      }),
    },
    statistics: channels.map((count) => ({ mean: filled(count, 0), variance: filled(count, 1) })),
  };
}

/**
 * Initialises the discriminator.
 *
 * @param random Source of random numbers.
 * @param model Sizes of the networks.
 * @category Training methods
 */
export function initConvDiscriminator(random: RandomSource, model: GridModel): ConvDiscriminatorParams {
  const { discriminatorChannels: channels, featureDim, grid: { shape } } = model;
  const kernel = shape.map(() => KERNEL);
  return {
    layers: channels.map((count, i) => initConv(random, channels[i - 1] ?? featureDim, count, kernel)),
    output: initLinear(random, channels.at(-1)! * sizeOf(coarsest(model)), 1),
  };
}

/**
 * Generates arrays.
 *
 * @param params Parameters.
 * @param statistics Running statistics.
 * @param model Sizes of the networks.
 * @param latents z, `[batch, latentDim]`.
 * @param mode Batch norm mode.
 * @returns Features in (-1, 1), `[batch, cells, featureDim]`, and the updated statistics.
 */
export function generateArrays(
  params: ConvGeneratorParams,
  statistics: ConvStatistics,
  model: GridModel,
  latents: Tensor,
  mode: Mode,
): { readonly features: Tensor; readonly statistics: ConvStatistics } {
  const levels = levelsOf(model), batch = latents.shape[0]!, updated: ConvStatistics = [];
  const { weight, bias } = params.project;
  let x = reshape(linear(latents, weight, bias), [batch, model.generatorChannels[0]!, ...levels[0]!]);
  params.layers.forEach((layer, i) => {
    x = scope(`generator/${i}`, () => {
      const running = statistics[i]!, norm = params.norms[i]!;
      const normed = batchNorm(channelsLast(x), {
        ...norm,
        runningMean: running.mean,
        runningVar: running.variance,
      }, { mode });
      updated.push({ mean: normed.runningMean, variance: normed.runningVar });
      const doubled = convTransposeLayer(relu(channelsFirst(normed.output)), layer, {
        stride: STRIDE,
        padding: PADDING,
      });
      // An axis of odd length is the half of an even one that is one longer
      return slice(doubled, doubled.shape.map(() => 0), [...doubled.shape.slice(0, 2), ...levels[i + 1]!]);
    });
  });
  const features = reshape(channelsLast(tanh(x)), [batch, sizeOf(model.grid.shape), model.featureDim]);
  return { features, statistics: updated };
}

/**
 * Computes the logits of arrays.
 *
 * @param params Parameters.
 * @param model Sizes of the networks.
 * @param features `[batch, cells, featureDim]`.
 * @returns `[batch, 1]`.
 * @category Training methods
 */
export function discriminateArrays(
  params: ConvDiscriminatorParams,
  { grid: { shape }, featureDim }: GridModel,
  features: Tensor,
): Tensor {
  const batch = features.shape[0]!;
  const arrays = channelsFirst(reshape(features, [batch, ...shape, featureDim]));
  const last = params.layers.reduce((x, layer, i) =>
    scope(
      `discriminator/${i}`,
      () => leakyRelu(convLayer(x, layer, { stride: STRIDE, padding: PADDING }), SLOPE),
    ), arrays);
  const { weight, bias } = params.output;
  return linear(reshape(last, [batch, last.size / batch]), weight, bias);
}

/** `[batch, channels, ...space] → [batch, ...space, channels]` */
function channelsLast(x: Tensor): Tensor {
  return transpose(x, [0, ...x.shape.slice(2).map((_, i) => i + 2), 1]);
}

/** `[batch, ...space, channels] → [batch, channels, ...space]` */
function channelsFirst(x: Tensor): Tensor {
  return transpose(x, [0, x.rank - 1, ...x.shape.slice(2).map((_, i) => i + 1)]);
}
