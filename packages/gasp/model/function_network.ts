/**
 * The function network f_θ (section 3.2 of the paper): a small MLP from an encoded coordinate γ(x) to a feature y, with
 * separate weights for each example of a batch.
 * @module
 */
import { add, expandDims, leakyRelu, matmul, scope, tanh, type Tensor, transpose } from "@gasp/tensor";
import { GENERATOR_SLOPE } from "./function_model.ts";

/**
 * One affine layer, with separate weights for each example.
 *
 * @category Models
 */
export interface FunctionLayer {
  /** Weights, `[batch, out, in]`. */
  readonly weight: Tensor;
  /** Biases, `[batch, out]`. */
  readonly bias: Tensor;
}

/**
 * Evaluates the functions of a batch at encoded coordinates. LeakyReLU between layers, tanh at the end (appendix A.1).
 *
 * @param encoding Encoded coordinates, `[points, in]` shared by the batch, or `[batch, points, in]`.
 * @param layers Layers of the functions, at least one.
 * @returns Features in (-1, 1), `[batch, points, out]`.
 *
 * @example One function of one layer at two points
 * ```ts
 * import { functionNetwork } from "@gasp/gasp";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const layers = [{ weight: tensor([[[1, 1]]]), bias: tensor([[0]]) }]; // [functions, out, in], [functions, out]
 * const values = await evaluate(functionNetwork(tensor([[0, 0], [5, 5]]), layers));
 * const [first, second] = await values.data();
 * assertAlmostEquals(first!, 0, 1e-6);
 * assertAlmostEquals(second!, 1, 1e-6);
 * ```
 *
 * @category Models
 */
export function functionNetwork(encoding: Tensor, layers: readonly FunctionLayer[]): Tensor {
  const layer = (x: Tensor, { weight, bias }: FunctionLayer, i: number): Tensor => {
    const input = i === 0 ? x : leakyRelu(x, GENERATOR_SLOPE);
    const output = add(matmul(input, transpose(weight)), expandDims(bias, 1));
    return i === layers.length - 1 ? tanh(output) : output;
  };
  return layers.reduce((x, weights, i) => scope(`function/${i}`, () => layer(x, weights, i)), encoding);
}
