/**
 * The decoder of an occupancy network (Mescheder et al., 2019): a residual perceptron of the coordinates whose batch norms
 * have a scale and a shift that depend on the latent.
 *
 *     cbn(x, z) = (x - mean) / √(var + ε) · scale(z) + shift(z)
 *     x ← x + second(relu(cbn(first(relu(cbn(x, z))), z)))       for each block
 *     f(x) = tanh(output(relu(cbn(x, z))) / 2)                    the logit of an occupancy as a value in [-1, 1]
 *
 * @module
 */
import {
  batchNorm,
  initLinear,
  linear,
  type LinearParams,
  type Mode,
  type RandomSource,
} from "@gasp/autograd";
import {
  add,
  broadcastTo,
  expandDims,
  mul,
  ones,
  relu,
  scope,
  type Tensor,
  tensor,
  zeros,
} from "@gasp/tensor";
import type { VaeModel } from "./config.ts";

/**
 * Parameters of the decoder.
 *
 * @category Training methods
 */
export type VaeDecoderParams = {
  /** From encoded coordinates. */
  readonly input: LinearParams;
  /** Residual blocks. */
  readonly blocks: { readonly first: LinearParams; readonly second: LinearParams }[];
  /** Maps of a latent to scale and shift of a batch norm: two for each block and one before the output. */
  readonly norms: { readonly scale: LinearParams; readonly shift: LinearParams }[];
  /** To the features. */
  readonly output: LinearParams;
};

/**
 * Running statistics of the batch norms.
 *
 * @category Training methods
 */
export type VaeStatistics = { readonly mean: Tensor; readonly variance: Tensor }[];

/**
 * What tells functions apart: scale and shift of each batch norm, each `[count, width]`.
 *
 * @category Training methods
 */
export type VaeFunctions = { readonly scale: Tensor; readonly shift: Tensor }[];

/**
 * Returns the size of an encoded coordinate.
 *
 * @param model Sizes of the networks.
 */
export function encodedSize({ fourier, coordinateDim }: VaeModel): number {
  return fourier ? 2 * fourier.count : coordinateDim;
}

/**
 * Initialises the decoder. Its norms start with a scale of 1 and a shift of 0 for all latents, as in the authors' code: with
 * random maps of the latent, directions that no item uses would add noise to samples of the prior.
 *
 * @param random Source of random numbers.
 * @param model Sizes of the networks.
 */
export function initVaeDecoder(
  random: RandomSource,
  model: VaeModel,
): { readonly params: VaeDecoderParams; readonly statistics: VaeStatistics } {
  const { width, blocks, latentDim, featureDim } = model, norms = 2 * blocks + 1;
  const filled = (size: number, value: number) => tensor(new Float32Array(size).fill(value));
  const constant = (value: number): LinearParams => ({
    weight: tensor(new Float32Array(width * latentDim), [width, latentDim]),
    bias: filled(width, value),
  });
  return {
    params: {
      input: initLinear(random, encodedSize(model), width),
      blocks: Array.from({ length: blocks }, () => ({
        first: initLinear(random, width, width),
        second: initLinear(random, width, width),
      })),
      norms: Array.from({ length: norms }, () => ({ scale: constant(1), shift: constant(0) })),
      output: initLinear(random, width, featureDim),
    },
    statistics: Array.from({ length: norms }, () => ({ mean: filled(width, 0), variance: filled(width, 1) })),
  };
}

const affine = (x: Tensor, { weight, bias }: LinearParams) => linear(x, weight, bias);

/**
 * Maps latents to functions.
 *
 * @param params Parameters of the decoder.
 * @param latents z, `[count, latentDim]`.
 */
export function vaeFunctions({ norms }: Pick<VaeDecoderParams, "norms">, latents: Tensor): VaeFunctions {
  return norms.map(({ scale, shift }) => ({ scale: affine(latents, scale), shift: affine(latents, shift) }));
}

/**
 * Evaluates the logits of functions.
 *
 * @param params Parameters of the decoder.
 * @param statistics Running statistics.
 * @param functions Result of {@link vaeFunctions}.
 * @param encoding Encoded coordinates, `[points, in]` or `[count, points, in]`.
 * @param mode Batch norm mode.
 * @returns `[count, points, featureDim]`, and the updated statistics.
 */
export function vaeLogits(
  params: Omit<VaeDecoderParams, "norms">,
  statistics: VaeStatistics,
  functions: VaeFunctions,
  encoding: Tensor,
  mode: Mode,
): { readonly logits: Tensor; readonly statistics: VaeStatistics } {
  const updated: VaeStatistics = [], count = functions[0]!.scale.shape[0]!;
  const normalise = (x: Tensor): Tensor => {
    const index = updated.length,
      { scale, shift } = functions[index]!,
      { mean, variance } = statistics[index]!;
    const width = [x.shape.at(-1)!];
    const { output, runningMean, runningVar } = batchNorm(x, {
      ...{ weight: ones(width), bias: zeros(width) },
      ...{ runningMean: mean, runningVar: variance },
    }, { mode });
    updated.push({ mean: runningMean, variance: runningVar });
    return relu(add(mul(output, expandDims(scale, 1)), expandDims(shift, 1)));
  };
  const first = affine(encoding, params.input);
  let x = broadcastTo(first, [count, ...first.shape.slice(-2)]);
  params.blocks.forEach(({ first, second }, i) => {
    x = scope(`decoder/${i}`, () => add(x, affine(normalise(affine(normalise(x), first)), second)));
  });
  const logits = scope("decoder/output", () => affine(normalise(x), params.output));
  return { logits, statistics: updated };
}
