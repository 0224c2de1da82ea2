/**
 * How a chain is cut into blocks of rows, and where a block's arrays lie in workgroup memory: `[columns][rows]`, so that
 * a vector of four holds four rows of a column. Arrays that are never needed together share memory.
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

/** What a chain may take of an adapter. */
export interface ChainLimits {
  /** Bytes of workgroup memory. */
  readonly workgroupBytes: number;
  /** Threads of a workgroup. */
  readonly threads: number;
  /** Storage buffers of a shader. */
  readonly buffers: number;
}

/** What every WebGPU adapter has. */
export const LEAST_LIMITS: ChainLimits = { workgroupBytes: 16384, threads: 256, buffers: 8 };

/** The tile of a product that a thread adds up in registers. */
export const TILE = { rows: 8, columns: 4 } as const;
/** Rows of a block, from those that read each weight least often. */
const BLOCKS = [64, 32, 16];
/** More workgroup memory leaves a GPU too few workgroups to switch between. The sums of 256 tiles fill it. */
const MOST_BYTES = 32768;
const LEAST_THREADS = 64;
/** How many times the packed weights should be that which stays within. */
const MUCH = 2;
/** How many times the work of a repeat should be that which serves all of them. */
const LITTLE = 4;
/** Workgroups that keep a large GPU busy. */
const ENOUGH_GROUPS = 256;

/** Where the packed weights of a product lie, in vectors of four columns: `[repeat, k, columns / 4]`. */
export interface PackedWeights {
  readonly start: number;
  /** From term to term, and from repeat to repeat; the latter is 0 where all repeats share them. */
  readonly pitch: number;
  readonly repeat: number;
}

/** A part with its places in workgroup memory, in vectors. */
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
  /** Start of each local, in vectors; -1 for those that pass by in panels. */
  readonly locals: readonly number[];
  /** Vectors of workgroup memory. */
  readonly vectors: number;
  /** Vectors of packed weights of all products. */
  readonly packed: number;
}

/** What a block of rows takes of workgroup memory, in vectors. */
interface Places {
  readonly parts: readonly Omit<PlacedPart, "weights">[];
  readonly locals: readonly number[];
  readonly vectors: number;
}

/**
 * Plans a chain.
 *
 * @param chain A chain.
 * @param limits Of the adapter.
 * @returns The plan; `undefined` if the chain does not fit, or results of links but the last leave it.
 */
export function planChain(chain: ChainKernel, limits: ChainLimits): ChainPlan | undefined {
  if (!staysWithin(chain)) return undefined;
  const parts = partsOf(chain), products = parts.filter((part) => part.kind === "product");
  if (!fewBuffers(chain, parts, limits.buffers)) return undefined;
  const weights = packedWeights(chain, products);
  const packed = [...weights.values()].reduce((sum, { vectors }) => sum + vectors, 0);
  const plans = BLOCKS.flatMap((rows) => {
    const tiles = Math.max(0, ...products.map(({ kernel }) => tilesOf(kernel.n, rows)));
    const threads = Math.max(LEAST_THREADS, Math.ceil(tiles / 32) * 32);
    const places = placeParts(chain, parts, rows), bytes = 16 * places.vectors;
    const fits = threads <= limits.threads && bytes <= Math.min(MOST_BYTES, limits.workgroupBytes);
    const placed = places.parts.map((part) => ({ ...part, weights: weights.get(part.part)?.weights }));
    const blocks = Math.ceil(chain.rows / rows);
    return fits ? [{ ...places, rows, blocks, threads, parts: placed, packed }] : [];
  });
  return plans.find(({ blocks }) => blocks * chain.repeats >= ENOUGH_GROUPS) ?? plans.at(-1);
}

/**
 * Whether a chain is faster than its links by themselves: what stays within would have taken more memory than the weights
 * that are packed, and what serves all repeats is little work, since every repeat does it for itself.
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
  return MUCH * 4 * packed <= within && (repeats === 1 || LITTLE * flopIn(false) <= flopIn(true) / repeats);
}

/** Tiles of a product of `columns` columns for a block of rows. */
export function tilesOf(columns: number, rows: number): number {
  return Math.ceil(columns / TILE.columns) * (rows / TILE.rows);
}

/** Whether nothing but the last link's results leaves the chip, and nothing that is written is read elsewhere. */
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

/** Whether the shaders bind no more buffers than there may be: weights are read where they are packed, and only there. */
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

/** Places of arrays of a block of rows. A product reads its operand in one step and puts its sums in the next. */
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
