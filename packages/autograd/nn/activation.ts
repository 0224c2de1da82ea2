/**
 * Non-linearities as values, for layers that take one. `relu`, `gelu`, `silu`, `tanh`, `sigmoid` and others of the tensor
 * package are such values already.
 * @module
 */
import { leakyRelu, type Tensor } from "@gasp/tensor";

export { relu } from "@gasp/tensor";

/** An element-wise non-linearity. */
export type Activation = (x: Tensor) => Tensor;

/**
 * Leaky rectification with a given slope as a value.
 *
 * @param slope Slope below 0, for example 0.2.
 * @returns The non-linearity.
 */
export function leaky(slope: number): Activation {
  return (x) => leakyRelu(x, slope);
}
