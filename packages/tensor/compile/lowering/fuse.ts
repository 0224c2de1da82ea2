/**
 * Groups stored tensors into kernels: element-wise results are fused into the kernel that computes their inputs (an
 * epilogue), and reductions over one space share a pass.
 * @module
 */
import { isElementwise } from "../../graph/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Access, Candidates, type Draft, type GroupKind, sameSpace } from "./fuse_candidates.ts";
import { inlineSize, type KernelLimits } from "./inline_size.ts";
import { isAnchor, isReduction, isSource, opaqueInputs } from "./node_kinds.ts";

/** Tensors computed by one kernel. */
export interface Group {
  readonly kind: GroupKind;
  /** In topological order; the first one determines the kind and the space of the group. */
  readonly members: Tensor[];
  /** Members that are written to memory: those read by other groups, and outputs. */
  readonly stores: Tensor[];
}

/** Options of {@link fuse}. */
export interface FuseOptions {
  /** Limits of a kernel. */
  readonly limits: KernelLimits;
  /** Tensors that must not be fused into another tensor's kernel. */
  readonly alone: ReadonlySet<Tensor>;
}

/**
 * Groups the stored tensors.
 *
 * @param order The graph in topological order.
 * @param stored Stored tensors, sources included.
 * @param outputs Tensors (not reshapes) that must be in memory at the end.
 * @param options Limits and exceptions.
 * @returns Groups in a valid execution order.
 */
export function fuse(
  order: readonly Tensor[],
  stored: ReadonlySet<Tensor>,
  outputs: ReadonlySet<Tensor>,
  options: FuseOptions,
): Group[] {
  const fuser = new Fuser(order, stored, outputs, options);
  for (const tensor of order) if (stored.has(tensor) && !isSource(tensor)) fuser.place(tensor);
  return fuser.finish();
}

/** Returns the group of one tensor by itself. */
export function groupOf(tensor: Tensor): Group {
  return { kind: kindOf(tensor), members: [tensor], stores: [tensor] };
}

/** Dependencies followed to find a cycle: beyond, there might be one. */
const MAX_VISITS = 2048;

class Fuser {
  readonly #drafts: Draft[] = [];
  /** All drafts, each after those that it reads from. */
  readonly #ranked: Draft[] = [];
  readonly #owner = new Map<Tensor, Draft>();
  readonly #stored: ReadonlySet<Tensor>;
  readonly #options: FuseOptions;
  readonly #candidates = new Candidates();

  readonly #outputs: ReadonlySet<Tensor>;
  /** Number of stored tensors outside of its kernel that read each stored tensor. */
  readonly #readers = new Map<Tensor, number>();
  readonly #reads = new Map<Tensor, Map<Tensor, Access>>();

  constructor(
    order: readonly Tensor[],
    stored: ReadonlySet<Tensor>,
    outputs: ReadonlySet<Tensor>,
    options: FuseOptions,
  ) {
    this.#stored = stored;
    this.#outputs = outputs;
    this.#options = options;
    for (const tensor of order) if (stored.has(tensor)) this.#readers.set(tensor, 0);
    for (const tensor of this.#readers.keys()) {
      const reads = this.#readsOf(tensor);
      this.#reads.set(tensor, reads);
      for (const read of reads.keys()) this.#readers.set(read, this.#readers.get(read)! + 1);
    }
  }

