/**
 * Batching rules of movements, reductions and sorts: the same operation on the axes after the batch axis.
 * @module
 */
import { makeNode, type Tensor } from "../graph/tensor.ts";
import type { ReductionKind } from "../ir/kernel.ts";
import { broadcastTo, reshape, transpose } from "../ops/shape/movement.ts";
import { concatenate } from "../ops/shape/concatenate.ts";
import { type BatchContext, type BatchRulesFor, lift } from "./rule.ts";

/** Shifts axes by the batch axis. */
const shifted = (axes: readonly number[]) => axes.map((axis) => axis + 1);

/** A reduction over axes. */
function reduced<P extends ReductionKind>(op: P, { y, params, size }: BatchContext<P>, x: Tensor): Tensor {
  return makeNode<ReductionKind>(op, { axes: shifted(params.axes) }, [x], [size, ...y.shape], y.dtype);
}

/** Primitives with rules in this module. */
export type MovementName =
  | "identity"
  | "reshape"
  | "permute"
  | "broadcast"
  | "slice"
  | "window"
  | "pad"
  | "flip"
  | "concatenate"
  | "sum"
  | "max"
  | "prod"
  | "cumsum"
  | "argsort";

/** Rules by primitive; a single input is always batched. */
export const movementRules: BatchRulesFor<MovementName> = {
  identity: ({ params }, { value: x }) => makeNode("identity", params, [x], x.shape, x.dtype),
  reshape: ({ y, size }, { value: x }) => reshape(x, [size, ...y.shape]),
  permute: ({ params }, { value: x }) => transpose(x, [0, ...shifted(params.axes)]),
  broadcast: ({ y, size }, { value: x }) => broadcastTo(x, [size, ...y.shape]),
  slice: ({ y, params: { starts, steps }, size }, { value: x }) =>
    makeNode("slice", { starts: [0, ...starts], steps: [1, ...steps] }, [x], [size, ...y.shape], y.dtype),
  window: ({ y, params, size }, { value: x }) =>
    makeNode("window", { ...params, axis: params.axis + 1 }, [x], [size, ...y.shape], y.dtype),
  pad: ({ y, params: { low }, size }, { value: x }) =>
    makeNode("pad", { low: [0, ...low] }, [x], [size, ...y.shape], y.dtype),
  flip: ({ params }, { value: x }) => makeNode("flip", { axes: shifted(params.axes) }, [x], x.shape, x.dtype),
  concatenate: ({ params, size }, ...inputs) =>
    concatenate(inputs.map((input) => lift(input, size)), params.axis + 1),
  sum: (context, { value: x }) => reduced("sum", context, x),
  max: (context, { value: x }) => reduced("max", context, x),
  prod: (context, { value: x }) => reduced("prod", context, x),
  cumsum: ({ params }, { value: x }) =>
    makeNode("cumsum", { ...params, axis: params.axis + 1 }, [x], x.shape, x.dtype),
  // The rows of keys may have any number of axes
  argsort: ({ y, params, size }, { value: keys }) =>
    makeNode("argsort", params, [keys], [size, ...y.shape], "i32"),
};
