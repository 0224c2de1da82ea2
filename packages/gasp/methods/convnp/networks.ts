/**
 * The networks of a convolutional neural process with a latent (Gordon et al., 2020; Foong et al., 2020): a convolutional
 * encoder from a context to a normal distribution of latents on a coarse grid, and a convolutional decoder from latents to
 * channels on the grid, which are interpolated at any point and mapped to features.
 * @module
 */
import {
  convLayer,
  type ConvParams,
  initConv,
  initMlp,
  type LinearParams,
  mlp,
  type RandomSource,
} from "@gasp/autograd";
import {
  add,
  leakyRelu,
  reshape,
  scope,
  slice,
  type Tensor,
  transpose,
  upsampleNearest,
  zeros,
} from "@gasp/tensor";
import { gridCells, interpolateGrid } from "../core/feature_grid.ts";
import type { ConvnpGridModel } from "./config.ts";
import { setConvolution } from "./set_convolution.ts";

/**
 * A residual block of two convolutions.
 *
 * @category Training methods
 */
export type ConvBlock = { readonly first: ConvParams; readonly second: ConvParams };

/**
 * Parameters.
 *
 * @category Training methods
 */
export type ConvnpParams = {
  /** From a context to the distribution of latents. */
  readonly encoder: {
    /** Convolutions with strides 1, 2 and 2. */
    readonly down: ConvParams[];
    /** Residual blocks. */
    readonly blocks: ConvBlock[];
    /** To the mean and the logarithm of the variance. */
    readonly output: ConvParams;
  };
  /** From latents to channels on the grid. */
  readonly decoder: {
    /** From latents. */
    readonly input: ConvParams;
    /** Residual blocks. */
    readonly blocks: ConvBlock[];
    /** Convolutions, each after a doubling of the points. */
    readonly up: ConvParams[];
  };
  /** From interpolated channels to features, at each point. */
  readonly head: LinearParams[];
};

const KERNEL = [3, 3], STRIDES = [1, 2, 2], SLOPE = 0.1;

const activation = (x: Tensor) => leakyRelu(x, SLOPE);

/**
 * Initialises the parameters.
 *
 * @param random Source of random numbers.
 * @param model Sizes of the networks.
 */
export function initConvnp(random: RandomSource, model: ConvnpGridModel): ConvnpParams {
  const { featureDim, channels, blocks, latentChannels } = model;
  const conv = (input: number, output: number) => initConv(random, input, output, KERNEL);
  const residual = () =>
    Array.from(
      { length: blocks },
      () => ({ first: conv(channels, channels), second: conv(channels, channels) }),
    );
  return {
    encoder: {
      down: STRIDES.map((_, i) => conv(i === 0 ? featureDim + 1 : channels, channels)),
      blocks: residual(),
      output: conv(channels, 2 * latentChannels),
    },
    decoder: {
      input: conv(latentChannels, channels),
      blocks: residual(),
      up: [conv(channels, channels), conv(channels, channels)],
    },
    head: initMlp(random, [channels, channels, featureDim]),
  };
}

/** Sizes of the grid and of its halves and quarters. */
function levelsOf({ grid: { shape } }: ConvnpGridModel): number[][] {
  const half = shape.map((size) => Math.ceil(size / 2));
  return [[...shape], half, half.map((size) => Math.ceil(size / 2))];
}

/**
 * Returns the shape of the latents of one function, `[latentChannels, rows, columns]`.
 *
 * @param model Sizes of the networks.
 */
export function latentShape(model: ConvnpGridModel): number[] {
  return [model.latentChannels, ...levelsOf(model)[2]!];
}

function applyBlocks(x: Tensor, blocks: readonly ConvBlock[]): Tensor {
  return blocks.reduce((x, { first, second }) => {
    const hidden = convLayer(activation(x), first, { padding: "same" });
    return add(x, convLayer(activation(hidden), second, { padding: "same" }));
  }, x);
}

