/**
 * Initial parameters, with the distributions of PyTorch's defaults. Random numbers come from a source that the caller
 * makes of a seed, so that a model is a function of its seed.
 * @module
 */
import { type RandomKey, randomUniform, type Shape, sizeOf, type Tensor, tensor } from "@gasp/tensor";
import type { BatchNormParams } from "./batch_norm.ts";
import type { LinearParams } from "./linear.ts";

/** Draws a concrete f32 tensor of numbers spread evenly over `[low, high)`. */
export type UniformSource = (shape: Shape, low: number, high: number) => Tensor;

/**
 * A source whose draws are steps 0, 1, 2, … of one random stream.
 *
 * @param key Seed and stream.
 *
 * @example
 * ```ts
 * import { uniformSource } from "@gasp/autograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const uniform = uniformSource({ seed: 7, stream: "weights" });
 * const values = await uniform([2, 3], -1, 1).data();
 * assertEquals(values.length, 6);
 * assert(values.every((value) => value >= -1 && value < 1));
 * ```
 */
export function uniformSource({ seed, stream }: Pick<RandomKey, "seed" | "stream">): UniformSource {
  let step = 0;
  return (shape, low, high) =>
    tensor(randomUniform({ seed, stream, step: step++ }, sizeOf(shape), low, high), shape);
}

/**
 * Parameters of an affine map: weight, then bias, uniform in ±1/√in.
 *
 * @param uniform Source of random numbers; drawn from first for the weight, then for the bias.
 * @param inSize Size of the last axis of the input.
 * @param outSize Size of the last axis of the output.
 * @returns Concrete tensors.
 *
 * @example
 * ```ts
 * import { initLinear, uniformSource } from "@gasp/autograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { weight, bias } = initLinear(uniformSource({ seed: 0, stream: "layer" }), 4, 2);
 * assertEquals([weight.shape, bias.shape], [[2, 4], [2]]);
 * assert((await weight.data()).every((value) => Math.abs(value) <= 0.5));
 * ```
 */
export function initLinear(uniform: UniformSource, inSize: number, outSize: number): Required<LinearParams> {
  const bound = 1 / Math.sqrt(inSize);
  const weight = uniform([outSize, inSize], -bound, bound);
  return { weight, bias: uniform([outSize], -bound, bound) };
}

/**
 * Parameters of a multi-layer perceptron, layer by layer.
 *
 * @param uniform Source of random numbers.
 * @param sizes Sizes of the input, the hidden layers and the output; at least two.
 * @returns One entry per layer.
 *
 * @example
 * ```ts
 * import { initMlp, uniformSource } from "@gasp/autograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layers = initMlp(uniformSource({ seed: 0, stream: "network" }), [2, 16, 3]);
 * assertEquals(layers.map(({ weight }) => weight.shape), [[16, 2], [3, 16]]);
 * ```
 */
export function initMlp(uniform: UniformSource, sizes: readonly number[]): Required<LinearParams>[] {
  return sizes.slice(1).map((outSize, i) => initLinear(uniform, sizes[i]!, outSize));
}

/**
 * Batch norm that changes nothing yet: weight 1, bias 0, running mean 0, running variance 1.
 *
 * @param channels Size of the normalised axis.
 * @returns Concrete tensors.
 *
 * @example
 * ```ts
 * import { initBatchNorm } from "@gasp/autograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { weight, runningMean } = initBatchNorm(2);
 * assertEquals([...await weight.data()], [1, 1]);
 * assertEquals([...await runningMean.data()], [0, 0]);
 * ```
 */
export function initBatchNorm(channels: number): BatchNormParams {
  const filled = (value: number) => tensor(new Float32Array(channels).fill(value));
  return { weight: filled(1), bias: filled(0), runningMean: filled(0), runningVar: filled(1) };
}
