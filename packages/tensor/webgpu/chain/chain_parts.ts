/**
 * The sequence of parts that a workgroup executes for a chain: element-wise parts, and products with a tile per thread.
 *
 * The left operand of a product is in workgroup memory. Either an earlier part stores it there, or it is loaded in
 * panels of some columns: copied from a buffer, or computed if a preceding link is cheap, as Fourier features are, so
 * that wide operands are never stored as a whole.
 *
 * @module
 */
import type { ChainKernel, ChainLink, GemmKernel, LoopKernel, Store } from "../../ir/kernel.ts";
import { gemmAsLoop, isShort } from "../../ir/short_product.ts";
import { gemmAsReduction } from "../gemm/gemm.ts";
import { THIN } from "../gemm/gemm_tile.ts";
import { contiguous, volume } from "../shader/unravel.ts";
import { topological } from "../../ir/rewrite.ts";

/** Columns per panel. */
const PANEL = 64;

/** A loop over the elements of a block, or over its columns `[first, first + width)` where it fills a panel. */
export interface ElementPart {
  readonly kind: "elements";
  readonly kernel: LoopKernel;
  /** Like those of a link: slots of the chain, then locals, then what `fillOf` adds. */
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
  /** Fills the panels of its left operand; `undefined` if that is a local. */
  readonly fill: ElementPart | undefined;
  /** The local whose memory the sums reuse; `undefined` if they need their own. */
  readonly inPlace: number | undefined;
}

/** A part of a chain; each starts after a barrier. */
export type Part = ElementPart | ProductPart;

/** Returns the panel width of a product with k terms. */
export function panelOf({ k }: Pick<GemmKernel, "k">): number {
  return Math.min(PANEL, k);
}

/** Lowers a link to a loop over elements; `undefined` for products with enough columns and terms for tiles. */
function elementsOf({ kernel, args, rowAxis, repeatAxis }: ChainLink): ElementPart | undefined {
  const kind = "elements", axes = { rowAxis, repeatAxis };
  if (kernel.kind === "loop") return { kind, kernel, args, ...axes };
  if (isShort(kernel)) return { kind, kernel: gemmAsLoop(kernel), args, ...axes };
  if (kernel.n <= THIN) return { kind, kernel: gemmAsReduction(kernel), args, ...axes };
  return undefined;
}

/** Returns whether a part does nothing but write the columns of a local in order. */
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

/** Returns the loop that copies the left operand of a product, column by column. */
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

/** Returns whether a store writes the elements of a product where its sums would be stored. */
function isIdentity({ address }: Store, { batch, n }: GemmKernel, width: number): boolean {
  return width === n && address.offset === 0 && address.strides[batch.length + 1] === 1;
}

/** Slots that the expressions of a kernel load from and store to; excludes the operands of a product. */
export function slotsInValues(kernel: LoopKernel | GemmKernel): Set<number> {
  const accumulators = kernel.kind === "loop" ? kernel.accumulators : [];
  const nodes = topological([...accumulators, ...kernel.stores].map(({ value }) => value));
  const loaded = nodes.flatMap((node) => node.op === "load" ? [node.buffer] : []);
  return new Set([...loaded, ...kernel.stores.map(({ buffer }) => buffer)]);
}

/** Returns whether a product reads a local only as its left operand, all of it, column by column. */
function readsColumns(kernel: GemmKernel, width: number): boolean {
  const { a, k } = kernel;
  return a.offset === 0 && a.column === 1 && k === width && !slotsInValues(kernel).has(a.buffer);
}

/**
 * Divides a chain into parts.
 *
 * @param chain A chain in which each local is written by one link.
 */
export function partsOf({ links, locals, buffers }: ChainKernel): Part[] {
  const parts: Part[] = [];
  const localOf = (arg = -1) => arg - buffers.length;
  const uses = (local: number) => links.filter(({ args }) => args.includes(local + buffers.length)).length;
  /** Removes the part that computes a local from the list, if it can run panel by panel. */
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
