/**
 * Code generation for matrix products. A task computes one block of the result: it packs panels of B into the thread's
 * scratch, multiplies strips of six rows of A with all of them, and runs the stores on each strip while it is cached.
 * @module
 */
import type { GemmKernel } from "../../ir/kernel.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { GemmBlock } from "./gemm_block.ts";
import { type GemmPlan, planGemm, planPanelled } from "./gemm_plan.ts";
import { type KernelCode, product, TASK_PARAMETERS } from "../module/kernel_code.ts";
import { TILE_ROWS } from "./micro.ts";
import { packFunction, panelBytes, stripLayout } from "./pack.ts";
import { runTiles } from "./run_tiles.ts";
import { PREFETCH_STEP, prefetchFunction } from "./prefetch.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/**
 * Generates code for a matrix product.
 *
 * @param kernel Kernel; no axis is empty.
 * @param features Features of the engine.
 */
export function gemmCode(kernel: GemmKernel, features: Features): KernelCode {
  return codeByPlan(kernel, planGemm(kernel), features);
}

/**
 * Generates code for a product whose B is already packed into panels (see `packFunction`): one task.
 *
 * @param kernel Kernel without batch axes larger than 1; no axis is empty. Of the view of B only buffer and offset are
 *   used.
 * @param features Features of the engine.
 */
export function panelledGemmCode(kernel: GemmKernel, features: Features): KernelCode {
  return codeByPlan(kernel, planPanelled(kernel), features);
}

function codeByPlan(kernel: GemmKernel, plan: GemmPlan, features: Features): KernelCode {
  const { m, n, k, batch } = kernel;
  return {
    tasks: product(batch) * Math.ceil(m / plan.mBlock) * Math.ceil(n / plan.nBlock),
    scratchBytes: scratchLayout(kernel, plan).bytes,
    work: 2 * product(batch) * m * n * k,
    emit: (shared) =>
      shared.module.function(
        TASK_PARAMETERS,
        (f) => new GemmPrinter(f, shared, kernel, plan, features).print(),
      ),
  };
}

/** Byte offsets in a task's scratch: panels of B from 0, then those of A, then the block of sums. */
function scratchLayout(
  kernel: GemmKernel,
  plan: GemmPlan,
): { left: number; sums: number; line: number; bytes: number } {
  const panels = Math.ceil(plan.nBlock / plan.panel), strips = Math.ceil(plan.mBlock / TILE_ROWS);
  const left = plan.packRight ? panels * panelBytes(plan.panel, plan.kBlock) : 0;
  const sums = left + (plan.packLeft ? strips * panelBytes(TILE_ROWS, plan.kBlock) : 0);
  const line = 4 * plan.panel * panels;
  return { left, sums, line, bytes: sums + line * (kernel.k > plan.kBlock ? plan.mBlock : TILE_ROWS) };
}

/** One range of k of a block. */
interface DepthRange {
  /** Addresses of the first elements of A and B. */
  readonly left: Local;
  readonly right: Local;
  readonly depth: number;
  /** Whether to add to the partial sums. */
  readonly accumulate: Local | 0 | 1;
  /** Whether this range completes the sums. */
  readonly last: boolean;
}

class GemmPrinter {
  readonly #f: FunctionBuilder;
  readonly #shared: SharedFunctions;
  readonly #kernel: GemmKernel;
  readonly #plan: GemmPlan;
  readonly #features: Features;
  readonly #block: GemmBlock;

  constructor(
    f: FunctionBuilder,
    shared: SharedFunctions,
    kernel: GemmKernel,
    plan: GemmPlan,
    features: Features,
  ) {
    this.#f = f;
    this.#shared = shared;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#features = features;
    this.#block = new GemmBlock(f, kernel, plan.mBlock, plan.nBlock, features);
  }

  print(): void {
    const f = this.#f, { k, a, b } = this.#kernel, { kBlock } = this.#plan, { left, right } = this.#block;
    if (k <= kBlock) return this.#printDepth({ left, right, depth: k, accumulate: 0, last: true });
    const whole = Math.floor((k - 1) / kBlock), accumulate = f.local("i32"), blocks = f.local("i32");
    f.i32(whole).set(blocks);
    f.countdown(blocks, () => {
      this.#printDepth({ left, right, depth: kBlock, accumulate, last: false });
      f.increment(left, 4 * a.column * kBlock).increment(right, 4 * b.row * kBlock);
      f.i32(1).set(accumulate);
    });
    this.#printDepth({ left, right, depth: k - whole * kBlock, accumulate: 1, last: true });
  }

