/**
 * Decides how a matrix product is cut into tasks and blocks. Everything follows from the shape alone.
 * @module
 */
import type { GemmKernel } from "../ir/kernel.ts";
import { product } from "./kernel_code.ts";
import { TILE_COLUMNS, TILE_ROWS } from "./micro.ts";

/** The cut of a product. */
export interface GemmPlan {
  /** Rows, columns and inner elements of a block. */
  readonly mBlock: number;
  readonly nBlock: number;
  readonly kBlock: number;
  /** Columns of a panel of B: 8, or 4 where there are no more. */
  readonly panel: 4 | 8;
  /** Whether strips of A are packed. */
  readonly packLeft: boolean;
}

/** Inner elements that run in one piece: a strip of A and a panel of B then fit the first-level cache. */
const LONGEST_K = 1024;
const K_BLOCK = 768;
/** Elements of a packed block of B: half of a second-level cache. */
const RIGHT_ELEMENTS = 32 * 1024;
const WIDEST_BLOCK = 512;
/** Multiply-adds of a task: enough to outweigh packing, few enough to balance threads. */
const MOST_TASK_WORK = 8 << 20;
const LEAST_TASK_WORK = 1 << 17;
const WANTED_TASKS = 16;

/** Cuts a size into equal blocks of at most about `wanted`, each a multiple of `step` (or the whole size). */
function evenBlocks(size: number, wanted: number, step: number): number {
  const count = Math.max(1, Math.ceil(size / Math.max(step, wanted)));
  return Math.min(size, Math.ceil(size / count / step) * step);
}

/**
 * Plans a product.
 *
 * @param kernel Kernel; no axis is empty.
 */
export function planGemm(kernel: GemmKernel): GemmPlan {
  const { m, n, k, a } = kernel;
  const kBlock = k <= LONGEST_K ? k : evenBlocks(k, K_BLOCK, 4);
  const work = product(kernel.batch) * m * n * k;
  const taskWork = Math.min(MOST_TASK_WORK, Math.max(LEAST_TASK_WORK, work / WANTED_TASKS));
  const widest = Math.max(TILE_COLUMNS, Math.min(WIDEST_BLOCK, Math.floor(RIGHT_ELEMENTS / kBlock)));
  let nBlock = evenBlocks(n, widest, TILE_COLUMNS);
  let mBlock = evenBlocks(m, taskWork / (nBlock * k), TILE_ROWS);
  if (mBlock === m) nBlock = evenBlocks(n, Math.min(widest, taskWork / (m * k)), TILE_COLUMNS);
  else if (mBlock < 8 * TILE_ROWS) mBlock = evenBlocks(m, 8 * TILE_ROWS, TILE_ROWS);
  const planned = { mBlock, nBlock, kBlock, panel: n <= 4 ? 4 : 8, packLeft: a.column !== 1 } as GemmPlan;
  return { ...planned, ...(globalThis as any).__plan };
}
