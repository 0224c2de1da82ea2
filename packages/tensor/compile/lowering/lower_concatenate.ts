/**
 * Lowers concatenations: one loop per part, which computes it directly into the result.
 * @module
 */
import type { Tensor } from "../../graph/tensor.ts";
import type { LoopKernel } from "../../ir/kernel.ts";
import { addAffine, constantAffine, linearise } from "./affine.ts";
import { Emitter, identityIndex, Slots, withSplits } from "./emit.ts";
import type { Lowered } from "./lower_opaque.ts";

/**
 * Lowers a concatenation to its kernel.
 *
 * @param whole Result of the concatenation.
 * @param stored All stored tensors of the program.
 * @throws {MustStore} If an intermediate tensor must be stored.
 */
export function lowerConcatenate(whole: Tensor, stored: ReadonlySet<Tensor>): Lowered {
  const { node } = whole;
  if (node.op !== "concatenate") throw new Error(`${node.op} has no parts`);
  const { axis } = node.params, slots = new Slots(), out = slots.write(whole);
  const names = new Set<string>();
  let start = 0;
  const loops = node.inputs.map((part) => {
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