  /** Processes one range of k: all panels of B, then all strips of A against them. */
  #printDepth(range: DepthRange): void {
    const f = this.#f, plan = this.#plan, block = this.#block;
    const { left, sums, line } = scratchLayout(this.#kernel, plan);
    if (plan.packRight) this.#packRight(range);
    if (plan.packLeft) this.#packLeft(range, left);
    const rowsLeft = f.local("i32"), strip = f.local("i32"), target = f.local("i32"), row = block.firstRow();
    f.get(block.rows).set(rowsLeft);
    if (plan.packLeft) f.get(block.scratch).i32(left).op("i32.add").set(strip);
    else f.get(range.left).set(strip);
    f.get(block.scratch).i32(sums).op("i32.add").set(target);
    const printStrip = (rows: number) => {
      this.#runTiles(range, strip, target, rows);
      if (range.last) block.printStores(target, line, row, rows);
    };
    f.takeSteps(rowsLeft, TILE_ROWS, () => {
      printStrip(TILE_ROWS);
      f.increment(
        strip,
        plan.packLeft ? panelBytes(TILE_ROWS, range.depth) : 4 * TILE_ROWS * this.#kernel.a.row,
      );
      f.increment(row, TILE_ROWS);
      if (this.#kernel.k > plan.kBlock) f.increment(target, line * TILE_ROWS);
    });
    for (const rows of edges(this.#kernel.m, plan.mBlock, TILE_ROWS)) {
      f.get(rowsLeft).i32(rows).op("i32.eq").if(() => printStrip(rows));
    }
  }

  /** Packs the block of B into panels. */
  #packRight({ right, depth }: DepthRange): void {
    const { b } = this.#kernel, { scratch, columns } = this.#block;
    if (this.#plan.prefetch) this.#prefetch(right, depth);
    const pack = packFunction(this.#shared, this.#plan.panel, stripLayout(b.column, b.row), true);
    this.#f.get(right).get(scratch).i32(depth).i32(4 * b.column).i32(4 * b.row).get(columns).call(pack);
  }

  /** Prefetches the rows of the block of B, in whole steps. */
  #prefetch(right: Local, depth: number): void {
    const f = this.#f, { scratch, columns } = this.#block;
    const row = f.local("i32"), left = f.local("i32");
    f.get(right).set(row).i32(depth).set(left);
    f.countdown(left, () => {
      f.get(row).get(columns).i32(PREFETCH_STEP / 4).op("i32.div_u").get(scratch);
      f.call(prefetchFunction(this.#shared)).increment(row, 4 * this.#kernel.b.row);
    });
  }

  /** Packs the block of A into panels. */
  #packLeft({ left, depth }: DepthRange, at: number): void {
    const { a } = this.#kernel, { scratch, rows } = this.#block;
    const pack = packFunction(this.#shared, TILE_ROWS, stripLayout(a.row, a.column), false);
    this.#f.get(left).get(scratch).i32(at).op("i32.add").i32(depth).i32(4 * a.row).i32(4 * a.column).get(
      rows,
    );
    this.#f.call(pack);
  }

  /** Runs the inner kernel on all panels. */
  #runTiles({ right, depth, accumulate }: DepthRange, strip: Local, target: Local, rows: number): void {
    const { scratch, columns } = this.#block;
    runTiles(this.#f, this.#shared, this.#features, {
      plan: this.#plan,
      rowBytes: 4 * this.#kernel.a.row,
      panels: this.#plan.packRight ? scratch : right,
      line: scratchLayout(this.#kernel, this.#plan).line,
      ...{ strip, target, rows, columns, depth, accumulate },
    });
  }
}

/** The remainders by `step` that blocks of a size have, without 0. */
export function edges(size: number, block: number, step: number): number[] {
  const remainders = new Set([Math.min(size, block) % step, size % block % step]);
  remainders.delete(0);
  return [...remainders].sort();
}