  place(tensor: Tensor): void {
    const reads = this.#reads.get(tensor)!;
    const size = inlineSize(tensor, this.#stored, this.#options.limits.size);
    const host = this.#options.alone.has(tensor) ? undefined : this.#hostFor(tensor, reads, size);
    const draft = host ?? this.#begin(tensor);
    draft.stores = this.#storesWith(draft, tensor, reads);
    draft.members.push(tensor);
    draft.size += size;
    this.#rankAfter(draft, reads);
    for (const [read, access] of reads) {
      if (this.#owner.get(read) === draft) this.#readers.set(read, this.#readers.get(read)! - 1);
      else {
        const merged = merge(draft.reads.get(read), access);
        draft.reads.set(read, merged);
        this.#candidates.add(draft, read, merged);
      }
    }
    this.#owner.set(tensor, draft);
  }

  #begin(tensor: Tensor): Draft {
    const draft: Draft = {
      kind: kindOf(tensor),
      members: [],
      reads: new Map(),
      position: this.#drafts.length,
      rank: this.#ranked.length,
      stores: 0,
      size: 0,
    };
    this.#drafts.push(draft);
    this.#ranked.push(draft);
    return draft;
  }

  /** Moves what a kernel now reads, and does not depend on it, to lower ranks than that of the kernel. */
  #rankAfter(draft: Draft, reads: ReadonlyMap<Tensor, Access>): void {
    const moved = new Set<Draft>(), stack: Draft[] = [];
    const enter = (read: Tensor) => {
      const owner = this.#owner.get(read);
      if (owner && owner.rank > draft.rank && !moved.has(owner)) stack.push(owner);
    };
    let last = draft.rank;
    reads.forEach((_, read) => enter(read));
    while (stack.length > 0) {
      const current = stack.pop()!;
      if (moved.has(current)) continue;
      moved.add(current);
      last = Math.max(last, current.rank);
      current.reads.forEach((_, read) => enter(read));
    }
    if (moved.size === 0) return;
    const first = draft.rank, between = this.#ranked.slice(first, last + 1);
    const others = between.filter((other) => !moved.has(other));
    [...between.filter((other) => moved.has(other)), ...others].forEach((other, i) => {
      other.rank = first + i;
      this.#ranked[first + i] = other;
    });
  }

  /** Stored tensors that the expression of a tensor reads. */
  #readsOf(tensor: Tensor): Map<Tensor, Access> {
    const reads = new Map<Tensor, Access>();
    const seen = new Map<Tensor, Access>();
    const stack: [Tensor, Access][] = [];
    const push = (input: Tensor, access: Access) => {
      if (seen.get(input) === "other" || seen.get(input) === access) return;
      seen.set(input, access);
      if (this.#stored.has(input)) reads.set(input, merge(reads.get(input), access));
      else stack.push([input, access]);
    };
    const enter = (node: Tensor, access: Access) => {
      const same = isElementwise(node.node.op) || isSqueeze(node);
      node.node.inputs.forEach((input, i) => {
        if (usesInput(node, i)) push(input, same ? access : "other");
      });
    };
    enter(tensor, "pointwise");
    while (stack.length > 0) enter(...stack.pop()!);
    return reads;
  }

  /** Finds a kernel that the tensor can be fused into. */
  #hostFor(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>, size: number): Draft | undefined {
    if (isAnchor(tensor) && !isReduction(tensor.node)) return undefined;
    const candidates = isAnchor(tensor)
      ? this.#siblings(tensor, reads)
      : [...this.#producers(tensor, reads), ...this.#companions(tensor, reads)];
    const fitting = candidates.filter((draft) => this.#fits(draft, tensor, reads, size));
    // Most often the first will do; a search for cycles takes longer the earlier a kernel began
    return this.#firstWithoutCycle(fitting.slice(0, 1), reads) ??
      this.#firstWithoutCycle(fitting.slice(1), reads);
  }

  /**
   * Kernels over the tensor's own space that compute one of its inputs at the same index, and none at other indices.
   */
  #producers(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const drafts = new Set<Draft>(), unsuitable = new Set<Draft>();
    for (const [read, access] of reads) {
      const draft = this.#owner.get(read);
      if (!draft) continue;
      if (access === "other") unsuitable.add(draft);
      else if (
        draft.kind !== "opaque" && draft.kind !== "concatenate" && sameSpace(draft.members[0]!, tensor)
      ) drafts.add(draft);
    }
    return [...drafts].filter((draft) => !unsuitable.has(draft)).sort((a, b) => b.position - a.position);
  }

  /** Element-wise kernels over the same space that read something this one reads, both at the same index. */
  #companions(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const shared: Tensor[] = [], owners = new Set<Draft | undefined>();
    for (const [read, access] of reads) {
      if (access === "pointwise") shared.push(read);
      else owners.add(this.#owner.get(read));
    }
    return this.#candidates.maps(tensor, shared).filter((draft) => !owners.has(draft));
  }

