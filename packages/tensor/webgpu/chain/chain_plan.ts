/**
 * How a chain is divided into blocks of rows, and the layout of a block's arrays in workgroup memory:
 * `[columns][rows]`, so that a vector of four holds four rows of a column. Arrays that are never live together share
 * memory.
 *
 * @module
 */
import { planTemporaries } from "../../compile/plan.ts";
import { flopOf } from "../../compile/flop.ts";
import type { ChainKernel, KernelBuffer } from "../../ir/kernel.ts";
import {
  type ElementPart,
  panelOf,
  type Part,
  partsOf,
  type ProductPart,
  slotsInValues,
} from "./chain_parts.ts";

/** Adapter limits for chains. */
export interface ChainLimits {
  /** Bytes of workgroup memory. */
  readonly workgroupBytes: number;
  /** Threads per workgroup. */
  readonly threads: number;
  /** Storage buffers per shader. */
  readonly buffers: number;
}

/** Limits that every WebGPU adapter supports. */
export const MIN_LIMITS: ChainLimits = { workgroupBytes: 16384, threads: 256, buffers: 8 };

/** The tile of a product that a thread accumulates in registers. */
export const TILE = { rows: 8, columns: 4 } as const;
/** Candidate rows per block, in order of increasing weight traffic. */
const BLOCKS = [64, 32, 16];
/**
 * Limit on workgroup memory: with more, a GPU has too few workgroups to switch between. The sums of 256 tiles fill it.
 */
const MAX_WORKGROUP_BYTES = 32768;
const MIN_THREADS = 64;
/** Minimum ratio of the saved intermediates to the packed weights. */
const MIN_SAVINGS_RATIO = 2;
/** Minimum ratio of the work of a repeat to the work shared by all repeats. */
const MIN_REPEAT_RATIO = 4;
/** Number of workgroups that saturates a large GPU. */
const ENOUGH_GROUPS = 256;

/** Location of the packed weights of a product, in vectors of four columns: `[repeat, k, columns / 4]`. */
export interface PackedWeights {
  readonly start: number;
  /** Strides of a term and of a repeat; the latter is 0 if all repeats share them. */
  readonly pitch: number;
  readonly repeat: number;
}

/** A part with its locations in workgroup memory, in vectors. */
export interface PlacedPart {
  readonly part: Part;
  /** Sums of a product, `[columns][rows]`. */
  readonly sums: number;
  /** A panel of its left operand. */
  readonly panel: number;
  readonly weights: PackedWeights | undefined;
}

/** How a chain runs. */
export interface ChainPlan {
  /** Rows of a block. */
  readonly rows: number;
  readonly blocks: number;
  readonly threads: number;
  readonly parts: readonly PlacedPart[];
  /** Start of each local, in vectors; -1 for those that are streamed in panels. */
  readonly locals: readonly number[];
  /** Vectors of workgroup memory. */
  readonly vectors: number;
  /** Vectors of packed weights of all products. */
  readonly packed: number;
}

/** Workgroup memory layout of a block of rows, in vectors. */
interface Places {
  readonly parts: readonly Omit<PlacedPart, "weights">[];
  readonly locals: readonly number[];
  readonly vectors: number;
}

/**
 * Plans a chain.
 *
 * @param chain A chain.
 * @param limits Limits of the adapter.
 * @returns The plan; `undefined` if the chain does not fit, or a link other than the last writes to a buffer.
 */
export function planChain(chain: ChainKernel, limits: ChainLimits): ChainPlan | undefined {
  if (!staysWithin(chain)) return undefined;
  const parts = partsOf(chain), products = parts.filter((part) => part.kind === "product");
  if (!fewBuffers(chain, parts, limits.buffers)) return undefined;
  const weights = packedWeights(chain, products);
  const packed = [...weights.values()].reduce((sum, { vectors }) => sum + vectors, 0);
  const plans = BLOCKS.flatMap((rows) => {
    const tiles = Math.max(0, ...products.map(({ kernel }) => tilesOf(kernel.n, rows)));
    const threads = Math.max(MIN_THREADS, Math.ceil(tiles / 32) * 32);
    const places = placeParts(chain, parts, rows), bytes = 16 * places.vectors;
    const fits = threads <= limits.threads && bytes <= Math.min(MAX_WORKGROUP_BYTES, limits.workgroupBytes);
    const placed = places.parts.map((part) => ({ ...part, weights: weights.get(part.part)?.weights }));
    const blocks = Math.ceil(chain.rows / rows);
    return fits ? [{ ...places, rows, blocks, threads, parts: placed, packed }] : [];
  });
  return plans.find(({ blocks }) => blocks * chain.repeats >= ENOUGH_GROUPS) ?? plans.at(-1);
}

/**
 * Returns whether a chain is faster than its links by themselves: the intermediates would have taken more memory than
 * the packed weights, and the part shared by all repeats, which every repeat recomputes, is little work.
 *
 * @param chain A chain.
 * @param plan Its plan.
 */
