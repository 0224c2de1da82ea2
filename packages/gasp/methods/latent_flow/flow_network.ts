/**
 * The velocity of a flow: a residual perceptron of a point x and a time t in [0, 1].
 * @module
 */
import { initLinear, linear, type LinearParams, type RandomSource } from "@gasp/autograd";
import { add, arange, cast, concatenate, cos, mul, silu, sin, type Tensor } from "@gasp/tensor";
import type { FlowNetworkConfig } from "./config.ts";

/**
 * Parameters of the velocity.
 *
 * @category Training methods
 */
export type FlowParams = {
  /** From the point and the encoded time to the hidden width. */
  readonly input: LinearParams;
  /** `h ← h + second(silu(first([silu(h), time])))`. */
  readonly blocks: { readonly first: LinearParams; readonly second: LinearParams }[];
  /** To the velocity. */
  readonly output: LinearParams;
};

/** Number of frequencies of the time: cos πkt and sin πkt for k = 1, …, 8. */
const TIME_FREQUENCIES = 8;

/**
 * Initialises the parameters.
 *
 * @param random Source of random numbers.
 * @param size Dimension of a point.
 * @param config Sizes of the network.
 */
export function initFlow(
  random: RandomSource,
  size: number,
  { width, blocks }: FlowNetworkConfig,
): FlowParams {
  const time = 2 * TIME_FREQUENCIES;
  return {
    input: initLinear(random, size + time, width),
    blocks: Array.from({ length: blocks }, () => ({
      first: initLinear(random, width + time, width),
      second: initLinear(random, width, width),
    })),
    output: initLinear(random, width, size),
  };
}

/**
 * Computes the velocity.
 *
 * @param params Parameters.
 * @param points x, `[count, size]`.
 * @param times t, `[count, 1]`.
 * @returns `[count, size]`.
 */
export function velocity(params: FlowParams, points: Tensor, times: Tensor): Tensor {
  const angles = mul(times, mul(cast(arange(1, TIME_FREQUENCIES + 1), "f32"), Math.PI));
  const time = concatenate([cos(angles), sin(angles)], 1);
  const affine = (x: Tensor, { weight, bias }: LinearParams) => linear(x, weight, bias);
  const hidden = params.blocks.reduce((h, { first, second }) => {
    return add(h, affine(silu(affine(concatenate([silu(h), time], 1), first)), second));
  }, affine(concatenate([points, time], 1), params.input));
  return affine(silu(hidden), params.output);
}
