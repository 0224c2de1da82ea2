/**
 * What a workgroup does of a chain, one part after the other: element-wise parts, and products of a tile for each thread.
 *
 * What a product reads is in workgroup memory. It is left there by an earlier part, or comes in by panels of some columns:
 * copied from a buffer, or computed where a link before is cheap, as Fourier features are, so that wide ones never lie there
 * as a whole.
 *
 * @module
 */
import type { ChainKernel, ChainLink, GemmKernel, LoopKernel, Store } from "../../ir/kernel.ts";
import { gemmAsLoop, isShort } from "../../ir/short_product.ts";
import { gemmAsReduction } from "../gemm/gemm.ts";
import { THIN } from "../gemm/gemm_tile.ts";
import { contiguous, volume } from "../shader/unravel.ts";
import { postorder } from "../shader/walk.ts";

/** Columns of a panel. */
const PANEL = 64;

/** A loop over the elements of a block, or over its columns `[first, first + width)` where it fills a panel. */
export interface ElementPart {
  readonly kind: "elements";
  readonly kernel: LoopKernel;
  /** As those of a link: slots of the chain, then locals, then what `fillOf` adds. */
  readonly args: readonly number[];
  readonly rowAxis: number;
  readonly repeatAxis: number | undefined;
}

/** A product; its sums pass through workgroup memory to the loop over their elements that is its epilogue. */
export interface ProductPart {
  readonly kind: "product";
  readonly kernel: GemmKernel;
  readonly args: readonly number[];
  readonly rowAxis: number;
  readonly repeatAxis: number | undefined;
  /** What fills the panels of its left operand; `undefined` where that is a local. */
  readonly fill: ElementPart | undefined;
  /** The local in whose place the sums are put; `undefined` if they need a place of their own. */
  readonly inPlace: number | undefined;
}

/** A part of a chain; each begins after a barrier. */
export type Part = ElementPart | ProductPart;

/** Columns of the panels of a product with k terms. */
export function panelOf({ k }: Pick<GemmKernel, "k">): number {
  return Math.min(PANEL, k);
}

/** A link as a loop over elements; `undefined` for products that have enough columns and terms for tiles. */
function elementsOf({ kernel, args, rowAxis, repeatAxis }: ChainLink): ElementPart | undefined {
  const kind = "elements", axes = { rowAxis, repeatAxis };
  if (kernel.kind === "loop") return { kind, kernel, args, ...axes };
  if (isShort(kernel)) return { kind, kernel: gemmAsLoop(kernel), args, ...axes };
  if (kernel.n <= THIN) return { kind, kernel: gemmAsReduction(kernel), args, ...axes };
  return undefined;
}

/** Whether all that a part does is to write the columns of a local in order. */
function writesColumns({ kernel, rowAxis, repeatAxis }: ElementPart, width: number): boolean {
  const [store, ...others] = kernel.stores;
  if (!store || others.length > 0) return false;
  const axes = kernel.map.flatMap((size, axis) =>
    axis === rowAxis || axis === repeatAxis || size === 1 ? [] : [axis]
  );
  const sizes = axes.map((axis) => kernel.map[axis] ?? 1), strides = contiguous(sizes);
  return volume(sizes) === width && store.address.offset === 0 &&
    axes.every((axis, i) => store.address.strides[axis] === strides[i]);
}

/** The loop that copies the left operand of a product, column after column. */
function copyOf(
  { kernel, args, rowAxis, repeatAxis }: ChainLink & { readonly kernel: GemmKernel },
): ElementPart {
  const { batch, m, k, a } = kernel, buffer = 1;
  return {
    kind: "elements",
    kernel: {
      kind: "loop",
      name: "copy",
      buffers: [kernel.buffers[a.buffer]!, { dtype: "f32", access: "write" }],
      map: [...batch, m, k],
      reduce: [],
      accumulators: [],
      stores: [{
        buffer,
        address: { offset: 0, strides: [...batch.map(() => 0), k, 1] },
        value: {
          op: "load",
          dtype: "f32",
          buffer: 0,
          address: { offset: a.offset, strides: [...a.batch, a.row, a.column], indirect: [] },
          guards: [],
        },
      }],
    },
    args: [args[a.buffer]!, -1],
    rowAxis,
    repeatAxis,
  };
}

/** Whether a store puts the elements of a product where its sums would lie. */
function isIdentity({ address }: Store, { batch, n }: GemmKernel, width: number): boolean {
  return width === n && address.offset === 0 && address.strides[batch.length + 1] === 1;
}

/** Slots that the expressions of a kernel load from, and those that it stores to; not the operands of a product. */
export function slotsInValues(kernel: LoopKernel | GemmKernel): Set<number> {
  const accumulators = kernel.kind === "loop" ? kernel.accumulators : [];
  const nodes = postorder([...accumulators, ...kernel.stores].map(({ value }) => value));
  const loaded = nodes.flatMap((node) => node.op === "load" ? [node.buffer] : []);
  return new Set([...loaded, ...kernel.stores.map(({ buffer }) => buffer)]);
}

/** Whether a product reads a local as its left operand only, all of it, column after column. */
function readsColumns(kernel: GemmKernel, width: number): boolean {
  const { a, k } = kernel;
  return a.offset === 0 && a.column === 1 && k === width && !slotsInValues(kernel).has(a.buffer);
}

/**
 * The parts of a chain.
 *
 * @param chain A chain in which each local is written by one link.
 */
export function partsOf({ links, locals, buffers }: ChainKernel): Part[] {
  const parts: Part[] = [];
  const localOf = (arg = -1) => arg - buffers.length;
  const uses = (local: number) => links.filter(({ args }) => args.includes(local + buffers.length)).length;
  /** Takes the part that computes a local out of the list, if it may do so panel by panel. */
  const takeFill = (local: number, kernel: GemmKernel): ElementPart | undefined => {
    const width = locals[local]?.width ?? 0;
    if (uses(local) !== 2 || !readsColumns(kernel, width)) return undefined;
    const at = parts.findIndex(({ args }) => args.includes(local + buffers.length)), part = parts[at];
    if (part?.kind !== "elements" || !writesColumns(part, width)) return undefined;
    parts.splice(at, 1);
    return part;
  };
  for (const link of links) {
    const { kernel, args, rowAxis, repeatAxis } = link, elements = elementsOf(link);
    if (elements || kernel.kind === "loop") {
      if (elements) parts.push(elements);
      continue;
    }
    const local = localOf(args[kernel.a.buffer]);
    const fill = locals[local] ? takeFill(local, kernel) : copyOf({ ...link, kernel });
    const identity = kernel.stores.find((store) => {
      const width = locals[localOf(args[store.buffer])]?.width;
      return width !== undefined && isIdentity(store, kernel, width);
    });
    const inPlace = identity && localOf(args[identity.buffer]);
    parts.push({ kind: "product", kernel, args, rowAxis, repeatAxis, fill, inPlace });
  }
  return parts;
}
