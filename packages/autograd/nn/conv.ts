/**
 * Convolutions with a bias, over any number of spatial axes.
 * @module
 */
import {
  add,
  conv,
  type ConvOptions,
  convTranspose,
  type ConvTransposeOptions,
  reshape,
  sizeOf,
  type Tensor,
} from "@gasp/tensor";
import { checkWhole } from "@gasp/tensor/compiler";
import type { RandomSource } from "./random_source.ts";

/**
 * Parameters of a convolution, named and shaped as in PyTorch.
 *
 * @category Layers
 */
export type ConvParams = {
  /** `[outputs, channels / groups, ...kernel]`; for a transposed one `[channels, outputs / groups, ...kernel]`. */
  readonly weight: Tensor;
  /** `[outputs]`. Default: none. */
  readonly bias?: Tensor;
};

function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? add(y, reshape(bias, [bias.size, ...y.shape.slice(2).map(() => 1)])) : y;
}

/**
 * A convolution with a bias.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param params Weight and bias.
 * @param options Stride, padding, dilation, groups.
 * @returns `[batch, outputs, ...space]`.
 * @throws {RangeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { convLayer, initConv, randomSource } from "@gasp/autograd/nn";
 * import { zeros } from "@gasp/tensor";
 *
 * const params = initConv(randomSource({ seed: 0, stream: "conv" }), 3, 16, [3, 3]);
 * const y = convLayer(zeros([8, 3, 32, 32]), params, { stride: 2, padding: "same" });
 * assertEquals(y.shape, [8, 16, 16, 16]);
 * ```
 *
 * @category Layers
 */
export function convLayer(x: Tensor, { weight, bias }: ConvParams, options: ConvOptions = {}): Tensor {
  return addBias(conv(x, weight, options), bias);
}

/**
 * A transposed convolution with a bias.
 *
 * @param x f32, `[batch, channels, ...space]`.
 * @param params Weight and bias.
 * @param options Stride, padding, dilation, groups.
 * @returns `[batch, outputs, ...space]`.
 * @throws {RangeError} If the shapes do not match.
 * @category Layers
 *
 * @example Twice as large
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { convTransposeLayer } from "@gasp/autograd/nn";
 * import { ones, zeros } from "@gasp/tensor";
 *
 * const params = { weight: ones([16, 3, 4, 4]), bias: zeros([3]) };
 * const y = convTransposeLayer(zeros([8, 16, 32, 32]), params, { stride: 2, padding: 1 });
 * assertEquals(y.shape, [8, 3, 64, 64]);
 * ```
 */
export function convTransposeLayer(
  x: Tensor,
  { weight, bias }: ConvParams,
  options: ConvTransposeOptions = {},
): Tensor {
  return addBias(convTranspose(x, weight, options), bias);
}

/**
 * Initialises a convolution: weight and bias uniform in ±1/√(channels / groups · kernel size).
 *
 * @param random Source of random numbers.
 * @param channels Channels of the input.
 * @param outputs Channels of the output.
 * @param kernel Kernel size along each spatial axis.
 * @param groups Number of groups. Default: 1.
 * @returns Concrete tensors.
 * @throws {RangeError} If the groups do not divide the channels and the outputs.
 * @category Layers
 *
 * @example Groups: each output sees half of the channels
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initConv, randomSource } from "@gasp/autograd/nn";
 *
 * const { weight, bias } = initConv(randomSource({ seed: 0, stream: "conv" }), 6, 16, [3, 3], 2);
 * assertEquals([weight.shape, bias.shape], [[16, 3, 3, 3], [16]]);
 * ```
 */
export function initConv(
  random: RandomSource,
  channels: number,
  outputs: number,
  kernel: readonly number[],
  groups: number = 1,
): Required<ConvParams> {
  checkWhole("initConv()", "the number of groups", groups, 1);
  if (channels % groups !== 0 || outputs % groups !== 0) {
    throw new RangeError(`${groups} groups do not divide ${channels} channels and ${outputs} outputs`);
  }
  const fanIn = channels / groups * sizeOf(kernel), bound = 1 / Math.sqrt(fanIn);
  const weight = random.uniform([outputs, channels / groups, ...kernel], -bound, bound);
  return { weight, bias: random.uniform([outputs], -bound, bound) };
}
