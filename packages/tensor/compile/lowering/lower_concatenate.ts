/**
 * Lowers concatenations: one loop per part, which computes it directly into the result.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { LoopKernel } from "../../ir/kernel.ts";
import { addAffine, constantAffine, linearise } from "./affine.ts";
import { Emitter, identityIndex, Slots, withSplits } from "./emit.ts";
import type { Lowered } from "./lower_opaque.ts";

/** Maximum number of parts of a kernel: each of its loops is passed the buffers of all. */
const MAX_PARTS = 64;

/**
 * Lowers a concatenation.
 *
 * @param whole Result of the concatenation.
 * @param stored All stored tensors of the program.
 * @returns Kernels that write disjoint parts of the result.
 * @throws {MustStore} If an intermediate tensor must be stored.
 */
export function lowerConcatenate(whole: Tensor, stored: ReadonlySet<Tensor>): Lowered[] {
  const { node } = whole;
  if (node.op !== "concatenate") throw new Error(`${node.op} has no parts`);
  const kernels: Lowered[] = [];
  let start = 0;
  for (let first = 0; first < node.inputs.length; first += MAX_PARTS) {
    const parts = node.inputs.slice(first, first + MAX_PARTS);
    kernels.push(lowerParts(whole, node.params.axis, parts, start, stored));
    for (const { shape } of parts) start += shape[node.params.axis]!;
  }
  return kernels;
}

/** Lowers consecutive parts, the first of which starts at an index along the axis. */
function lowerParts(
  whole: Tensor,
  axis: number,
  inputs: readonly Tensor[],
  begin: number,
  stored: ReadonlySet<Tensor>,
): Lowered {
  const slots = new Slots(), out = slots.write(whole);
  const names = new Set<string>();
  let start = begin;
  const loops = inputs.map((part) => {
    const long = part.shape.filter((size) => size !== 1), first = start;
    start += part.shape[axis]!;
    return withSplits(long, (space, dims) => {
      const axesOf = long.map((_, d) => dims.flatMap((dim, i) => (dim === d ? [i] : [])));
      const emitter = new Emitter(space.sizes, slots, stored, new Set());
      const at = identityIndex(part, axesOf, space.sizes);
      const value = emitter.emit(part, at);
      const index = at.index.with(
        axis,
        addAffine(at.index[axis]!, constantAffine(1, space.sizes.length), first),
      );
      emitter.name.split("+").forEach((name) => name && names.add(name));
      const address = linearise(index, whole.shape, space.sizes.length);
      return { map: space.sizes, stores: [{ buffer: out, address, value }] };
    });
  });
  const buffers = slots.describe(), name = [...names, "concatenate"].join("+");
  const parts = loops.map((loop): LoopKernel => ({
    kind: "loop",
    name,
    buffers,
    reduce: [],
    accumulators: [],
    ...loop,
  }));
  return { kernel: { kind: "concatenate", name, buffers, parts }, slots: slots.tensors };
}
