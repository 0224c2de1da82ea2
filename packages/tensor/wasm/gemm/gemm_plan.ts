/**
 * Decides how a matrix product is divided into tasks and blocks, from its shape alone.
 * @module
 */
import type { GemmKernel } from "../../ir/kernel.ts";
import { product } from "../module/kernel_code.ts";
import { TILE_COLUMNS, TILE_ROWS } from "./micro.ts";
import { FAR_ELEMENTS } from "./prefetch.ts";

/** The blocking of a product. */
export interface GemmPlan {
  /** Rows per block. */
  readonly mBlock: number;
  /** Columns per block. */
  readonly nBlock: number;
  /** Depth (elements along k) per block. */
  readonly kBlock: number;
  /** Columns of a panel of B: 8, or 4 if B has no more. */
  readonly panel: 4 | 8;
  /** Whether to pack strips of A. */
  readonly packLeft: boolean;
  /** Whether to pack B; if not, it is packed already. */
  readonly packRight: boolean;
  /** Whether to prefetch the cache lines of B before packing. */
  readonly prefetch: boolean;
}

/** Block sizes for A in place and for a packed A, which also occupies the cache. */
const LIMITS = {
  plain: {
    /** Largest depth that is not divided: a strip of A and a panel of B then fit the L1 cache. */
    longestK: 1024,
    /** Target depth of a block beyond that. */
    kBlock: 768,
    /** Elements of a block of B: well within the L2 cache. */
    right: 32 * 1024,
  },
  packed: { longestK: 320, kBlock: 256, right: 64 * 1024 },
} as const;
const MAX_BLOCK_COLUMNS = 512;
/** Multiply-adds per task: enough to amortise packing, few enough to balance threads. */
const MAX_TASK_WORK = 16 << 20;
const MIN_TASK_WORK = 1 << 17;
const TARGET_TASKS = 16;
/** With so few rows, loading B dominates: its lines are read whole, in order and, if it is large, prefetched. */
const FEW = { rows: 3 * TILE_ROWS, kBlock: 128, narrowest: 64 } as const;
/** Minimum rows per block of B, if there are as many. */
const MIN_ROWS = 16 * TILE_ROWS;

/** Divides a size into equal blocks of about `wanted` at most, each a multiple of `step` (or the whole size). */
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
  const { m, n, k, a, b } = kernel;
  const packLeft = a.column !== 1;
  if (m <= FEW.rows && n >= FEW.narrowest && !packLeft && b.column === 1) return planFewRows(kernel);
  const limits = packLeft ? LIMITS.packed : LIMITS.plain;
  const kBlock = k <= limits.longestK ? k : evenBlocks(k, limits.kBlock, 4);
  const taskWork = taskWorkOf(kernel);
  const widest = Math.max(TILE_COLUMNS, Math.min(MAX_BLOCK_COLUMNS, Math.floor(limits.right / kBlock)));
  let nBlock = evenBlocks(n, widest, TILE_COLUMNS);
  let mBlock = evenBlocks(m, taskWork / (nBlock * k), TILE_ROWS);
  if (mBlock === m) nBlock = evenBlocks(n, Math.min(widest, taskWork / (m * k)), TILE_COLUMNS);
  else mBlock = Math.max(mBlock, evenBlocks(m, MIN_ROWS, TILE_ROWS));
  return { mBlock, nBlock, kBlock, panel: panelWidth(n), packLeft, packRight: true, prefetch: false };
}

/** Target multiply-adds per task. */
function taskWorkOf({ m, n, k, batch }: GemmKernel): number {
  return Math.min(MAX_TASK_WORK, Math.max(MIN_TASK_WORK, product(batch) * m * n * k / TARGET_TASKS));
}

function planFewRows(kernel: GemmKernel): GemmPlan {
  const { m, n, k, batch } = kernel;
  const wanted = Math.min(MAX_BLOCK_COLUMNS, Math.max(FEW.narrowest, taskWorkOf(kernel) / (m * k)));
  return {
    mBlock: m,
    nBlock: evenBlocks(n, wanted, TILE_COLUMNS),
    kBlock: evenBlocks(k, FEW.kBlock, 4),
    panel: TILE_COLUMNS,
    packLeft: false,
    packRight: true,
    prefetch: product(batch) * n * k > FAR_ELEMENTS,
  };
}

/**
 * Returns the number of columns of a panel of B.
 *
 * @param n Number of columns of B.
 */
export function panelWidth(n: number): 4 | 8 {
  return n <= 4 ? 4 : 8;
}

/** Maximum depth of a product whose B is packed in advance. */
export const MAX_PANEL_DEPTH: number = LIMITS.plain.longestK;

/**
 * Plans a product whose B is packed in advance, as a single task.
 *
 * @param kernel Kernel; no axis is empty and k is at most {@link MAX_PANEL_DEPTH}.
 */
export function planPanelled({ m, n, k, a }: GemmKernel): GemmPlan {
  const packLeft = a.column !== 1;
  return {
    mBlock: m,
    nBlock: n,
    kBlock: k,
    panel: panelWidth(n),
    packLeft,
    packRight: false,
    prefetch: false,
  };
}
