/**
 * Groups stored tensors into kernels: element-wise results are fused into the kernel that computes their inputs (an
 * epilogue), and reductions over one space share a pass.
 * @module
 */
import { isElementwise } from "../../graph/elementwise.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { isAnchor, isReduction, isSource, opaqueInputs } from "./materialise.ts";

/** Kind of the kernel that computes a group. */
export type GroupKind = "map" | "reduce" | "gemm" | "concatenate" | "opaque";

/** Tensors computed by one kernel. */
export interface Group {
  readonly kind: GroupKind;
  /** In topological order; the first one determines the kind and the space of the group. */
  readonly members: Tensor[];
  /** Members that are written to memory: those read by other groups, and outputs. */
  readonly stores: Tensor[];
  /** Stored tensors that it reads, excluding its own members. */
  readonly reads: ReadonlySet<Tensor>;
}

/** How a tensor depends on a stored one: at the same index only, or otherwise. */
type Access = "pointwise" | "other";

/** Options of {@link fuse}. */
export interface FuseOptions {
  /** Maximum number of buffers per kernel. */
  readonly maxBuffers: number;
  /** Tensors that must not be fused into another tensor's kernel. */
  readonly alone: ReadonlySet<Tensor>;
}

interface Draft {
  readonly kind: GroupKind;
  readonly members: Tensor[];
  readonly reads: Map<Tensor, Access>;
  /** Index among all drafts, for a stable order. */
  readonly position: number;
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

  /** Finds a kernel that the tensor can be fused into. */
  #hostFor(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft | undefined {
    if (isAnchor(tensor) && !isReduction(tensor.node)) return undefined;
    const candidates = isAnchor(tensor)
      ? this.#siblings(tensor, reads)
      : [...this.#producers(tensor, reads), ...this.#companions(tensor, reads)];
    return candidates.find((draft) => this.#fits(draft, tensor, reads) && !this.#makesCycle(draft, reads));
  }

  /**
   * Kernels over the tensor's own space that compute one of its inputs at the same index, and none at other indices.
   */
  #producers(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const drafts = new Set<Draft>();
    for (const [read, access] of reads) {
      const draft = this.#owner.get(read);
      if (
        draft && access === "pointwise" && draft.kind !== "opaque" && draft.kind !== "concatenate" &&
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

  /** Reductions over the same space that share an input with this one. */
  #siblings(tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): Draft[] {
    const source = tensor.node.inputs[0]!;
    return this.#drafts.filter((draft) => {
      const first = draft.members[0]!;
      const sameReduction = draft.kind === "reduce" && draft.members.every(isAnchor) &&
        first.dtype === tensor.dtype && sameSpace(first.node.inputs[0]!, source) &&
        reducedPattern(first) === reducedPattern(tensor);
      const shares = [...reads.keys()].some((read) => draft.reads.has(read));
      const inside = [...reads.keys()].some((read) => this.#owner.get(read) === draft);
      return sameReduction && shares && !inside;
    }).reverse();
  }

  /** Returns whether the kernel stays within the buffer limit with the tensor added. */
  #fits(draft: Draft, tensor: Tensor, reads: ReadonlyMap<Tensor, Access>): boolean {
    const members = new Set([...draft.members, tensor]);
    const touched = new Set([...draft.reads.keys(), ...reads.keys()]);
    for (const member of members) {
      if (this.#isStored(member, members)) touched.add(member);
      else touched.delete(member);
    }
    return touched.size <= this.#options.maxBuffers;
  }

  /** Returns whether a member of a kernel is needed outside of it. */
  #isStored(member: Tensor, members: ReadonlySet<Tensor>): boolean {
    return this.#outputs.has(member) || this.#readers.get(member)!.some((reader) => !members.has(reader));
  }

  /** Returns whether an input of the tensor depends, directly or not, on the draft. */
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
      const stores = draft.members.filter((member) => this.#isStored(member, members));
      return { kind: draft.kind, members: draft.members, stores, reads: new Set(draft.reads.keys()) };
    });
    return groups.filter(({ stores }) => stores.length > 0);
  }

  /** Depth first from the first draft on, so that results are used soon after they are computed. */
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

function sameSpace(a: Tensor, b: Tensor): boolean {
  return squeezed(a.shape).join() === squeezed(b.shape).join();
}

/** The non-unit axes of its input that a reduction reduces, as a pattern: `010`. */
function reducedPattern(tensor: Tensor): string {
  const reduced = isReduction(tensor.node) ? tensor.node.params.axes : [];
  return tensor.node.inputs[0]!.shape.map((size, axis) =>
    size === 1 ? "" : reduced.includes(axis) ? "1" : "0"
  ).join("");
}

/** Returns the axes that need loops: those larger than 1. @param shape Any shape. */
export function squeezed(shape: Shape): number[] {
  return shape.filter((size) => size !== 1);
}
