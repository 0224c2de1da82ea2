/**
 * Bounds of the expressions that are computed inline: what a kernel reads, and how much code it is.
 *
 * Without them a chain of thousands of element-wise operations would be one kernel, which no code generator, no engine
 * and no driver compiles in reasonable time.
 *
 * @module
 */
import { elementwise, isElementwise } from "../../graph/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { baseOf, isReduction } from "./node_kinds.ts";

/**
 * Maximum size of a kernel's expressions, in the unit of {@link ElementwiseOp.cost}, about one node of the kernel IR. The
 * largest kernels of the presets have 140.
 */
export const MAX_KERNEL_SIZE = 512;

/** Limits of the expressions of a kernel. */
export interface KernelLimits {
  /** Maximum number of buffers that it reads and writes. */
  readonly buffers: number;
  /** Maximum size of its expressions. */
  readonly size: number;
}

/** The inline expression of a tensor. */
interface Inline {
  /** Stored tensors that it reads. */
  readonly reads: ReadonlySet<Tensor>;
  /** Its size; an upper bound, since inputs may share subexpressions. */
  readonly size: number;
}

/** Size of a padding: a conversion of the index, two comparisons, their conjunction, a selection, and conditions of all loads within. */
const PADDING_SIZE = 6;

/** Returns the size of the expression of a tensor without its inputs. */
function ownSize({ node }: Tensor): number {
  if (isElementwise(node.op)) return Math.max(1, elementwise[node.op].cost);
  return node.op === "pad" ? PADDING_SIZE : 1;
}

/**
 * Returns the size of the expression of a tensor. Shared subexpressions are counted once for each place at which they are read: a
 * function and its shift by one are computed twice.
 *
 * @param tensor Result of the expression; only its inputs are looked up among the stored tensors.
 * @param stored Stored tensors.
 * @param limit The count ends above this size.
 */
export function inlineSize(tensor: Tensor, stored: ReadonlySet<Tensor>, limit: number): number {
  const root = new Place(), stack: [Tensor, Place][] = [[tensor, root]];
  root.seen.add(tensor);
  let size = 0;
  while (stack.length > 0 && size <= limit) {
    const [next, place] = stack.pop()!;
    size += ownSize(next);
    const inner = isElementwise(next.node.op) ? place : place.within(next);
    for (const input of next.node.inputs) {
      if (stored.has(baseOf(input)) || inner.seen.has(input)) continue;
      inner.seen.add(input);
      stack.push([input, inner]);
    }
  }
  return size;
}

/** Where elements of a kernel's expressions are read: what slices, paddings and the like make of the place of the result. */
class Place {
  /** What is computed there. */
  readonly seen: Set<Tensor> = new Set();
  readonly #within = new Map<Tensor, Place>();

  /** Returns the place of the input of a tensor that is read here. */
  within(tensor: Tensor): Place {
    const known = this.#within.get(tensor);
    if (known) return known;
    const place = new Place();
    this.#within.set(tensor, place);
    return place;
  }
}

/** The inline expressions of a graph, visited inputs first; what exceeds the limits is stored. */
export class InlineBounds {
  readonly #limits: KernelLimits;
  readonly #stored: Set<Tensor>;
  readonly #inline = new Map<Tensor, Inline>();

  /** @param stored Stored tensors; more are added. @param limits Limits of each expression. */
  constructor(stored: Set<Tensor>, limits: KernelLimits) {
    this.#stored = stored;
    this.#limits = limits;
  }

  /**
   * Visits a tensor: stores inputs of its expression until the rest is within the limits.
   *
   * @param tensor Any tensor whose inputs have been visited.
   */
  visit(tensor: Tensor): void {
    const { node } = tensor;
    // Parts of a concatenation are separate loops, and all other anchors but reductions read arrays
    const joins = isElementwise(node.op) || isReduction(node) || node.inputs.length === 1;
    if (!joins && node.op !== "gather") return;
    let inline = this.#combine(tensor);
    while (this.#exceeds(inline)) {
      const size = inlineSize(tensor, this.#stored, this.#limits.size);
      inline = { reads: inline.reads, size };
      if (!this.#exceeds(inline)) break;
      const largest = this.#largestInput(tensor);
      // One operation by itself: nothing is left to store
      if (!largest) break;
      this.#stored.add(largest);
      inline = this.#combine(tensor);
    }
    this.#inline.set(tensor, inline);
  }

  #exceeds({ reads, size }: Inline): boolean {
    return reads.size >= this.#limits.buffers || size > this.#limits.size;
  }

  #combine(tensor: Tensor): Inline {
    const parts = tensor.node.inputs.map((input) => this.#of(input));
    const size = parts.reduce((sum, part) => sum + part.size, ownSize(tensor));
    if (parts.length === 1) return { reads: parts[0]!.reads, size };
    const reads = new Set<Tensor>();
    for (const part of parts) for (const read of part.reads) reads.add(read);
    return { reads, size };
  }

  #of(input: Tensor): Inline {
    const base = baseOf(input);
    if (this.#stored.has(base)) return { reads: new Set([base]), size: 0 };
    return this.#inline.get(input) ?? { reads: new Set(), size: 0 };
  }

  /** Returns the input whose expression takes the largest share of a limit; undefined if all inputs are stored. */
  #largestInput(tensor: Tensor): Tensor | undefined {
    let largest: Tensor | undefined, most = 0;
    for (const input of tensor.node.inputs) {
      const base = beforeBroadcasts(input);
      if (this.#stored.has(base)) continue;
      const { reads, size } = this.#of(input);
      const share = Math.max(reads.size / this.#limits.buffers, size / this.#limits.size);
      if (share > most) [largest, most] = [base, share];
    }
    return largest;
  }
}

/** Returns what a tensor repeats: the smaller array to store. */
function beforeBroadcasts(tensor: Tensor): Tensor {
  let source = baseOf(tensor);
  while (source.node.op === "broadcast") source = baseOf(source.node.inputs[0]!);
  return source;
}
