/**
 * Lowers routines: sums over neighbours and sums of rows have kernels of their own, which read arrays in memory.
 * @module
 */
import { sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Kernel, KernelBuffer, NeighbourKernel } from "../ir/kernel.ts";
import { baseOf, segmentSource } from "./materialise.ts";

/** A kernel with the tensor of each of its buffer slots. */
export interface Lowered {
  readonly kernel: Kernel;
  readonly slots: readonly Tensor[];
}

/**
 * The kernel of a routine.
 *
 * @param tensor A neighbour sum, one of its adjoints, or a segment sum.
 */
export function lowerRoutine(tensor: Tensor): Lowered {
  const { node } = tensor;
  const { source, repeat } = node.op === "segmentSum"
    ? segmentSource(tensor)
    : { source: node.inputs[0]!, repeat: 1 };
  const operands = routineOperands(node.op).map((i) => baseOf(i === 0 ? source : node.inputs[i]!));
  const slots = [...operands, tensor];
  const buffers: KernelBuffer[] = slots.map(({ dtype }) => ({
    dtype,
    access: "read",
  }));
  buffers[operands.length] = { dtype: tensor.dtype, access: "write" };
  const shared = { name: node.op, buffers };
  if (node.op === "segmentSum") {
    const segments = tensor.shape[0]!;
    const width = sizeOf(tensor.shape.slice(1));
    return { kernel: { kind: "segmentSum", ...shared, segments, width, repeat }, slots };
  }
  const kind = node.op as NeighbourKernel["kind"];
  const [first, second] = node.inputs as [Tensor, Tensor];
  const [features, weights, sums] = {
    neighbourSum: [first, second, tensor] as const,
    neighbourWeights: [first, tensor, second] as const,
    neighbourFeatures: [tensor, first, second] as const,
  }[kind];
  const [points, batch, channels] = features.shape as [number, number, number];
  const [outputs, neighbours, mid] = weights.shape as [number, number, number];
  if (sums.shape[0] !== outputs) throw new Error(`${kind} got sums of another number of outputs`);
  return { kernel: { kind, ...shared, points, outputs, neighbours, batch, channels, mid }, slots };
}

/** Which inputs of a routine's node its kernel reads, in the order of its buffers. */
function routineOperands(op: string): readonly number[] {
  if (op === "segmentSum") return [0, 2, 3];
  return op === "neighbourFeatures" ? [0, 1, 3, 4] : [0, 1, 2];
}
