/**
 * Prints products of few rows whose operands both have contiguous k, such as a batch times a large weight matrix: B is
 * read from memory once, and nothing is packed. A task computes all rows of some columns.
 * @module
 */
import type { GemmKernel } from "../../ir/kernel.ts";
import { DOT_COLUMNS, DOT_ROWS, dotFunction } from "./dots.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { GemmBlock } from "./gemm_block.ts";
import { type KernelCode, product, TASK_PARAMETERS } from "../module/kernel_code.ts";
import { FAR_ELEMENTS, READ_AHEAD_STEP, readAheadFunction } from "./read_ahead.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const MOST_ROWS = 48;
/** A is read again for each pair of columns: it should stay in the second-level cache. */
const LEFT_ELEMENTS = 48 * 1024;
/** With shorter k, adding up lanes costs more than packing would; and a column is read ahead in steps as long. */
const SHORTEST_K = 64;
const WIDEST_BLOCK = 128;
const LEAST_TASK_WORK = 1 << 17;
/** Bytes of B that are read ahead at a time: far less than a second-level cache. */
const AHEAD_BYTES = 32 * 1024;

/** Whether {@link gemmDotsCode} is the way to run a product. */
export function suitsDots({ m, k, a, b }: GemmKernel): boolean {
  return a.column === 1 && b.row === 1 && m <= MOST_ROWS && k >= SHORTEST_K && m * k <= LEFT_ELEMENTS;
}

/**
 * The code of a product of few rows.
 *
 * @param kernel Kernel; no axis is empty.
 * @param features What the engine can do.
 */
export function gemmDotsCode(kernel: GemmKernel, features: Features): KernelCode {
  const { batch, m, n, k } = kernel;
  const batches = product(batch), work = batches * m * n * k;
  const wanted = Math.max(LEAST_TASK_WORK, work / 16) / (m * k);
  const nBlock = Math.min(
    n,
    WIDEST_BLOCK,
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

/** All columns of a block, in pairs and perhaps a single one; those of a large B are read ahead, some at a time. */
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
    const ahead = Math.max(DOT_COLUMNS, Math.floor(AHEAD_BYTES / (4 * k) / DOT_COLUMNS) * DOT_COLUMNS);
    const pairs = f.local("i32"), first = f.local("i32"), lines = f.local("i32");
    f.takeSteps(left, ahead, () => {
      f.get(column).set(first).i32(ahead).set(lines);
      f.countdown(lines, () => {
        f.get(first).i32(Math.floor(4 * k / READ_AHEAD_STEP)).get(target).call(readAheadFunction(shared))
          .increment(first, 4 * b.column);
      });
      f.i32(ahead / DOT_COLUMNS).set(pairs).countdown(pairs, () => printStrips(DOT_COLUMNS));
    });
  }
  f.takeSteps(left, DOT_COLUMNS, () => printStrips(DOT_COLUMNS));
  f.get(left).if(() => printStrips(1));
}

/** All rows of some columns, strip by strip. */
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
  // Strips as even as can be: a low one has too few sums to keep the multipliers busy.
  const count = Math.ceil(m / DOT_ROWS), low = Math.floor(m / count), high = m % count;
  for (const [rows, times] of [[low + 1, high], [low, count - high]] as const) {
    if (times > 0) f.i32(times).set(strips).countdown(strips, () => printTile(rows));
  }
}
