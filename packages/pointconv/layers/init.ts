/**
 * Initial parameters of PointConv layers, under the names read by {@link pointConv}, distributed as by default in
 * PyTorch: affine maps uniform in ±1/√in, batch norm as the identity.
 * @module
 */
import { initBatchNorm, initLinear, type NetworkState, type RandomSource } from "@gasp/autograd";
import type { Tensor } from "@gasp/tensor";
import { checkWhole } from "@gasp/tensor/compiler";

/**
 * Sizes of a weight net.
 *
 * @category PointConv
 */
export interface WeightNetSizes {
  /** Dimension of the points. */
  readonly dimension: number;
  /** Output size of each affine map. Default: four of 16, as in the paper (appendix). */
  readonly weightNetSizes?: readonly number[];
  /** Whether batch norm follows each affine map. Default: true. */
  readonly batchNorm?: boolean;
}

/**
 * Sizes of a PointConv layer.
 *
 * @category PointConv
 */
export interface PointConvSizes extends WeightNetSizes {
  /** Input channels. */
  readonly channelsIn: number;
  /** Output channels. */
  readonly channelsOut: number;
}

const WEIGHT_NET_SIZES = [16, 16, 16, 16];

/** The tensors of a network, added in drawing order. */
type Draft = { readonly [K in keyof NetworkState]: Record<string, Tensor> };

/**
 * Initialises parameters and running statistics of a weight net: `weight_net.forward_layers.0.weight` `[out, in, 1, 1]`
 * and so on.
 *
 * @param random Source of random numbers.
 * @param sizes Dimension, output sizes of the affine maps, batch norm.
 * @returns Concrete tensors, without statistics if there is no batch norm.
 * @throws {RangeError} If there is no layer.
 * @category PointConv
 */
export function initWeightNet(random: RandomSource, sizes: WeightNetSizes): NetworkState {
  const { dimension, weightNetSizes = WEIGHT_NET_SIZES, batchNorm = true } = sizes;
  if (weightNetSizes.length === 0) throw new RangeError("a weight net needs at least one layer, got none");
  checkWhole("a weight net", "the dimension of the points", dimension, 1);
  const { params, statistics }: Draft = { params: {}, statistics: {} };
  weightNetSizes.forEach((size, i) => {
    const [affine, norm] = [0, 1].map((part) =>
      `weight_net.forward_layers.${i * (batchNorm ? 3 : 2) + part}`
    );
    const sizeIn = weightNetSizes[i - 1] ?? dimension;
    const bound = 1 / Math.sqrt(sizeIn);
    params[`${affine}.weight`] = random.uniform([size, sizeIn, 1, 1], -bound, bound);
    params[`${affine}.bias`] = random.uniform([size], -bound, bound);
    if (!batchNorm) return;
    const normalise = initBatchNorm(size);
    params[`${norm}.weight`] = normalise.weight;
    params[`${norm}.bias`] = normalise.bias;
    statistics[`${norm}.running_mean`] = normalise.runningMean;
    statistics[`${norm}.running_var`] = normalise.runningVar;
  });
  return { params, statistics };
}

/**
 * Initialises parameters and running statistics of a PointConv layer: those of its weight net, `linear.weight`
 * `[channelsOut, channelsIn · weight-net outputs]` and `linear.bias` `[channelsOut]`.
 *
 * @param random Source of random numbers.
 * @param sizes Dimension, channels, and weight-net sizes.
 * @returns Tensors for {@link pointConv}.
 * @throws {RangeError} If the weight net has no layer.
 *
 * @example A layer over four points on a line
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomSource } from "@gasp/autograd";
 * import { convTables, findNeighbourhoods, initPointConv, pointConv, pointSet } from "@gasp/pointconv";
 * import { ones, openDevice } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * const layer = initPointConv(randomSource({ seed: 0, stream: "model" }), {
 *   dimension: 1,
 *   channelsIn: 2,
 *   channelsOut: 8,
 * });
 * const points = pointSet(Float32Array.of(0, 1, 2, 3), [4, 1]);
 * const [found] = await findNeighbourhoods(points, [{ points: 4, neighbours: 3 }], { device });
 * const { features } = pointConv(ones([4, 1, 2]), layer, convTables(found!), "train");
 * assertEquals(features.shape, [4, 1, 8]);
 * ```
 *
 * @category PointConv
 */
export function initPointConv(random: RandomSource, sizes: PointConvSizes): NetworkState {
  const { channelsIn, channelsOut, weightNetSizes = WEIGHT_NET_SIZES } = sizes;
  checkWhole("initPointConv()", "the number of input channels", channelsIn, 1);
  checkWhole("initPointConv()", "the number of output channels", channelsOut, 1);
  const { params, statistics } = initWeightNet(random, sizes);
  const { weight, bias } = initLinear(random, channelsIn * weightNetSizes.at(-1)!, channelsOut);
  return { params: { ...params, "linear.weight": weight, "linear.bias": bias }, statistics };
}
