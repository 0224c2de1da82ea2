/**
 * Decides whether, and into which chunks, a reduction is split, from its shape alone.
 * @module
 */
import type { LoopKernel } from "../../ir/kernel.ts";
import { topological } from "../../ir/rewrite.ts";
import { product } from "../module/kernel_code.ts";
import { planLoop } from "./loop_plan.ts";

/** A range of a split axis: `count` chunks of `size`, starting with chunk `first` at element `start`. */
export interface ChunkRange {
  /** Index of the first chunk. */
  readonly first: number;
  /** Index of the first element. */
  readonly start: number;
  /** Number of chunks. */
  readonly count: number;
  /** Elements per chunk. */
  readonly size: number;
}
/** How to split a reduction. */
export interface Cut {
  /** Reduce axis. */
  readonly axis: number;
  /** Number of full chunks. */
  readonly chunks: number;
}

/** Reductions with fewer terms in all are not split. */
const SMALL = 65_536;
/** Independent results that occupy all cores without a split. */
const ENOUGH_RESULTS = 256;
const TARGET_CHUNKS = 16;
const MIN_CHUNK = 64;
/** Longer sums lose precision. */
const MAX_CHUNK = 4096;
/** Maximum elements of the workspace. */
const WORKSPACE_ELEMENTS = 1 << 22;
/** Rows read in parallel when sums run down columns: more streams than that are not prefetched by the hardware. */
const STREAMS = 24;
/** Minimum row stride, in elements, for which that matters. */
const WIDE_ROW = 128;

/** Divides `size` elements into `chunks` equal chunks and possibly a shorter one. */
export function chunkRanges(size: number, chunks: number): ChunkRange[] {
  const length = Math.floor(size / chunks), count = Math.floor(size / length), whole = length * count;
  const main = { first: 0, start: 0, count, size: length };
  return whole === size ? [main] : [main, { first: count, start: whole, count: 1, size: size - whole }];
}

/** Returns the smallest divisor of `size` in `wanted .. 2 wanted - 1`; `wanted` if there is none. */
function evenCount(size: number, wanted: number): number {
  for (let count = wanted; count < 2 * wanted && count <= size; count++) if (size % count === 0) return count;
  return wanted;
}

/** Returns whether lanes run across wide rows, so that short chunks limit the rows in flight. */
function runsDownColumns(kernel: LoopKernel, axis: number): boolean {
  const { scheme } = planLoop(kernel.map.length > 0 ? kernel : { ...kernel, map: [1] });
  const at = kernel.map.length + axis;
  return scheme === "map" && product(kernel.map) >= WIDE_ROW &&
    topological(kernel.accumulators.map(({ value }) => value)).some((node) =>
      node.op === "load" && Math.abs(node.address.strides[at] ?? 0) >= WIDE_ROW
    );
}

/**
 * Chooses how to split a reduction.
 *
 * @param kernel A normalised loop kernel.
 * @returns The split; `undefined` to leave it whole.
 */
export function chooseCut(kernel: LoopKernel): Cut | undefined {
  if (kernel.accumulators.length === 0) return undefined;
  const results = product(kernel.map), terms = product(kernel.reduce);
  if (results === 0) return undefined;
  const axis = kernel.reduce.reduce((best, size, i) => size > (kernel.reduce[best] ?? 0) ? i : best, 0);
  const size = kernel.reduce[axis] ?? 1, beside = terms / size;
  const room = Math.floor(WORKSPACE_ELEMENTS / (results * kernel.accumulators.length));
  let wanted = Math.ceil(terms / MAX_CHUNK);
  if (results * terms >= SMALL) {
    if (results < ENOUGH_RESULTS) {
      wanted = Math.max(wanted, Math.min(TARGET_CHUNKS, Math.floor(terms / MIN_CHUNK)));
    }
    if (size >= 4 * STREAMS && results * terms >= 4 * SMALL && runsDownColumns(kernel, axis)) {
      wanted = Math.max(wanted, Math.ceil(size / Math.max(1, Math.floor(STREAMS / beside))));
    }
  }
  wanted = Math.min(wanted, size, room);
  return wanted <= 1 ? undefined : { axis, chunks: Math.min(room, evenCount(size, wanted)) };
}
