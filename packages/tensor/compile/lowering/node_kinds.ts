/**
 * Kinds of nodes, as the compiler distinguishes them: sources, anchors of kernels, reductions, opaque operations.
 * @module
 */
import type { GraphNode, Tensor } from "../../graph/tensor.ts";
import type { ReductionKind } from "../../ir/kernel.ts";

/**
 * Returns the tensor whose contiguous memory this one aliases: reshapes are free.
 *
 * @param tensor Any tensor.
 */
export function baseOf(tensor: Tensor): Tensor {
  let base = tensor;
  while (base.node.op === "reshape") base = base.node.inputs[0]!;
  return base;
}

/** Returns whether the tensor exists before the program runs. @param tensor Any tensor. */
export function isSource(tensor: Tensor): boolean {
  return tensor.node.op === "data" || tensor.node.op === "input";
}

const ANCHORS = new Set([
  "sum",
  "max",
  "prod",
  "concatenate",
  "cumsum",
  "argsort",
  "matmul",
  "segmentSum",
  "neighbourSum",
  "neighbourWeights",
  "neighbourFeatures",
  "knn",
  "countWithinRadius",
  "farthestPointSample",
  "invertIndex",
  "random",
  "allReduce",
  "allGather",
]);

/** Returns whether a node is a reduction over axes. @param node Any node. */
export function isReduction(node: GraphNode): node is Extract<GraphNode, { readonly op: ReductionKind }> {
  return node.op === "sum" || node.op === "max" || node.op === "prod";
}

/** Returns whether a tensor anchors a kernel: reductions, products, opaque operations. @param tensor Any tensor. */
export function isAnchor(tensor: Tensor): boolean {
  return ANCHORS.has(tensor.node.op);
}

/** Inputs that an opaque operation's kernel reads, in buffer order; the others are only inputs for the gradient. */
export function opaqueInputs(op: string): readonly number[] {
  switch (op) {
    case "segmentSum":
      return [0, 2, 3];
    case "neighbourFeatures":
      return [0, 1, 3, 4];
    case "neighbourSum":
    case "neighbourWeights":
      return [0, 1, 2];
    case "knn":
    case "countWithinRadius":
      return [0, 1, 2, 3];
    case "farthestPointSample":
      return [0, 1];
    case "invertIndex":
    case "random":
    case "cumsum":
    case "argsort":
    case "allReduce":
    case "allGather":
      return [0];
    default:
      return [];
  }
}

/**
 * Returns the rows that a segment sum reads. Rows repeated by a broadcast along the last axis of its table, as in the
 * adjoint of a mean over neighbours, are read from before the broadcast.
 *
 * @param tensor The sum.
 * @returns The rows, and their number of repeats.
 */
export function segmentSource(tensor: Tensor): { source: Tensor; repeat: number } {
  const [source, index] = tensor.node.inputs as [Tensor, Tensor];
  if (source.node.op !== "broadcast" || index.rank === 0) return { source, repeat: 1 };
  const rows = source.node.inputs[0]!, axis = index.rank - 1;
  const repeats = source.shape.every((
    size,
    i,
  ) => (i === axis ? rows.shape[i] === 1 : rows.shape[i] === size));
  return repeats ? { source: rows, repeat: source.shape[axis]! } : { source, repeat: 1 };
}
