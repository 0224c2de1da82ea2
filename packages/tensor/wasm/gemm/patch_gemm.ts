/**
 * Generates code for products over windows: convolutions. A block of B is packed into panels directly from the input,
 * through tables of row and column offsets, so that patches exist only in a thread's scratch memory; the inner kernels
 * are those of all products.
 * @module
 */
import type { Digit, GemmKernel, PatchGemmKernel } from "../../ir/kernel.ts";
import { Cursors } from "../loop/cursors.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { type KernelCode, product, TASK_PARAMETERS } from "../module/kernel_code.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";
import { edges } from "./gemm.ts";
import { GemmBlock } from "./gemm_block.ts";
import { type GemmPlan, planGemm } from "./gemm_plan.ts";
import { TILE_ROWS } from "./micro.ts";
import { panelBytes } from "./pack.ts";
import { runTiles } from "./run_tiles.ts";
import { gatherPanelFunction } from "./gather_panel.ts";

/**
 * Generates code for a product over windows.
 *
 * @param kernel Kernel; no axis is empty.
 * @param features Features of the engine.
 */
export function patchGemmCode(kernel: PatchGemmKernel, features: Features): KernelCode {
  const { batch, m, n, k } = kernel;
  const plan = planGemm(asGemm(kernel));
  const layout = scratchLayout(kernel, plan);
  return {
    tasks: product(batch) * Math.ceil(m / plan.mBlock) * Math.ceil(n / plan.nBlock),
    scratchBytes: layout.bytes,
    work: 2 * product(batch) * m * n * k,
    emit: (shared) =>
      shared.module.function(TASK_PARAMETERS, (f) => {
        new PatchGemmPrinter(f, shared, kernel, plan, features).print();
      }),
  };
}

/** Returns the common stride of digits; undefined if there is none. */
function singleStride(digits: readonly Digit[]): number | undefined {
  if (digits.length > 1) return undefined;
  return digits[0]?.stride ?? 0;
}

/**
 * The same product for code that depends on sizes and block starts only: rows and columns have no stride, except of a
 * plain A.
 */
function asGemm(kernel: PatchGemmKernel): GemmKernel {
  const { a, b } = kernel,
    row = singleStride(a.row),
    plain = row !== undefined && singleStride(a.column) === 1;
  return {
    ...kernel,
    kind: "gemm",
    a: { ...a, row: plain ? row : 0, column: plain ? 1 : 0 },
    b: { ...b, row: 0, column: 0 },
  };
}

/** Byte offsets in the scratch memory of a task. */
function scratchLayout(kernel: PatchGemmKernel, plan: GemmPlan) {
  const panels = Math.ceil(plan.nBlock / plan.panel), strips = Math.ceil(plan.mBlock / TILE_ROWS);
  const left = panels * panelBytes(plan.panel, plan.kBlock);
  const sums = left + (plan.packLeft ? strips * panelBytes(TILE_ROWS, plan.kBlock) : 0);
  const line = 4 * plan.panel * panels;
  const columns = sums + line * (kernel.k > plan.kBlock ? plan.mBlock : TILE_ROWS);
  const rows = columns + line;
  const rightTerms = rows + 4 * TILE_ROWS * strips, leftTerms = rightTerms + 4 * plan.kBlock;
  return { left, sums, line, columns, rows, rightTerms, leftTerms, bytes: leftTerms + 4 * plan.kBlock };
}

/** One range of k of a block. */
interface DepthRange {
  /** Index of its first term. */
  readonly first: Local | undefined;
  readonly depth: number;
  /** Whether to add to the sums so far. */
  readonly accumulate: Local | 0 | 1;
  /** Whether this finishes the sums. */
  readonly last: boolean;
}

class PatchGemmPrinter {
  readonly #f: FunctionBuilder;
  readonly #shared: SharedFunctions;
  readonly #kernel: PatchGemmKernel;
  readonly #gemm: GemmKernel;
  readonly #plan: GemmPlan;
  readonly #features: Features;
  readonly #block: GemmBlock;
  readonly #at: ReturnType<typeof scratchLayout>;

  constructor(
    f: FunctionBuilder,
    shared: SharedFunctions,
    kernel: PatchGemmKernel,
    plan: GemmPlan,
    features: Features,
  ) {
    this.#f = f;
    this.#shared = shared;
    this.#kernel = kernel;
    this.#gemm = asGemm(kernel);
    this.#plan = plan;
    this.#features = features;
    this.#block = new GemmBlock(f, this.#gemm, plan.mBlock, plan.nBlock, features);
    this.#at = scratchLayout(kernel, plan);
  }

  print(): void {
    const f = this.#f,
      { k, a, b } = this.#kernel,
      { kBlock, packLeft, panel } = this.#plan,
      block = this.#block;
    this.#printTable(b.column, block.position.at(-1), block.columns, this.#at.columns, panel);
    if (packLeft) this.#printTable(a.row, block.position.at(-2), block.rows, this.#at.rows);
    if (k <= kBlock) return this.#printDepth({ first: undefined, depth: k, accumulate: 0, last: true });
    const whole = Math.floor((k - 1) / kBlock);
    const first = f.local("i32"), accumulate = f.local("i32"), blocks = f.local("i32");
    f.i32(0).set(first).i32(whole).set(blocks);
    f.countdown(blocks, () => {
      this.#printDepth({ first, depth: kBlock, accumulate, last: false });
      f.increment(first, kBlock).i32(1).set(accumulate);
    });
    this.#printDepth({ first, depth: k - whole * kBlock, accumulate: 1, last: true });
  }

