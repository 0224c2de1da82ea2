/**
 * Decides how a matrix product is cut into tasks and blocks. Everything follows from the shape alone.
 * @module
 */
import type { GemmKernel } from "../../ir/kernel.ts";
import { product } from "../module/kernel_code.ts";
import { TILE_COLUMNS, TILE_ROWS } from "./micro.ts";
import { FAR_ELEMENTS } from "./read_ahead.ts";

/** The cut of a product. */
export interface GemmPlan {
  /** Rows of a block. */
  readonly mBlock: number;
  /** Columns of a block. */
  readonly nBlock: number;
  /** Inner elements that are summed in one go. */
  readonly kBlock: number;
  /** Columns of a panel of B: 8, or 4 where there are no more. */
  readonly panel: 4 | 8;
  /** Whether strips of A are packed. */
  readonly packLeft: boolean;
  /** Whether B is packed; if not, it lies in panels already. */
  readonly packRight: boolean;
  /** Whether the lines of B are brought into the cache before they are packed. */
  readonly readAhead: boolean;
}

/** Sizes of blocks, for A as it is and for a packed A, which needs room in the cache too. */
const LIMITS = {
  plain: {
    /** Inner elements that run in one piece: a strip of A and a panel of B then fit the first-level cache. */
    longestK: 1024,
    /** Inner elements of a block where there are more. */
    kBlock: 768,
    /** Elements of a block of B: well within the second-level cache. */
    right: 32 * 1024,
  },
  packed: { longestK: 320, kBlock: 256, right: 64 * 1024 },
} as const;
const WIDEST_BLOCK = 512;
/** Multiply-adds of a task: enough to outweigh packing, few enough to balance threads. */
const MOST_TASK_WORK = 16 << 20;
const LEAST_TASK_WORK = 1 << 17;
const WANTED_TASKS = 16;
/** So few rows take less time than B takes to come: its lines are read whole, in order and, if it is large, ahead. */
const FEW = { rows: 3 * TILE_ROWS, kBlock: 128, narrowest: 64 } as const;
/** Rows that a block of B should serve, if there are as many. */
const SMALLEST_ROWS = 16 * TILE_ROWS;

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
  const { m, n, k, a, b } = kernel;
  const packLeft = a.column !== 1;
  if (m <= FEW.rows && n >= FEW.narrowest && !packLeft && b.column === 1) return planFewRows(kernel);
  const limits = packLeft ? LIMITS.packed : LIMITS.plain;
  const kBlock = k <= limits.longestK ? k : evenBlocks(k, limits.kBlock, 4);
  const taskWork = taskWorkOf(kernel);
  const widest = Math.max(TILE_COLUMNS, Math.min(WIDEST_BLOCK, Math.floor(limits.right / kBlock)));
  let nBlock = evenBlocks(n, widest, TILE_COLUMNS);
  let mBlock = evenBlocks(m, taskWork / (nBlock * k), TILE_ROWS);
  if (mBlock === m) nBlock = evenBlocks(n, Math.min(widest, taskWork / (m * k)), TILE_COLUMNS);
  else mBlock = Math.max(mBlock, evenBlocks(m, SMALLEST_ROWS, TILE_ROWS));
  return { mBlock, nBlock, kBlock, panel: panelWidth(n), packLeft, packRight: true, readAhead: false };
}

/** Multiply-adds that a task should have. */
function taskWorkOf({ m, n, k, batch }: GemmKernel): number {
  return Math.min(MOST_TASK_WORK, Math.max(LEAST_TASK_WORK, product(batch) * m * n * k / WANTED_TASKS));
}

function planFewRows(kernel: GemmKernel): GemmPlan {
  const { m, n, k, batch } = kernel;
  const wanted = Math.min(WIDEST_BLOCK, Math.max(FEW.narrowest, taskWorkOf(kernel) / (m * k)));
  return {
    mBlock: m,
    nBlock: evenBlocks(n, wanted, TILE_COLUMNS),
    kBlock: evenBlocks(k, FEW.kBlock, 4),
    panel: TILE_COLUMNS,
    packLeft: false,
    packRight: true,
    readAhead: product(batch) * n * k > FAR_ELEMENTS,
  };
}

/**
 * Columns of a panel of B.
 *
 * @param n Columns of B.
 */
export function panelWidth(n: number): 4 | 8 {
  return n <= 4 ? 4 : 8;
}

/** Inner elements that a product may have whose B lies in panels already. */
export const LONGEST_PANEL: number = LIMITS.plain.longestK;

/**
 * Plans a product whose B lies in panels: one task for all.
 *
 * @param kernel Kernel; no axis is empty and k is at most {@link LONGEST_PANEL}.
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
    readAhead: false,
  };
}
