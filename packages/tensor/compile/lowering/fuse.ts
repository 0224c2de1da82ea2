/**
 * Groups stored tensors into kernels: element-wise results join the kernel that makes what they read (an epilogue), and
 * reductions over one space share a pass.
 * @module
 */
import { isElementwise } from "../../graph/elementwise.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { isReduction, isRoutine, isSource, routineInputs } from "./materialise.ts";

/** What kind of kernel computes a group. */
export type GroupKind = "map" | "reduce" | "gemm" | "concatenate" | "routine";

/** Tensors computed by one kernel. */
export interface Group {
  readonly kind: GroupKind;
  /** In topological order; the first one gave the group its kind and its space. */
  readonly members: Tensor[];
  /** Members that are written to memory: those read by other groups, and outputs. */
  readonly stores: Tensor[];
  /** Stored tensors that it reads, its own members left out. */
  readonly reads: ReadonlySet<Tensor>;
}

/** How a tensor depends on a stored one: at the same index only, or in any other way. */
type Access = "pointwise" | "other";

/** Limits and exceptions of fusion. */
export interface FuseOptions {
  /** Most buffers that one kernel may touch. */
  readonly maxBuffers: number;
  /** Tensors that must not join a kernel begun by another one. */
  readonly alone: ReadonlySet<Tensor>;
}

interface Draft {
  readonly kind: GroupKind;
  readonly members: Tensor[];
  readonly reads: Map<Tensor, Access>;
  /** Position among all drafts, for a stable order. */
  readonly position: number;
}

