/**
 * From a graph to an ordered list of kernels: simplify, choose stored tensors, fuse, lower; repeated with additional
 * constraints if a tensor cannot be lowered.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { MustStore } from "./lowering/affine.ts";
import { fuse } from "./lowering/fuse.ts";
import { CannotJoin, lowerGroup } from "./lowering/lower.ts";
import type { Lowered } from "./lowering/lower_opaque.ts";
import { buffersAtOnce } from "../ir/rewrite.ts";
import { baseOf, chooseStored, isSource } from "./lowering/materialise.ts";
import { simplify } from "./lowering/simplify.ts";
import { expandConvolutions } from "./lowering/convolution.ts";

/** Kernels in execution order. */
export interface Schedule {
  readonly kernels: readonly Lowered[];
  /** For each output, the stored tensor that holds it; a source if there is nothing to compute. */
  readonly outputs: readonly Tensor[];
}

/**
 * Schedules a graph.
 *
 * @param outputs Tensors to compute.
 * @param maxBuffers Maximum number of buffers per kernel.
 */
export function schedule(outputs: readonly Tensor[], maxBuffers: number): Schedule {
  const simple = simplify(expandConvolutions(outputs));
  const order = topologicalOrder(simple);
  const bases = simple.map(baseOf);
  const required = new Set<Tensor>();
  const alone = new Set<Tensor>();
  while (true) {
    const stored = chooseStored(order, simple, required);
    const wanted = new Set(bases.filter((base) => !isSource(base)));
    const groups = fuse(order, stored, wanted, { maxBuffers, alone });
    try {
      const kernels = groups.filter((group) => group.stores.length > 0).map((group) =>
        lowerGroup(group, stored)
      );
      const wide = kernels.findIndex(({ kernel }) => buffersAtOnce(kernel) > maxBuffers);
      if (wide < 0) return { kernels, outputs: bases };
      required.add(
        largestPart(groups.filter((group) => group.stores.length > 0)[wide]!.members.at(-1)!, stored),
      );
    } catch (error) {
      if (error instanceof MustStore) required.add(error.tensor);
      else if (error instanceof CannotJoin) error.members.forEach((member) => alone.add(member));
      else throw error;
    }
  }
}

/** Finds where to cut an expression that reads too many buffers: its inner tensor with the most loads below it. */
function largestPart(root: Tensor, stored: ReadonlySet<Tensor>): Tensor {
  const loads = new Map<Tensor, Set<Tensor>>();
  const inner = topologicalOrder([root], (t) => t !== root && stored.has(t)).filter((t) =>
    t === root || !stored.has(t)
  );
  for (const tensor of inner) {
    const below = new Set<Tensor>();
    for (const input of tensor.node.inputs) {
      if (stored.has(input)) below.add(input);
      else loads.get(input)?.forEach((load) => below.add(load));
    }
    loads.set(tensor, below);
  }
  const parts = inner.filter((t) => t !== root && baseOf(t) === t);
  const total = loads.get(root)!.size;
  const best = parts.reduce<Tensor | undefined>((known, tensor) => {
    const size = loads.get(tensor)!.size;
    return size < total && size > (known ? loads.get(known)!.size : 1) ? tensor : known;
  }, undefined);
  if (!best) throw new Error(`a kernel needs ${total} buffers at once, more than the device allows`);
  return best;
}
