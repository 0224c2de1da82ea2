/**
 * Non-linearities as values, for layers that take one. `relu`, `gelu`, `silu`, `tanh`, `sigmoid` and others of the tensor
 * package are such values already; a leaky rectification is `(x) => leakyRelu(x, 0.2)`.
 * @module
 */
import type { Tensor } from "@gasp/tensor";

export { relu } from "@gasp/tensor";

/** An element-wise non-linearity. */
export type Activation = (x: Tensor) => Tensor;