/**
 * Groups the stored tensors.
 *
 * @param order The graph in topological order.
 * @param stored Stored tensors, sources included.
 * @param outputs Tensors (no reshapes) that must be in memory at the end.
 * @param options Limits.
 * @returns Groups in an order in which they can run.
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

class Fuser {
  readonly #drafts: Draft[] = [];
  readonly #owner = new Map<Tensor, Draft>();
  readonly #stored: ReadonlySet<Tensor>;
  readonly #options: FuseOptions;

  readonly #outputs: ReadonlySet<Tensor>;
  /** Stored tensors that read each stored tensor. */
  readonly #readers = new Map<Tensor, Tensor[]>();
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
    for (const tensor of order) if (stored.has(tensor)) this.#readers.set(tensor, []);
    for (const tensor of this.#readers.keys()) {
      const reads = this.#readsOf(tensor);
      this.#reads.set(tensor, reads);
      for (const read of reads.keys()) this.#readers.get(read)!.push(tensor);
    }
  }

  place(tensor: Tensor): void {
    const reads = this.#reads.get(tensor)!;
    const host = this.#options.alone.has(tensor) ? undefined : this.#hostFor(tensor, reads);
    const draft: Draft = host ??
      { kind: kindOf(tensor), members: [], reads: new Map(), position: this.#drafts.length };
    if (!host) this.#drafts.push(draft);
    draft.members.push(tensor);
    for (const [read, access] of reads) {
      if (this.#owner.get(read) !== draft) draft.reads.set(read, merge(draft.reads.get(read), access));
    }
    this.#owner.set(tensor, draft);
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

  /** A kernel that the tensor may join. */
  #hostFor(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft | undefined {
    if (isRoutine(tensor) && !isReduction(tensor.node)) return undefined;
    const candidates = isRoutine(tensor)
      ? this.#siblings(tensor, reads)
      : [...this.#producers(tensor, reads), ...this.#companions(tensor, reads)];
    return candidates.find((draft) => this.#fits(draft, tensor, reads) && !this.#makesCycle(draft, reads));
  }

  /** Kernels over the tensor's own space that make something it reads at the same index, and nothing otherwise. */
  #producers(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const drafts = new Set<Draft>();
    for (const [read, access] of reads) {
      const draft = this.#owner.get(read);
      if (
        draft && access === "pointwise" && draft.kind !== "routine" && draft.kind !== "concatenate" &&
        sameSpace(draft.members[0]!, tensor)
      ) {
        drafts.add(draft);
      }
    }
    const clean = [...drafts].filter((draft) =>
      [...reads].every(([read, access]) => access === "pointwise" || this.#owner.get(read) !== draft)
    );
    return clean.sort((a, b) => b.position - a.position);
  }

  /** Element-wise kernels over the same space that read something this one reads, both at the same index. */
  #companions(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const shared = [...reads].filter(([, access]) => access === "pointwise").map(([read]) => read);
    return this.#drafts.filter((draft) =>
      draft.kind === "map" && sameSpace(draft.members[0]!, tensor) &&
      shared.some((read) => draft.reads.get(read) === "pointwise") &&
      [...reads].every(([read, access]) => access === "pointwise" || this.#owner.get(read) !== draft)
    ).reverse();
  }

  /** Reductions over the same space that read something this one reads too. */
  #siblings(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const source = tensor.node.inputs[0]!;
    return this.#drafts.filter((draft) => {
      const first = draft.members[0]!;
      const sameReduction = draft.kind === "reduce" && draft.members.every(isRoutine) &&
        first.dtype === tensor.dtype && sameSpace(first.node.inputs[0]!, source) &&
        reducedPattern(first) === reducedPattern(tensor);
      const shares = [...reads.keys()].some((read) => draft.reads.has(read));
      const inside = [...reads.keys()].some((read) => this.#owner.get(read) === draft);
      return sameReduction && shares && !inside;
    }).reverse();
  }

  /** True if the kernel with the tensor added touches few enough buffers. */
  #fits(draft: Draft, tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): boolean {
    const members = new Set([...draft.members, tensor]);
    const touched = new Set([...draft.reads.keys(), ...reads.keys()]);
    for (const member of members) {
      if (this.#isKept(member, members)) touched.add(member);
      else touched.delete(member);
    }
    return touched.size <= this.#options.maxBuffers;
  }

  /** True if a member of a kernel is needed outside of it. */
  #isKept(member: Tensor, members: ReadonlySet<Tensor>): boolean {
    return this.#outputs.has(member) || this.#readers.get(member)!.some((reader) => !members.has(reader));
  }

  /** True if something that the tensor reads is made, directly or not, from what the draft makes. */
  #makesCycle(draft: Draft, reads: ReadonlyMap<Tensor, Access>): boolean {
    const seen = new Set<Draft>();
    const stack = [...reads.keys()].map((read) => this.#owner.get(read)).filter((d) =>
      d && d !== draft
    ) as Draft[];
    while (stack.length > 0) {
      const current = stack.pop()!;
      if (current === draft) return true;
      if (seen.has(current)) continue;
      seen.add(current);
      for (const read of current.reads.keys()) {
        const owner = this.#owner.get(read);
        if (owner) stack.push(owner);
      }
    }
    return false;
  }

  finish(): Group[] {
    const groups = this.#runOrder().map((draft): Group => {
      const members = new Set(draft.members);
      const stores = draft.members.filter((member) => this.#isKept(member, members));
      return { kind: draft.kind, members: draft.members, stores, reads: new Set(draft.reads.keys()) };
    });
    return groups.filter(({ stores }) => stores.length > 0);
  }

  /** Depth first from the first draft on, so that what is made is used soon. */
  #runOrder(): Draft[] {
    const done = new Set<Draft>();
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
  return isRoutine(tensor) ? "routine" : "map";
}

/** Inputs that the kernel reads: the tables of gathers and sums travel with the node for its gradient only. */
function usesInput(tensor: Tensor, input: number): boolean {
  if (tensor.node.op === "gather") return input < 2;
  return kindOf(tensor) !== "routine" || routineInputs(tensor.node.op).includes(input);
}

/** A reshape that only adds or drops axes of size 1. */
function isSqueeze(tensor: Tensor): boolean {
  return tensor.node.op === "reshape" && sameSpace(tensor, tensor.node.inputs[0]!);
}

function sameSpace(a: Tensor, b: Tensor): boolean {
  return squeezed(a.shape).join() === squeezed(b.shape).join();
}

/** Which of the long axes of its input a reduction sums over: `010`. */
function reducedPattern(tensor: Tensor): string {
  const reduced = isReduction(tensor.node) ? tensor.node.params.axes : [];
  return tensor.node.inputs[0]!.shape.map((size, axis) =>
    size === 1 ? "" : reduced.includes(axis) ? "1" : "0"
  ).join("");
}

/** Axes that loops are needed for. @param shape Any shape. */
export function squeezed(shape: Shape): number[] {
  return shape.filter((size) => size !== 1);
}