/** Parameters of a normal distribution of latents, each `[batch, latentChannels, rows, columns]`. */
export interface LatentDistribution {
  /** Mean. */
  readonly mean: Tensor;
  /** Logarithm of the variance. */
  readonly logVariance: Tensor;
}

/** A context: points, features and which of them are known. */
export interface Context {
  /** `[points, 2]` or `[batch, points, 2]`. */
  readonly coordinates: Tensor;
  /** `[batch, points, featureDim]`. */
  readonly features: Tensor;
  /** 1 for known points, 0 for others, `[batch, points]`. */
  readonly weights: Tensor;
}

/**
 * Computes the distribution of latents given contexts.
 *
 * @param params Parameters.
 * @param model Sizes of the networks.
 * @param context Known points.
 */
export function encodeContext(
  { encoder }: ConvnpParams,
  model: ConvnpGridModel,
  { coordinates, features, weights }: Context,
): LatentDistribution {
  return scope(
    "encoder",
    () => encodeGrid(encoder, model, setConvolution(model, coordinates, features, weights)),
  );
}

/**
 * Computes the distribution of latents given nothing: the prior.
 *
 * @param params Parameters.
 * @param model Sizes of the networks.
 * @returns Distribution of a batch of one.
 */
export function encodeNothing(
  { encoder }: Pick<ConvnpParams, "encoder">,
  model: ConvnpGridModel,
): LatentDistribution {
  return encodeGrid(encoder, model, zeros([1, model.featureDim + 1, ...model.grid.shape]));
}

function encodeGrid(
  { down, blocks, output }: ConvnpParams["encoder"],
  { latentChannels }: ConvnpGridModel,
  input: Tensor,
): LatentDistribution {
  const coarse = down.reduce(
    (x, layer, i) => convLayer(i === 0 ? x : activation(x), layer, { stride: STRIDES[i]!, padding: "same" }),
    input,
  );
  const both = convLayer(activation(applyBlocks(coarse, blocks)), output, { padding: "same" });
  const [batch, , rows, columns] = both.shape as [number, number, number, number];
  return {
    mean: slice(both, [0, 0, 0, 0], [batch, latentChannels, rows, columns]),
    logVariance: slice(both, [0, latentChannels, 0, 0], [batch, 2 * latentChannels, rows, columns]),
  };
}

/**
 * Maps latents to functions: channels on the grid.
 *
 * @param params Parameters.
 * @param model Sizes of the networks.
 * @param latents `[count, latentChannels, rows, columns]`.
 * @returns `[count, cells, channels]`.
 */
export function decodeLatents(
  { decoder }: Pick<ConvnpParams, "decoder">,
  model: ConvnpGridModel,
  latents: Tensor,
): Tensor {
  const levels = levelsOf(model);
  const fine = scope("decoder", () => {
    const coarse = applyBlocks(convLayer(latents, decoder.input, { padding: "same" }), decoder.blocks);
    return decoder.up.reduce((x, layer, i) => {
      const doubled = upsampleNearest(activation(x), 2), size = levels[1 - i]!;
      const cut = slice(doubled, [0, 0, 0, 0], [...doubled.shape.slice(0, 2), ...size]);
      return convLayer(cut, layer, { padding: "same" });
    }, coarse);
  });
  return reshape(transpose(fine, [0, 2, 3, 1]), [latents.shape[0]!, gridCells(model.grid), model.channels]);
}

/**
 * Evaluates functions.
 *
 * @param params Parameters.
 * @param model Sizes of the networks.
 * @param functions Result of {@link decodeLatents}.
 * @param coordinates `[points, 2]`, or `[count, points, 2]`.
 * @returns Features, `[count, points, featureDim]`; linear, since a bounded output saturates at the background of pictures.
 */
export function evaluateChannels(
  { head }: Pick<ConvnpParams, "head">,
  model: ConvnpGridModel,
  functions: Tensor,
  coordinates: Tensor,
): Tensor {
  return mlp(activation(interpolateGrid(functions, model.grid, coordinates)), head, activation);
}
