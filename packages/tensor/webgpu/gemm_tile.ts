/**
 * Which tile a matrix product uses, and over how many workgroups its inner dimension is split. It depends on the
 * shape only.
 * @module
 */
import type { GemmKernel } from "../ir/kernel.ts";
import { volume } from "./unravel.ts";

/**
 * A workgroup of `rows × columns` threads computes `rows·height` by `columns·width` elements; each thread keeps
 * `height × width` sums in registers. Steps of `depth` along the inner dimension pass through shared memory.
 */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly height: number;
  /** A multiple of 4. */
  readonly width: number;
  /** A multiple of 4. */
  readonly depth: number;
  /** Part of the arithmetic peak that a full machine reaches with it, by the loads that each product needs. */
  readonly efficiency: number;
}

/** How a product is computed: by tiles, or as a loop kernel where a tile would be mostly empty. */
export type GemmPlan = { readonly tile: Tile; readonly splits: number } | "loop";

/** Tiles, best first where all are full. */
export const TILES: readonly Tile[] = [
  { rows: 16, columns: 16, height: 8, width: 8, depth: 8, efficiency: 1 },
  { rows: 16, columns: 16, height: 4, width: 4, depth: 16, efficiency: 0.75 },
  { rows: 8, columns: 8, height: 4, width: 4, depth: 16, efficiency: 0.5 },
  { rows: 32, columns: 4, height: 4, width: 4, depth: 16, efficiency: 0.45 },
  { rows: 4, columns: 32, height: 4, width: 4, depth: 16, efficiency: 0.45 },
];

/** Threads that keep a GPU busy when each has many independent multiply-adds. */
const ENOUGH_THREADS = 1 << 15;
/** A workgroup should do at least so many steps before its sums are worth writing out. */
const TERMS_PER_SPLIT = 256;
/** Below this, a dimension leaves a tile mostly empty. */
const THIN = 4;

/** Time of a product with a tile, in arbitrary units, and the splits that it would use. */
function cost(tile: Tile, batch: number, m: number, n: number, k: number): { splits: number; time: number } {
  const { rows, columns, height, width, efficiency } = tile;
  const groups = Math.ceil(m / (rows * height)) * Math.ceil(n / (columns * width)) * batch;
  const threads = groups * rows * columns;
  const splits = Math.max(
    1,
    Math.min(Math.ceil(ENOUGH_THREADS / threads), Math.floor(k / TERMS_PER_SPLIT)),
  );
  const work = threads * height * width * k;
  const busy = Math.min(1, threads * splits / ENOUGH_THREADS);
  return { splits, time: work / (efficiency * busy) };
}

/**
 * Chooses how to compute a product.
 *
 * @param kernel Product with at least one element.
 */
export function planGemm(kernel: GemmKernel): GemmPlan {
  const { m, n, k } = kernel;
  if (Math.min(m, n) <= THIN || k <= THIN) return "loop";
  const batch = volume(kernel.batch);
  const plans = TILES.map((tile) => ({ tile, ...cost(tile, batch, m, n, k) }));
  const best = plans.reduce((least, plan) => plan.time < least.time ? plan : least);
  return { tile: best.tile, splits: best.splits };
}