  /** Writes the byte offsets of some rows, columns or terms, padded with the last one to a multiple of `unit`. */
  #printTable(
    digits: readonly Digit[],
    first: Local | undefined,
    count: Local | number,
    at: number,
    unit: number = 1,
  ): void {
    const f = this.#f, to = f.local("i32"), last = f.local("i32"), left = f.local("i32");
    const axes = digits.length > 0
      ? digits.map(({ size }, axis) => ({ axis, size }))
      : [{ axis: 0, size: 1 }];
    const strides = digits.length > 0 ? digits.map(({ stride }) => 4 * stride) : [0];
    f.get(this.#block.scratch).i32(at).op("i32.add").set(to);
    f.push(count).set(left);
    const indices = first && Cursors.decode(f, first, axes);
    const cursors = Cursors.start(f, [{ offset: 0, strides, base: undefined, scale: 1 }], indices ?? []);
    cursors.odometer(axes, indices, left, (inside) => {
      f.get(inside.local(0)).set(last);
      f.get(to).get(last).memory("i32.store").increment(to, 4);
    });
    if (unit === 1) return;
    f.i32(unit).push(count).i32(unit).op("i32.rem_u").op("i32.sub").i32(unit).op("i32.rem_u").tee(left).if(
      () => f.countdown(left, () => f.get(to).get(last).memory("i32.store").increment(to, 4)),
    );
  }

  /** One range of k: packs all panels of B, then multiplies all strips of A by them. */
  #printDepth(range: DepthRange): void {
    const f = this.#f, plan = this.#plan, block = this.#block, at = this.#at, { a, b, m, k } = this.#kernel;
    this.#printTable(b.row, range.first, range.depth, at.rightTerms);
    this.#packPanels(block.right, 0, at.rightTerms, at.columns, plan.panel, block.columns, range.depth);
    if (plan.packLeft) {
      this.#printTable(a.column, range.first, range.depth, at.leftTerms);
      this.#packStrips(range.depth);
    }
    const rowsLeft = f.local("i32"), strip = f.local("i32"), target = f.local("i32"), row = block.firstRow();
    f.get(block.rows).set(rowsLeft);
    if (plan.packLeft) f.get(block.scratch).i32(at.left).op("i32.add").set(strip);
    else {
      f.get(block.left);
      if (range.first) f.get(range.first).scale(4).op("i32.add");
      f.set(strip);
    }
    f.get(block.scratch).i32(at.sums).op("i32.add").set(target);
    const printStrip = (rows: number) => {
      this.#runTiles(range, strip, target, rows);
      if (range.last) block.printStores(target, at.line, row, rows);
    };
    f.takeSteps(rowsLeft, TILE_ROWS, () => {
      printStrip(TILE_ROWS);
      f.increment(
        strip,
        plan.packLeft ? panelBytes(TILE_ROWS, range.depth) : 4 * TILE_ROWS * this.#gemm.a.row,
      );
      f.increment(row, TILE_ROWS);
      if (k > plan.kBlock) f.increment(target, at.line * TILE_ROWS);
    });
    for (const rows of edges(m, plan.mBlock, TILE_ROWS)) {
      f.get(rowsLeft).i32(rows).op("i32.eq").if(() => printStrip(rows));
    }
  }

  /** Packs columns into panels, the last one padded. */
  #packPanels(
    source: Local,
    to: number,
    terms: number,
    places: number,
    width: number,
    count: Local,
    depth: number,
  ): void {
    const f = this.#f, { scratch } = this.#block;
    const target = f.local("i32"), table = f.local("i32"), left = f.local("i32");
    f.get(scratch).i32(to).op("i32.add").set(target);
    f.get(scratch).i32(places).op("i32.add").set(table);
    f.get(count).i32(width - 1).op("i32.add").i32(width).op("i32.div_u").set(left);
    f.countdown(left, () => {
      f.get(source).get(target).get(scratch).i32(terms).op("i32.add").i32(depth).get(table);
      f.call(gatherPanelFunction(this.#shared, width));
      f.increment(target, panelBytes(width, depth)).increment(table, 4 * width);
    });
  }

  /** Packs the block of A into strips; the last one has the remaining rows. */
  #packStrips(depth: number): void {
    const f = this.#f, { scratch, rows, left: source } = this.#block, at = this.#at;
    const target = f.local("i32"), table = f.local("i32"), left = f.local("i32");
    f.get(scratch).i32(at.left).op("i32.add").set(target);
    f.get(scratch).i32(at.rows).op("i32.add").set(table);
    f.get(rows).set(left);
    const pack = (width: number) => {
      f.get(source).get(target).get(scratch).i32(at.leftTerms).op("i32.add").i32(depth).get(table);
      f.call(gatherPanelFunction(this.#shared, width));
    };
    f.takeSteps(left, TILE_ROWS, () => {
      pack(TILE_ROWS);
      f.increment(target, panelBytes(TILE_ROWS, depth)).increment(table, 4 * TILE_ROWS);
    });
    for (const edge of edges(this.#kernel.m, this.#plan.mBlock, TILE_ROWS)) {
      f.get(left).i32(edge).op("i32.eq").if(() => pack(edge));
    }
  }

  /** Runs the inner kernel over all panels. */
  #runTiles({ depth, accumulate }: DepthRange, strip: Local, target: Local, rows: number): void {
    const { scratch, columns } = this.#block;
    runTiles(this.#f, this.#shared, this.#features, {
      plan: this.#plan,
      rowBytes: 4 * this.#gemm.a.row,
      panels: scratch,
      line: this.#at.line,
      ...{ strip, target, rows, columns, depth, accumulate },
    });
  }
}
