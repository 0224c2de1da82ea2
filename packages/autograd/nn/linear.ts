/**
 * Affine maps and networks of them, applied to the last axis.
 * @module
 */
import { add, matmul, reshape, type Tensor, transpose } from "@gasp/tensor";
import { checkType } from "@gasp/tensor/compiler";
import type { Activation } from "./activation.ts";

/**
 * Parameters of an affine map, named and shaped as in PyTorch.
 *
 * @category Layers
 */
export type LinearParams = {
  /** `[out, in]`. */
  readonly weight: Tensor;
  /** `[out]`. Default: none. */
  readonly bias?: Tensor;
};

/**
 * `y = x Wᵀ + b` along the last axis. All leading axes together are the rows of one matrix product, so the gradient of
 * the weight is one product too.
 *
 * @param x `[..., in]`.
 * @param weight `[out, in]`.
 * @param bias `[out]`. Default: none.
 * @returns `[..., out]`.
 * @throws {RangeError} If the shapes do not match.
 *
 * @example
 * ```ts
 * import { linear } from "@gasp/autograd/nn";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const y = linear(tensor([[1, 2]]), tensor([[1, 0], [0, 1], [1, 1]]), tensor([0, 0, 10]));
 * assertEquals([...await (await evaluate(y)).data()], [1, 2, 13]);
 * ```
 *
 * @category Layers
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  for (const one of bias ? [x, weight, bias] : [x, weight]) checkType("linear()", one, ["f32"]);
  const inSize = x.shape.at(-1) ?? 0, outSize = weight.shape[0] ?? 0;
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const product = matmul(reshape(x, [rows, inSize]), transpose(weight));
  return reshape(bias ? add(product, bias) : product, [...x.shape.slice(0, -1), outSize]);
}

/**
 * A multi-layer perceptron: affine maps with an activation after each but the last.
 *
 * @param x `[..., in]`.
 * @param layers Parameters of the affine maps, at least one.
 * @param activation Activation after each layer but the last.
 * @param output Activation after the last layer. Default: none.
 * @returns `[..., out]`.
 *
 * @example
 * ```ts
 * import { initMlp, mlp, randomSource } from "@gasp/autograd/nn";
 * import { gelu, zeros } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const layers = initMlp(randomSource({ seed: 0, stream: "network" }), [2, 32, 32, 1]);
 * assertEquals(mlp(zeros([100, 2]), layers, gelu).shape, [100, 1]);
 * ```
 *
 * @category Layers
 */
export function mlp(
  x: Tensor,
  layers: readonly LinearParams[],
  activation: Activation,
  output: Activation = (y) => y,
): Tensor {
  if (typeof activation !== "function") {
    throw new TypeError(`mlp() needs an activation, a function such as tanh, got ${String(activation)}`);
  }
  return layers.reduce((h, { weight, bias }, i) => {
    const y = linear(h, weight, bias);
    return i + 1 < layers.length ? activation(y) : output(y);
  }, x);
}
