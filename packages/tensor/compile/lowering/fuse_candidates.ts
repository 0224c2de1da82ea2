/**
 * Which kernels a stored tensor may be fused into.
 * @module
 */
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { isAnchor, isReduction } from "./node_kinds.ts";

/** Kind of the kernel that computes a group. */
export type GroupKind = "map" | "reduce" | "gemm" | "concatenate" | "opaque";

/** How a tensor depends on a stored one: at the same index only, or otherwise. */
export type Access = "pointwise" | "other";

/** A kernel under construction. */
export interface Draft {
  readonly kind: GroupKind;
  readonly members: Tensor[];
  readonly reads: Map<Tensor, Access>;
  /** Index among all drafts, for a stable order. */
  readonly position: number;
  /** Its position in an order in which each kernel comes after those whose results it reads. */
  rank: number;
  /** Number of its members that are written to memory. */
  stores: number;
  /** Size of its expressions. */
  size: number;
}

/** Maximum number of kernels that a tensor is tried with: of those that read the same tensor, the latest. */
const MAX_TRIES = 64;
const MAX_LOOKED_AT = 256;

/** Finds kernels by what they read. */
export class Candidates {
  /** Element-wise kernels by a tensor that they read at their own index, and the space of both. */
  readonly #maps = new Map<Tensor, Map<string, Draft[]>>();
  /** Kernels of reductions only by a tensor that they read, and what they reduce. */
  readonly #reductions = new Map<Tensor, Map<string, Draft[]>>();

  /** Records that a kernel reads a tensor. */
  add(draft: Draft, read: Tensor, access: Access): void {
    const first = draft.members[0]!;
    if (draft.kind === "map" && access === "pointwise") insert(this.#maps, read, spaceOf(first.shape), draft);
    if (draft.kind === "reduce") insert(this.#reductions, read, reductionOf(first), draft);
  }

  /** Returns the element-wise kernels over the same space that read one of these tensors at their own index too. */
  maps(tensor: Tensor, reads: readonly Tensor[]): Draft[] {
    const space = spaceOf(tensor.shape);
    return latest(
      reads.map((read) =>
        last(this.#maps.get(read)?.get(space), ({ reads }) => reads.get(read) === "pointwise")
      ),
    );
  }

  /** Returns kernels of reductions alone, over the same space, that read one of these tensors too. */
  reductions(tensor: Tensor, reads: Iterable<Tensor>): Draft[] {
    const key = reductionOf(tensor);
    return latest(
      Array.from(
        reads,
        (read) => last(this.#reductions.get(read)?.get(key), ({ members }) => members.every(isAnchor)),
      ),
    );
  }
}

function insert(map: Map<Tensor, Map<string, Draft[]>>, read: Tensor, key: string, draft: Draft): void {
  let byKey = map.get(read);
  if (!byKey) map.set(read, byKey = new Map());
  const drafts = byKey.get(key);
  if (!drafts) byKey.set(key, [draft]);
  else if (!drafts.includes(draft, -MAX_TRIES)) {
    drafts.push(draft);
    // An early kernel may be the last to read a tensor
    for (let at = drafts.length - 1; at > 0 && drafts[at - 1]!.position > draft.position; at--) {
      [drafts[at - 1], drafts[at]] = [draft, drafts[at - 1]!];
    }
  }
}

/** Returns the last suitable drafts. */
function last(drafts: readonly Draft[] = [], isSuitable: (draft: Draft) => boolean): Draft[] {
  const found: Draft[] = [];
  for (let at = drafts.length - 1; at >= 0 && found.length < MAX_TRIES; at--) {
    if (drafts.length - at > MAX_LOOKED_AT) break;
    if (isSuitable(drafts[at]!)) found.push(drafts[at]!);
  }
  return found;
}

/** Merges lists of drafts, the latest first. */
function latest(lists: readonly (readonly Draft[])[]): Draft[] {
  return [...new Set(lists.flat())].sort((a, b) => b.position - a.position).slice(0, MAX_TRIES);
}

/** The axes that need loops, as text. */
function spaceOf(shape: Shape): string {
  return shape.filter((size) => size !== 1).join();
}

/** Type, space and pattern of a reduction: those of equal text can share a pass. */
function reductionOf(tensor: Tensor): string {
  const { shape } = tensor.node.inputs[0]!;
  return `${tensor.dtype}|${spaceOf(shape)}|${reducedPattern(tensor)}`;
}

/** The non-unit axes of its input that a reduction reduces, as a pattern: `010`. */
function reducedPattern(tensor: Tensor): string {
  const reduced = isReduction(tensor.node) ? tensor.node.params.axes : [];
  return tensor.node.inputs[0]!.shape.map((size, axis) =>
    size === 1 ? "" : reduced.includes(axis) ? "1" : "0"
  ).join("");
}

/** Returns whether two tensors have the same axes apart from those of size 1. */
export function sameSpace(a: Tensor, b: Tensor): boolean {
  return spaceOf(a.shape) === spaceOf(b.shape);
}
