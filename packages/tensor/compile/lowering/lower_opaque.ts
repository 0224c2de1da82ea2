/**
 * Lowers opaque operations: neighbour sums, segment sums and point searches have dedicated kernels that read whole
 * arrays.
 * @module
 */
import { sizeOf } from "../../graph/shape.ts";
import type { GraphNode, Tensor } from "../../graph/tensor.ts";
import type { Kernel, KernelBase, KernelBuffer, NeighbourKernel } from "../../ir/kernel.ts";
import { lowerRandom } from "./lower_random.ts";
import { baseOf, opaqueInputs, segmentSource } from "./node_kinds.ts";

/** A kernel with the tensor of each of its buffer slots. */
export interface Lowered {
  readonly kernel: Kernel;
  readonly slots: readonly Tensor[];
  /** Scopes of the model that it computes, for profiles. */
  readonly scopes?: readonly string[];
}

/**
 * Lowers an opaque operation to its kernel.
 *
 * @param tensor Result of an opaque operation.
 */
export function lowerOpaque(tensor: Tensor): Lowered {
  const { node } = tensor;
  const { source, repeat } = node.op === "segmentSum"
    ? segmentSource(tensor)
    : { source: node.inputs[0]!, repeat: 1 };
  const operands = opaqueInputs(node.op).map((i) => baseOf(i === 0 ? source : node.inputs[i]!));
  const slots = [...operands, tensor];
  const buffers: KernelBuffer[] = slots.map(({ dtype }) => ({ dtype, access: "read" }));
  buffers[operands.length] = { dtype: tensor.dtype, access: "write" };
  return { kernel: kernelOf(tensor, { name: node.op, buffers }, repeat), slots };
}

function kernelOf(tensor: Tensor, base: KernelBase, repeat: number): Kernel {
  const { node } = tensor;
  switch (node.op) {
    case "segmentSum": {
      const [segments, ...rest] = tensor.shape;
      return { kind: node.op, ...base, segments: segments!, width: sizeOf(rest), repeat };
    }
    case "knn":
    case "countWithinRadius":
      return { ...base, ...searched(node.inputs), queries: node.inputs[2]!.shape[0]!, ...searchParams(node) };
    case "farthestPointSample":
      return { kind: node.op, ...base, ...searched(node.inputs), ...node.params };
    case "cumsum": {
      const { axis, reverse } = node.params, { shape, dtype } = tensor;
      const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
      return { kind: node.op, ...base, dtype, outer, length: shape[axis]!, inner, reverse };
    }
    case "argsort": {
      const length = node.inputs[0]!.shape.at(-1)!, { count } = node.params;
      return { kind: node.op, ...base, rows: tensor.size / count, length, count };
    }
    case "invertIndex":
      return { kind: node.op, ...base, entries: node.inputs[0]!.size, rows: node.params.rows };
    case "allReduce":
    case "allGather":
      return { kind: node.op, ...base, size: node.inputs[0]!.size, ranks: node.params.ranks };
    case "random":
      return lowerRandom(tensor, node.params, base);
    case "neighbourSum":
    case "neighbourWeights":
    case "neighbourFeatures":
      return { kind: node.op, ...base, ...neighbourSizes(tensor, node.op) };
    default:
      throw new Error(`${node.op} is not an opaque operation`);
  }
}

type SearchNode = Extract<GraphNode, { readonly op: "knn" | "countWithinRadius" }>;

function searchParams(node: SearchNode) {
  return node.op === "knn"
    ? { kind: node.op, ...node.params } as const
    : { kind: node.op, ...node.params } as const;
}

/** Sizes of the searched points. */
function searched([points, starts]: readonly Tensor[]) {
  return { points: points!.shape[0]!, dimension: points!.shape[1]!, clouds: starts!.size - 1 };
}

function neighbourSizes(tensor: Tensor, kind: NeighbourKernel["kind"]) {
  const [first, second] = tensor.node.inputs as [Tensor, Tensor];
  const [features, weights, sums] = {
    neighbourSum: [first, second, tensor] as const,
    neighbourWeights: [first, tensor, second] as const,
    neighbourFeatures: [tensor, first, second] as const,
  }[kind];
  const [points, batch, channels] = features.shape as [number, number, number];
  const [outputs, neighbours, mid] = weights.shape as [number, number, number];
  if (sums.shape[0] !== outputs) {
    throw new Error(`${kind} expects sums for ${outputs} outputs, got ${sums.shape[0]}`);
  }
  return { points, outputs, neighbours, batch, channels, mid };
}