export function isWorthwhile({ links, locals, rows, repeats }: ChainKernel, { packed }: ChainPlan): boolean {
  const within = locals.reduce(
    (sum, { width, repeated }) => sum + width * rows * (repeated ? repeats : 1),
    0,
  );
  const flopIn = (repeated: boolean) =>
    links.reduce(
      (sum, { kernel, repeatAxis }) => (repeatAxis !== undefined) === repeated ? sum + flopOf(kernel) : sum,
      0,
    );
  return MIN_SAVINGS_RATIO * 4 * packed <= within &&
    (repeats === 1 || MIN_REPEAT_RATIO * flopIn(false) <= flopIn(true) / repeats);
}

/** Number of tiles of a product with `columns` columns for a block of rows. */
export function tilesOf(columns: number, rows: number): number {
  return Math.ceil(columns / TILE.columns) * (rows / TILE.rows);
}

/** Returns whether only the last link writes to buffers, and nothing that is written is read elsewhere. */
function staysWithin({ links, locals, buffers }: ChainKernel): boolean {
  if (locals.some(({ dtype }) => dtype !== "f32")) return false;
  const writes = ({ access }: KernelBuffer) => access !== "read";
  const writers = locals.map(() => 0);
  for (const [i, { kernel, args }] of links.entries()) {
    for (const [slot, arg] of args.entries()) {
      const local = arg - buffers.length;
      if (!writes(kernel.buffers[slot]!)) continue;
      if (local >= 0) writers[local]! += 1;
      else if (i < links.length - 1) return false;
      const isOperand = kernel.kind === "gemm" && (kernel.a.buffer === slot || kernel.b.buffer === slot);
      if (isOperand || links.slice(0, -1).some((other) => local < 0 && other.args.includes(arg))) {
        return false;
      }
    }
    if (kernel.kind === "gemm" && args[kernel.b.buffer]! >= buffers.length) return false;
  }
  return writers.every((count) => count === 1);
}

/** Returns whether the shaders stay within the buffer limit: weights are bound only where they are packed. */
function fewBuffers({ buffers }: ChainKernel, parts: readonly Part[], most: number): boolean {
  const bound = new Set<number>(), packed = new Set<number>();
  const bind = ({ kernel, args }: Part | ElementPart) => {
    for (const slot of slotsInValues(kernel)) if (args[slot]! < buffers.length) bound.add(args[slot]!);
  };
  for (const part of parts) {
    bind(part);
    if (part.kind === "elements") continue;
    packed.add(part.args[part.kernel.b.buffer]!);
    if (part.fill) bind(part.fill);
  }
  const workspace = packed.size > 0 ? 1 : 0;
  bound.delete(-1);
  return bound.size + workspace <= most && packed.size + workspace <= most;
}

function packedWeights(
  { repeats }: ChainKernel,
  products: readonly ProductPart[],
): Map<Part, { readonly weights: PackedWeights; readonly vectors: number }> {
  let start = 0;
  return new Map(products.map((part) => {
    const { kernel: { n, k, b }, repeatAxis } = part;
    const own = repeatAxis !== undefined && (b.batch[repeatAxis] ?? 0) !== 0;
    const pitch = Math.ceil(n / 4), weights = { start, pitch, repeat: own ? k * pitch : 0 };
    const vectors = k * pitch * (own ? repeats : 1);
    start += vectors;
    return [part, { weights, vectors }];
  }));
}

/** Allocates the arrays of a block of rows. A product reads its operand in one step and stores its sums in the next. */
function placeParts({ locals, buffers, links }: ChainKernel, parts: readonly Part[], rows: number): Places {
  const columns = locals.map(({ width }) => Math.ceil(width / 4) * 4);
  const localsIn = ({ kernel, args }: Part) =>
    [...slotsInValues(kernel)].map((slot) => args[slot]! - buffers.length).filter((local) => local >= 0);
  const steps: number[][] = [];
  const places = parts.map((part) => {
    if (part.kind === "elements") {
      steps.push(localsIn(part));
      return { part, sums: -1, panel: -1 };
    }
    const { kernel, args, fill, inPlace } = part, operand = args[kernel.a.buffer]! - buffers.length;
    const panel = fill ? columns.push(panelOf(kernel)) - 1 : -1;
    const sums = inPlace ?? columns.push(Math.ceil(kernel.n / 4) * 4) - 1;
    steps.push(fill ? [panel, ...localsIn(fill).filter((local) => local !== operand)] : [operand]);
    steps.push([sums, ...localsIn(part)]);
    return { part, sums, panel };
  });
  const kernel = links[0]!.kernel;
  const { offsets, bytes } = planTemporaries({
    buffers: columns.map((count) => ({ bytes: 4 * count * rows, role: "temporary" })),
    steps: steps.map((args) => ({ kernel, args })),
  });
  const vectorOf = (array: number) => (offsets[array] ?? -1) < 0 ? -1 : offsets[array]! / 16;
  return {
    parts: places.map(({ part, sums, panel }) => ({ part, sums: vectorOf(sums), panel: vectorOf(panel) })),
    locals: locals.map((_, local) => vectorOf(local)),
    vectors: bytes / 16,
  };
}
