/**
 * Decides whether, and into which chunks, a reduction is cut. Everything follows from the shape alone.
 * @module
 */
import type { LoopKernel } from "../../ir/kernel.ts";
import { topological } from "../../ir/rewrite.ts";
import { product } from "../module/kernel_code.ts";
import { planLoop } from "./loop_plan.ts";

/** A range of a split axis: `count` chunks of `size`, the first of them chunk number `first`, at `start`. */
export interface ChunkRange {
  /** Number of the first chunk. */
  readonly first: number;
  /** First element. */
  readonly start: number;
  /** Number of chunks. */
  readonly count: number;
  /** Elements of a chunk. */
  readonly size: number;
}

/** A cut. */
export interface Cut {
  /** Reduce axis. */
  readonly axis: number;
  /** Number of whole chunks. */
  readonly chunks: number;
}

/** Reductions below this many terms in all stay in one piece. */
const SMALL = 65_536;
/** Independent results that keep all cores busy without a cut. */
const ENOUGH_RESULTS = 256;
const WANTED_CHUNKS = 16;
const SHORTEST_CHUNK = 64;
/** A chain of sums longer than this loses digits. */
const LONGEST_CHUNK = 4096;
/** Most elements of the workspace. */
const WORKSPACE_ELEMENTS = 1 << 22;
/** Rows that are read side by side when sums run down columns: more streams than that are not prefetched. */
const STREAMS = 24;
/** Elements from row to row from which that matters. */
const WIDE_ROW = 128;

/** Cuts `size` elements into `chunks` equal chunks and perhaps a shorter one. */
export function chunkRanges(size: number, chunks: number): ChunkRange[] {
  const length = Math.floor(size / chunks), count = Math.floor(size / length), whole = length * count;
  const main = { first: 0, start: 0, count, size: length };
  return whole === size ? [main] : [main, { first: count, start: whole, count: 1, size: size - whole }];
}

/** The number nearest above `wanted`, and below twice that, which divides `size`; else `wanted`. */
function evenCount(size: number, wanted: number): number {
  for (let count = wanted; count < 2 * wanted && count <= size; count++) if (size % count === 0) return count;
  return wanted;
}

/** Whether the lanes walk along columns of wide rows: then short chunks keep few rows in flight. */
function runsDownColumns(kernel: LoopKernel, axis: number): boolean {
  const { scheme } = planLoop(kernel.map.length > 0 ? kernel : { ...kernel, map: [1] });
  const at = kernel.map.length + axis;
  return scheme === "map" && product(kernel.map) >= WIDE_ROW &&
    topological(kernel.accumulators.map(({ value }) => value)).some((node) =>
      node.op === "load" && Math.abs(node.address.strides[at] ?? 0) >= WIDE_ROW
    );
}

/**
 * How to cut a reduction.
 *
 * @param kernel A loop kernel in normal form.
 * @returns The cut; `undefined` to leave it whole.
 */
export function chooseCut(kernel: LoopKernel): Cut | undefined {
  if (kernel.accumulators.length === 0) return undefined;
  const results = product(kernel.map), terms = product(kernel.reduce);
  if (results === 0) return undefined;
  const axis = kernel.reduce.reduce((best, size, i) => size > (kernel.reduce[best] ?? 0) ? i : best, 0);
  const size = kernel.reduce[axis] ?? 1, beside = terms / size;
  const room = Math.floor(WORKSPACE_ELEMENTS / (results * kernel.accumulators.length));
  let wanted = Math.ceil(terms / LONGEST_CHUNK);
  if (results * terms >= SMALL) {
    if (results < ENOUGH_RESULTS) {
      wanted = Math.max(wanted, Math.min(WANTED_CHUNKS, Math.floor(terms / SHORTEST_CHUNK)));
    }
    if (size >= 4 * STREAMS && results * terms >= 4 * SMALL && runsDownColumns(kernel, axis)) {
      wanted = Math.max(wanted, Math.ceil(size / Math.max(1, Math.floor(STREAMS / beside))));
    }
  }
  wanted = Math.min(wanted, size, room);
  return wanted <= 1 ? undefined : { axis, chunks: Math.min(room, evenCount(size, wanted)) };
}
