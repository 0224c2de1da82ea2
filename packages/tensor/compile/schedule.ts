/**
 * From a graph to an ordered list of kernels: simplify, choose stored tensors, fuse, lower; repeated with additional
 * constraints for all tensors that cannot be lowered.
 * @module
 */
import { isElementwise } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { MustStore } from "./lowering/affine.ts";
import { fuse, type Group, groupOf } from "./lowering/fuse.ts";
import { CannotJoin, lowerGroup } from "./lowering/lower.ts";
import type { Lowered } from "./lowering/lower_opaque.ts";
import { buffersAtOnce } from "../ir/rewrite.ts";
import { MAX_KERNEL_SIZE } from "./lowering/inline_size.ts";
import { chooseStored } from "./lowering/materialise.ts";
import { baseOf, isSource } from "./lowering/node_kinds.ts";
import { exchangesInOrder, improveExchanges } from "./lowering/exchanges.ts";
import { orderExchanges } from "./exchange_order.ts";
import { simplify } from "./lowering/simplify.ts";
import { expandConvolutions } from "./lowering/convolution.ts";

/** Kernels in execution order. */
export interface Schedule {
  readonly kernels: readonly Lowered[];
  /** For each output, the stored tensor that holds it; a source if there is nothing to compute. */
  readonly outputs: readonly Tensor[];
  /** Work of the search for it. */
  readonly effort: ScheduleEffort;
}

/** Work of scheduling, which must stay proportional to the graph. */
export interface ScheduleEffort {
  /** Number of times that all kernels were chosen. */
  readonly passes: number;
  /** Number of times that a kernel was lowered. */
  readonly lowerings: number;
}

/**
 * Schedules a graph.
 *
 * @param outputs Tensors to compute.
 * @param maxBuffers Maximum number of buffers per kernel.
 * @param isFused Whether operations are fused; if not, each is a kernel, but for intermediates beyond memory.
 */
export function schedule(outputs: readonly Tensor[], maxBuffers: number, isFused: boolean = true): Schedule {
  const simple = improveExchanges(simplify(expandConvolutions(outputs)));
  const order = topologicalOrder(simple);
  const bases = simple.map(baseOf);
  const wanted = new Set(bases.filter((base) => !isSource(base)));
  const limits = { buffers: maxBuffers, size: MAX_KERNEL_SIZE };
  const required = new Set<Tensor>(isFused ? [] : order.filter(isStorable));
  const alone = new Set<Tensor>(isFused ? [] : order);
  let passes = 0, lowerings = 0;
  while (true) {
    const stored = chooseStored(order, simple, required, limits);
    const pass = new Pass(stored, maxBuffers);
    for (const group of fuse(order, stored, wanted, { limits, alone })) pass.lower(group);
    passes++;
    lowerings += pass.lowerings;
    if (pass.succeeded) {
      const kernels = orderExchanges(pass.kernels, exchangesInOrder(simple));
      return { kernels, outputs: bases, effort: { passes, lowerings } };
    }
    for (const tensor of pass.required) required.add(tensor);
    for (const tensor of pass.alone) alone.add(tensor);
  }
}

/** Elements of the largest intermediate that is stored only because nothing is fused. */
const MOST_STORED = 2 ** 26;

function isStorable({ node, size }: Tensor): boolean {
  return isElementwise(node.op) && size <= MOST_STORED;
}

/** Lowers the groups of one choice of stored tensors, and collects everything that has to be chosen otherwise. */
class Pass {
  readonly kernels: Lowered[] = [];
  /** Tensors that must be stored. */
  readonly required = new Set<Tensor>();
  /** Tensors that must not be fused into another tensor's kernel. */
  readonly alone = new Set<Tensor>();
  lowerings = 0;
  readonly #stored: Set<Tensor>;
  readonly #maxBuffers: number;

  constructor(stored: Set<Tensor>, maxBuffers: number) {
    this.#stored = stored;
    this.#maxBuffers = maxBuffers;
  }

  get succeeded(): boolean {
    return this.required.size === 0 && this.alone.size === 0;
  }

  /** Lowers a group and, where one of its inputs must be stored, the kernel of that input. */
  lower(group: Group): void {
    const pending = [group];
    while (pending.length > 0) {
      const next = pending.pop()!;
      const found = this.#attempt(next);
      if (!found) continue;
      const base = baseOf(found);
      if (this.#stored.has(base)) {
        next.members.slice(1).forEach((member) => this.alone.add(member));
        continue;
      }
      // As if it were stored, to find all that its kernel and the rest of this one need
      this.#stored.add(base);
      this.required.add(found);
      pending.push(next, groupOf(base));
    }
  }

  /** Lowers one group. @returns The tensor that must be stored for it, if there is one. */
  #attempt(group: Group): Tensor | undefined {
    this.lowerings++;
    try {
      for (const lowered of lowerGroup(group, this.#stored)) {
        this.kernels.push(lowered);
        if (buffersAtOnce(lowered.kernel) > this.#maxBuffers) {
          this.required.add(largestPart(group.members.at(-1)!, this.#stored));
        }
      }
    } catch (error) {
      if (error instanceof MustStore) return error.tensor;
      if (!(error instanceof CannotJoin)) throw error;
      error.members.forEach((member) => this.alone.add(member));
    }
    return undefined;
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
