/**
 * Activation functions, as arguments of layers: `relu`, `gelu`, `silu`, `tanh`, `sigmoid` and others of the tensor
 * package, or `(x) => leakyRelu(x, 0.2)`.
 * @module
 */
import type { Tensor } from "@gasp/tensor";

export { relu } from "@gasp/tensor";

/**
 * An element-wise activation function.
 *
 * @category Layers
 */
export type Activation = (x: Tensor) => Tensor;
