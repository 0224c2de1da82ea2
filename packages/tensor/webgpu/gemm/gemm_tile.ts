/**
 * Which tile a matrix product uses, and over how many workgroups its inner dimension is split.
 *
 * Both follow from the shape; the best tile may also have been measured on the adapter (`tuner.ts`). Every tile
 * adds the terms of an element one by one in the order of the inner dimension, and the split does not depend on the
 * tile: the choice of a tile does not change a byte of the result.
 *
 * @module
 */
import type { GemmKernel } from "../../ir/kernel.ts";
import { volume } from "../shader/unravel.ts";

/**
 * A workgroup of `rows × columns` threads computes `rows·height` by `columns·width` elements; each thread holds
 * `height × width` sums in registers. Steps of `depth` along the inner dimension pass through shared memory.
 */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** A multiple of 4. */
  readonly height: number;
  /** A multiple of 4. */
  readonly width: number;
  /** A multiple of 4 that divides {@link DEPTH_UNIT}. */
  readonly depth: number;
  /**
   * Steps held in shared memory: with 2 (double buffering), one is written while the other is read, with one barrier.
   */
  readonly stages: 1 | 2;
  /** Fraction of the arithmetic peak that a full GPU reaches with it, for use without measurements. */
  readonly efficiency: number;
}

/** How a product is computed: by tiles, or as a loop kernel if a tile would be mostly empty. */
export type GemmPlan = { readonly tile: Tile; readonly splits: number } | "loop";

/** Candidate tiles; without measurements, the first with the lowest estimated time is used. */
export const TILES: readonly Tile[] = [
  { rows: 16, columns: 16, height: 8, width: 8, depth: 8, stages: 1, efficiency: 1 },
  { rows: 16, columns: 16, height: 8, width: 8, depth: 8, stages: 2, efficiency: 0.95 },
  { rows: 16, columns: 16, height: 8, width: 8, depth: 16, stages: 1, efficiency: 0.95 },
  { rows: 16, columns: 16, height: 8, width: 4, depth: 16, stages: 1, efficiency: 0.85 },
  { rows: 8, columns: 8, height: 8, width: 8, depth: 8, stages: 1, efficiency: 0.7 },
  { rows: 16, columns: 16, height: 4, width: 4, depth: 16, stages: 1, efficiency: 0.75 },
  { rows: 16, columns: 16, height: 4, width: 4, depth: 16, stages: 2, efficiency: 0.7 },
  { rows: 8, columns: 8, height: 4, width: 4, depth: 16, stages: 1, efficiency: 0.5 },
  { rows: 8, columns: 8, height: 4, width: 4, depth: 16, stages: 2, efficiency: 0.45 },
  { rows: 32, columns: 4, height: 4, width: 4, depth: 16, stages: 1, efficiency: 0.45 },
  { rows: 4, columns: 32, height: 4, width: 4, depth: 16, stages: 1, efficiency: 0.45 },
];

/** Every depth divides it, and parts of a split inner dimension are multiples of it: no step straddles two parts. */
export const DEPTH_UNIT = 16;

/** Encodes a tile in a few characters, for stores and messages. */
export function tileName({ rows, columns, height, width, depth, stages }: Tile): string {
  return `${rows}x${columns}.${height}x${width}.${depth}.${stages}`;
}

/** Maximum shared memory of a tile in bytes, for any operand layout. */
export function tileBytes({ rows, columns, height, width, depth, stages }: Tile): number {
  const operand = (size: number) => Math.max(depth * (size / 4 + 1), size * (depth / 4 + 1) + 3 * depth / 4);
  return 16 * stages * (operand(rows * height) + operand(columns * width));
}

/** Returns the tiles that an adapter with the given limits can use. */
export function usableTiles(
  limits: Pick<GPUSupportedLimits, "maxComputeWorkgroupStorageSize" | "maxComputeInvocationsPerWorkgroup">,
): Tile[] {
  return TILES.filter((tile) =>
    tileBytes(tile) <= limits.maxComputeWorkgroupStorageSize &&
    tile.rows * tile.columns <= limits.maxComputeInvocationsPerWorkgroup
  );
}

/** Number of threads that saturates a GPU when each has many independent multiply-adds. */
const ENOUGH_THREADS = 1 << 15;
/** Minimum terms per workgroup for its sums to be worth writing out. */
const TERMS_PER_SPLIT = 256;
/** The smallest tile's side and sums per thread: how finely an output can be divided without a split. */
const FINEST = { side: 32, sums: 16 };
/** Up to this size, a dimension leaves a tile mostly empty. */
export const THIN = 4;

/** Returns whether a product runs as a loop kernel. */
export function isThin({ m, n, k }: GemmKernel): boolean {
  return Math.min(m, n) <= THIN || k <= THIN;
}

/**
 * Returns over how many workgroups to split the inner dimension, so that a product with few outputs and a long inner
 * dimension saturates a GPU: a function of the shape alone.
 *
 * @param kernel Product with at least one element.
 */
export function splitsOf({ batch, m, n, k }: Sizes): number {
  const padded = (size: number) => Math.ceil(size / FINEST.side) * FINEST.side;
  const threads = volume(batch) * padded(m) * padded(n) / FINEST.sums;
  return Math.max(1, Math.min(Math.ceil(ENOUGH_THREADS / threads), Math.floor(k / TERMS_PER_SPLIT)));
}

/** Estimates the time of a product with a tile, in arbitrary units. */
function estimate(
  { rows, columns, height, width, efficiency }: Tile,
  { batch, m, n, k }: Sizes,
  splits: number,
): number {
  const groups = Math.ceil(m / (rows * height)) * Math.ceil(n / (columns * width)) * volume(batch);
  const threads = groups * rows * columns;
  const busy = Math.min(1, threads * splits / ENOUGH_THREADS);
  return threads * height * width * k / (efficiency * busy);
}

/**
 * Chooses how to compute a product from its shape.
 *
 * @param kernel Product with at least one element.
 * @param tiles Tiles to choose from.
 */
export function planGemm(kernel: GemmKernel, tiles: readonly Tile[] = TILES): GemmPlan {
  return isThin(kernel) ? "loop" : planTiles(kernel, tiles);
}

/** Sizes of a product. */
type Sizes = Pick<GemmKernel, "batch" | "m" | "n" | "k">;

/**
 * Chooses a tile for a product of some sizes.
 *
 * @param sizes Of a product with at least one element.
 * @param tiles Tiles to choose from.
 */
export function planTiles(
  sizes: Sizes,
  tiles: readonly Tile[] = TILES,
): { readonly tile: Tile; readonly splits: number } {
  const splits = splitsOf(sizes);
  const times = tiles.map((tile) => estimate(tile, sizes, splits));
  return { tile: tiles[times.indexOf(Math.min(...times))]!, splits };
}
