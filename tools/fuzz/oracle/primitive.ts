/**
 * Evaluates one primitive of a graph on given values by the reference interpreter.
 * @module
 */
import { type DType, placeholder, type Tensor } from "@gasp/tensor";
import { makeNode } from "@gasp/tensor/compiler";
import { interpret } from "../../../packages/tensor/reference/interpret.ts";

/** Values of any type, as doubles. */
export type Values = Float64Array;

/**
 * Returns a function that applies the primitive of a node to other values.
 *
 * @param out Node.
 * @param dtype Type of the result; f32 to compute errors of integers, which do not wrap. Default: that of the node.
 */
export function primitiveOf(out: Tensor, dtype: DType = out.dtype): (...inputs: readonly Values[]) => Values {
  const { op, params, inputs } = out.node;
  const arguments_ = inputs.map((input) => placeholder(input.shape, input.dtype));
  const node = makeNode(op, params as never, arguments_, out.shape, dtype);
  return (...values) =>
    interpret([node], new Map(arguments_.map((argument, i) => [argument, values[i]!])))[0]!;
}
