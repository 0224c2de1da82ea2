/**
 * Prints products of few rows whose operands both have contiguous k, such as a batch times a large weight matrix: B is
 * read from memory once, and nothing is packed. A task computes all rows of some columns.
 * @module
 */
import type { GemmKernel } from "../ir/kernel.ts";
import { DOT_COLUMNS, DOT_ROWS, dotFunction } from "./dots.ts";
import type { Features } from "./features.ts";
import type { FunctionBuilder, Local } from "./function_builder.ts";
import { GemmBlock } from "./gemm_block.ts";
import { type KernelCode, product, TASK_PARAMETERS } from "./kernel_code.ts";
import type { SharedFunctions } from "./shared_functions.ts";

const MOST_ROWS = 48;
/** A is read again for each pair of columns: it should stay in the second-level cache. */
const LEFT_ELEMENTS = 48 * 1024;
/** With shorter k, adding up lanes costs more than packing would. */
const SHORTEST_K = 64;
const WIDEST_BLOCK = 128;
const LEAST_TASK_WORK = 1 << 17;

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

/** All columns of a block, in pairs and perhaps a single one. */
function printColumns(
  f: FunctionBuilder,
  shared: SharedFunctions,
  kernel: GemmKernel,
  block: GemmBlock,
  line: number,
  features: Features,
): void {
  const { b } = kernel;
  const column = f.local("i32"), target = f.local("i32"), left = f.local("i32");
  f.get(block.right).set(column).get(block.scratch).set(target).get(block.columns).set(left);
  const printStrips = (columns: number) => {
    printRows(f, shared, kernel, { a: block.left, column, target, line, columns }, features);
    f.increment(column, 4 * columns * b.column).increment(target, 4 * columns);
  };
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
  const whole = Math.floor(m / DOT_ROWS);
  if (whole > 0) {
    f.i32(whole).set(strips).countdown(strips, () => printTile(DOT_ROWS));
  }
  if (m % DOT_ROWS > 0) printTile(m % DOT_ROWS);
}
