/**
 * Non-linearities as values, for layers that take one. `tanh`, `sigmoid` and `softplus` of the tensor package are such
 * values already.
 * @module
 */
import { greater, leakyRelu, type Tensor, where } from "@gasp/tensor";

/** An element-wise non-linearity. */
export type Activation = (x: Tensor) => Tensor;

/**
 * `max(x, 0)`; its derivative at 0 is taken as 0.
 *
 * @param x f32.
 */
export function relu(x: Tensor): Tensor {
  return where(greater(x, 0), x, 0);
}

/**
 * Leaky rectification with a given slope as a value.
 *
 * @param slope Slope below 0, for example 0.2.
 * @returns The non-linearity.
 */
export function leaky(slope: number): Activation {
  return (x) => leakyRelu(x, slope);
}
