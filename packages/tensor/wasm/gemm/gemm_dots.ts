/**
 * Code generation for products with few rows whose operands are both contiguous along k, such as a batch times a large
 * weight matrix: B is read from memory once, and nothing is packed. A task computes all rows of some columns.
 * @module
 */
import type { GemmKernel } from "../../ir/kernel.ts";
import { DOT_COLUMNS, DOT_ROWS, dotFunction } from "./dots.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { GemmBlock } from "./gemm_block.ts";
import { type KernelCode, product, TASK_PARAMETERS } from "../module/kernel_code.ts";
import { FAR_ELEMENTS, PREFETCH_STEP, prefetchFunction } from "./prefetch.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const MAX_ROWS = 48;
/** A is read again for each pair of columns: it should stay in the L2 cache. */
const LEFT_ELEMENTS = 48 * 1024;
/** With shorter k, horizontal adds cost more than packing; also, columns are prefetched in steps of this length. */
const MIN_K = 64;
const MAX_BLOCK_COLUMNS = 128;
const MIN_TASK_WORK = 1 << 17;
/** Bytes of B prefetched at a time: far less than an L2 cache. */
const PREFETCH_BYTES = 32 * 1024;

/** Returns whether {@link gemmDotsCode} is the best way to run a product. */
export function suitsDots({ m, k, a, b }: GemmKernel): boolean {
  return a.column === 1 && b.row === 1 && m <= MAX_ROWS && k >= MIN_K && m * k <= LEFT_ELEMENTS;
}

/**
 * Generates code for a product with few rows.
 *
 * @param kernel Kernel; no axis is empty.
 * @param features Features of the engine.
 */
export function gemmDotsCode(kernel: GemmKernel, features: Features): KernelCode {
  const { batch, m, n, k } = kernel;
  const batches = product(batch), work = batches * m * n * k;
  const wanted = Math.max(MIN_TASK_WORK, work / 16) / (m * k);
  const nBlock = Math.min(
    n,
    MAX_BLOCK_COLUMNS,
    Math.max(DOT_COLUMNS, Math.ceil(wanted / DOT_COLUMNS) * DOT_COLUMNS),
  );
  const line = 4 * nBlock;
  return {
    tasks: batches * Math.ceil(n / nBlock),
    scratchBytes: line * m,
    work: 2 * work,
    emit: (shared) =>
      shared.module.function(TASK_PARAMETERS, (f) => {
        const block = new GemmBlock(f, kernel, m, nBlock, features);
        printColumns(f, shared, kernel, block, line, features);
        block.printStores(block.scratch, line, block.firstRow(), m);
      }),
  };
}

/** Emits all columns of a block, in pairs and possibly a single one; a large B is prefetched some columns at a time. */
function printColumns(
  f: FunctionBuilder,
  shared: SharedFunctions,
  kernel: GemmKernel,
  block: GemmBlock,
  line: number,
  features: Features,
): void {
  const { b, n, k } = kernel;
  const column = f.local("i32"), target = f.local("i32"), left = f.local("i32");
  f.get(block.right).set(column).get(block.scratch).set(target).get(block.columns).set(left);
  const printStrips = (columns: number) => {
    printRows(f, shared, kernel, { a: block.left, column, target, line, columns }, features);
    f.increment(column, 4 * columns * b.column).increment(target, 4 * columns);
  };
  if (n * k > FAR_ELEMENTS) {
    const ahead = Math.max(DOT_COLUMNS, Math.floor(PREFETCH_BYTES / (4 * k) / DOT_COLUMNS) * DOT_COLUMNS);
    const pairs = f.local("i32"), first = f.local("i32"), lines = f.local("i32");
    f.takeSteps(left, ahead, () => {
      f.get(column).set(first).i32(ahead).set(lines);
      f.countdown(lines, () => {
        f.get(first).i32(Math.floor(4 * k / PREFETCH_STEP)).get(target).call(prefetchFunction(shared))
          .increment(first, 4 * b.column);
      });
      f.i32(ahead / DOT_COLUMNS).set(pairs).countdown(pairs, () => printStrips(DOT_COLUMNS));
    });
  }
  f.takeSteps(left, DOT_COLUMNS, () => printStrips(DOT_COLUMNS));
  f.get(left).if(() => printStrips(1));
}

/** Emits all rows of some columns, strip by strip. */
function printRows(
  f: FunctionBuilder,
  shared: SharedFunctions,
  { a: { row }, b, m, k }: GemmKernel,
  { a, column, target, line, columns }: {
    readonly a: Local;
    readonly column: Local;
    readonly target: Local;
    readonly line: number;
    readonly columns: number;
  },
  features: Features,
): void {
  const strip = f.local("i32"), to = f.local("i32"), strips = f.local("i32");
  f.get(a).set(strip).get(target).set(to);
  const printTile = (rows: number) => {
    f.get(strip).i32(4 * row).get(column).i32(4 * b.column).get(to).i32(line).i32(k);
    f.call(dotFunction(shared, rows, columns, features));
    f.increment(strip, 4 * row * rows).increment(to, line * rows);
  };
  // Strips as even as possible: a low strip has too few accumulators to keep the multipliers busy.
  const count = Math.ceil(m / DOT_ROWS), low = Math.floor(m / count), high = m % count;
  for (const [rows, times] of [[low + 1, high], [low, count - high]] as const) {
    if (times > 0) f.i32(times).set(strips).countdown(strips, () => printTile(rows));
  }
}
