/**
 * The table of batching rules: one for every primitive with inputs.
 * @module
 */
import { type ElementwiseName, isElementwise } from "../graph/elementwise.ts";
import type { StructuralName } from "../graph/primitives.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { reshape } from "../ops/shape/movement.ts";
import { movementRules } from "./movement.ts";
import { productRules } from "./product.ts";
import { type BatchRule, type BatchRulesFor, type LeafName, lift, moveAxis, type Operand } from "./rule.ts";
import { searchRules } from "./search.ts";

/** One rule per primitive that is not element-wise and has inputs; a missing rule is a type error. */
export type BatchRules = BatchRulesFor<Exclude<StructuralName, LeafName>>;

/** The rules by primitive. */
export const batchRules: BatchRules = {
  ...movementRules,
  ...productRules,
  ...searchRules,
  // The keys of all examples are concatenated
  random({ y, params, size }, keys) {
    const [own, blocks, width] = y.shape as [number, number, number];
    const all = reshape(keys!.value, [size * own, keys!.value.shape[2]!]);
    const drawn = makeNode("random", params, [all], [size * own, blocks, width], y.dtype);
    return reshape(drawn, [size, own, blocks, width]);
  },
  allReduce: ({ params }, { value: x }) => makeNode("allReduce", params, [x], x.shape, x.dtype),
  // The axis of the ranks is the one after the batch axis, so rows lead while they are gathered
  allGather({ y, params, size }, { value: x }) {
    const rows = moveAxis(x, 1, 0), shape = [y.shape[0]!, size, ...y.shape.slice(1)];
    return moveAxis(makeNode("allGather", params, [rows], shape, y.dtype), 1, 0);
  },
};

/**
 * Returns a tensor for all elements of a batch, `[size, ...shape]`.
 *
 * @param y The tensor for one element.
 * @param size Batch size.
 * @param inputs Its inputs, at least one of them batched.
 */
export function batched(y: Tensor, size: number, inputs: readonly Operand[]): Tensor {
  const { op, params } = y.node;
  if (isElementwise(op)) return elementwiseRule(op, y, size, inputs);
  const rule = batchRules[op as keyof BatchRules] as BatchRule<StructuralName>;
  return rule({ y, params, size }, ...inputs);
}

/** Element-wise operations are independent of axes: all inputs are broadcast to the shape of the result. */
function elementwiseRule(op: ElementwiseName, y: Tensor, size: number, inputs: readonly Operand[]): Tensor {
  return makeNode(op, {}, inputs.map((input) => lift(input, size)), [size, ...y.shape], y.dtype);
}
