/**
 * Initial parameters of layers, distributed as by default in PyTorch.
 * @module
 */
import { tensor } from "@gasp/tensor";
import { checkWhole } from "@gasp/tensor/compiler";
import type { BatchNormParams } from "./batch_norm.ts";
import type { LinearParams } from "./linear.ts";
import type { RandomSource } from "./random_source.ts";

/**
 * Initialises an affine map: weight and bias uniform in ±1/√in.
 *
 * @param random Source of random numbers; the weight is drawn first, then the bias.
 * @param inSize Size of the last axis of the input.
 * @param outSize Size of the last axis of the output.
 * @returns Concrete tensors: weight `[outSize, inSize]`, bias `[outSize]`.
 *
 * @example
 * ```ts
 * import { initLinear, randomSource } from "@gasp/autograd/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const { weight, bias } = initLinear(randomSource({ seed: 0, stream: "layer" }), 3, 5);
 * assertEquals([weight.shape, bias.shape], [[5, 3], [5]]);
 * ```
 *
 * @category Initialisation
 */
export function initLinear(random: RandomSource, inSize: number, outSize: number): Required<LinearParams> {
  const bound = 1 / Math.sqrt(inSize);
  const weight = random.uniform([outSize, inSize], -bound, bound);
  return { weight, bias: random.uniform([outSize], -bound, bound) };
}

/**
 * Initialises a multi-layer perceptron, layer by layer.
 *
 * @param random Source of random numbers.
 * @param sizes Sizes of the input, the hidden layers and the output; at least two.
 * @returns One entry per layer.
 *
 * @example
 * ```ts
 * import { initMlp, randomSource } from "@gasp/autograd/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layers = initMlp(randomSource({ seed: 0, stream: "network" }), [2, 16, 1]);
 * assertEquals(layers.map(({ weight }) => weight.shape), [[16, 2], [1, 16]]);
 * ```
 *
 * @category Initialisation
 */
export function initMlp(random: RandomSource, sizes: readonly number[]): Required<LinearParams>[] {
  return sizes.slice(1).map((outSize, i) => initLinear(random, sizes[i]!, outSize));
}

/**
 * Initialises batch norm: weight 1, bias 0, running mean 0, running variance 1.
 *
 * @param channels Size of the normalised axis.
 * @returns Concrete tensors, each `[channels]`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initBatchNorm } from "@gasp/autograd/nn";
 *
 * const { weight, runningVar } = initBatchNorm(2);
 * assertEquals([...await weight.data()], [1, 1]);
 * assertEquals([...await runningVar.data()], [1, 1]);
 * ```
 *
 * @category Initialisation
 */
export function initBatchNorm(channels: number): BatchNormParams {
  checkWhole("initBatchNorm()", "the number of channels", channels, 0);
  const filled = (value: number) => tensor(new Float32Array(channels).fill(value));
  return { weight: filled(1), bias: filled(0), runningMean: filled(0), runningVar: filled(1) };
}