  /** Reductions over the same space that share an input with this one. */
  #siblings(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const owners = new Set(Array.from(reads.keys(), (read) => this.#owner.get(read)));
    return this.#candidates.reductions(tensor, reads.keys()).filter((draft) => !owners.has(draft));
  }

  /** Returns whether the kernel stays within its limits with the tensor added. */
  #fits(draft: Draft, tensor: Tensor, reads: ReadonlyMap<Tensor, Access>, size: number): boolean {
    const { limits } = this.#options;
    if (draft.size + size > limits.size) return false;
    let buffers = draft.reads.size + this.#storesWith(draft, tensor, reads);
    for (const read of reads.keys()) {
      if (this.#owner.get(read) !== draft && !draft.reads.has(read)) buffers++;
    }
    return buffers <= limits.buffers;
  }

  /** Returns the number of members that the kernel writes with the tensor added. */
  #storesWith(draft: Draft, tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): number {
    let count = draft.stores + (this.#isStored(tensor) ? 1 : 0);
    for (const read of reads.keys()) {
      const isLast = this.#owner.get(read) === draft && this.#readers.get(read) === 1;
      if (isLast && !this.#outputs.has(read)) count--;
    }
    return count;
  }

  /** Returns whether a tensor is needed outside of its kernel. */
  #isStored(tensor: Tensor): boolean {
    return this.#outputs.has(tensor) || this.#readers.get(tensor)! > 0;
  }

  /** Returns the first kernel that no input of the tensor depends on, other than as a member of it. */
  #firstWithoutCycle(drafts: readonly Draft[], reads: ReadonlyMap<Tensor, Access>): Draft | undefined {
    if (drafts.length === 0) return undefined;
    const least = drafts.reduce((least, { rank }) => Math.min(least, rank), Infinity);
    const seen = new Set<Draft>(), reached = new Set<Draft>();
    const stack: Draft[] = [];
    const enter = (read: Tensor) => {
      const owner = this.#owner.get(read);
      // What has a lower rank than a kernel does not depend on it
      if (owner && owner.rank >= least) stack.push(owner);
    };
    reads.forEach((_, read) => enter(read));
    while (stack.length > 0) {
      if (seen.size >= MAX_VISITS) return undefined;
      const current = stack.pop()!;
      if (seen.has(current)) continue;
      seen.add(current);
      for (const read of current.reads.keys()) {
        const owner = this.#owner.get(read);
        if (owner) reached.add(owner);
        enter(read);
      }
    }
    return drafts.find((draft) => !reached.has(draft));
  }

  finish(): Group[] {
    const groups = this.#runOrder().map((draft): Group => {
      const stores = draft.members.filter((member) => this.#isStored(member));
      return { kind: draft.kind, members: draft.members, stores };
    });
    return groups.filter(({ stores }) => stores.length > 0);
  }

  /** Depth first from the first draft on, so that results are used soon after they are computed. */
  #runOrder(): Draft[] {
    const done = new Set<Draft>(), entered = new Set<Draft>();
    const result: Draft[] = [];
    for (const start of this.#drafts) {
      const stack: { draft: Draft; open: boolean }[] = [{ draft: start, open: false }];
      while (stack.length > 0) {
        const { draft, open } = stack.pop()!;
        if (done.has(draft)) continue;
        if (open) {
          done.add(draft);
          result.push(draft);
          continue;
        }
        if (entered.has(draft)) throw new Error("kernels that need each other's results were fused");
        entered.add(draft);
        stack.push({ draft, open: true });
        for (const read of draft.reads.keys()) {
          const owner = this.#owner.get(read);
          if (owner && !done.has(owner)) stack.push({ draft: owner, open: false });
        }
      }
    }
    return result;
  }
}

function merge(known: Access | undefined, access: Access): Access {
  return known === "other" ? known : access;
}

function kindOf(tensor: Tensor): GroupKind {
  if (tensor.node.op === "matmul") return "gemm";
  if (isReduction(tensor.node)) return "reduce";
  if (tensor.node.op === "concatenate") return "concatenate";
  return isAnchor(tensor) ? "opaque" : "map";
}

/** Whether the kernel reads an input: the tables of gathers and segment sums are only inputs for the gradient. */
function usesInput(tensor: Tensor, input: number): boolean {
  if (tensor.node.op === "gather") return input < 2;
  return kindOf(tensor) !== "opaque" || opaqueInputs(tensor.node.op).includes(input);
}

/** A reshape that only adds or drops axes of size 1. */
function isSqueeze(tensor: Tensor): boolean {
  return tensor.node.op === "reshape" && sameSpace(tensor, tensor.node.inputs[0]!);
}
