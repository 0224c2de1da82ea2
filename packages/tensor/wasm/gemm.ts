/**
 * Prints matrix products. A task computes one block of the result: panels of B are packed into the thread's scratch,
 * strips of six rows of A run against all of them, and the stores run over each strip while it is in the cache.
 * @module
 */
import type { GemmKernel, LoopKernel, MatrixView, Scalar } from "../ir/kernel.ts";
import { Rewriter } from "../ir/rewrite.ts";
import { Cursors } from "./cursors.ts";
import type { Features } from "./features.ts";
import type { FunctionBuilder, Local } from "./function_builder.ts";
import { type GemmPlan, planGemm } from "./gemm_plan.ts";
import { chunkSize, type KernelCode, loadPointers, product, TASK_PARAMETERS, taskParameters } from "./kernel_code.ts";
import { epilogueCopies } from "./loop_plan.ts";
import { LoopPrinter } from "./loop_printer.ts";
import { TILE_ROWS, tileFunction } from "./micro.ts";
import { packFunction, stripLayout } from "./pack.ts";
import type { SharedFunctions } from "./shared_functions.ts";

/**
 * The code of a matrix product.
 *
 * @param kernel Kernel; no axis is empty.
 * @param features What the engine can do.
 */
export function gemmCode(kernel: GemmKernel, features: Features): KernelCode {
  const { m, n, k, batch } = kernel;
  const plan = planGemm(kernel);
  return {
    tasks: product(batch) * Math.ceil(m / plan.mBlock) * Math.ceil(n / plan.nBlock),
    scratchBytes: scratchLayout(kernel, plan).bytes,
    work: 2 * product(batch) * m * n * k,
    emit: (shared) =>
      shared.module.function(TASK_PARAMETERS, (f) => new GemmPrinter(f, shared, kernel, plan, features).print()),
  };
}

/** Byte offsets of what a task keeps in scratch: panels of B from 0, then a strip of A, then the block of sums. */
function scratchLayout(kernel: GemmKernel, plan: GemmPlan): { left: number; sums: number; line: number; bytes: number } {
  const columns = Math.ceil(plan.nBlock / plan.panel) * plan.panel;
  const left = 4 * columns * plan.kBlock;
  const sums = left + (plan.packLeft ? 4 * TILE_ROWS * plan.kBlock : 0);
  const rows = kernel.k > plan.kBlock ? plan.mBlock : TILE_ROWS;
  return { left, sums, line: 4 * columns, bytes: sums + 4 * columns * rows };
}

class GemmPrinter {
  readonly #f: FunctionBuilder;
  readonly #shared: SharedFunctions;
  readonly #kernel: GemmKernel;
  readonly #plan: GemmPlan;
  readonly #features: Features;
  readonly #scratch: Local;
  readonly #pointers: readonly Local[];
  /** Position of the block: the batch axes, then its first row and column. */
  readonly #position: readonly (Local | undefined)[];

  constructor(f: FunctionBuilder, shared: SharedFunctions, kernel: GemmKernel, plan: GemmPlan, features: Features) {
    this.#f = f;
    this.#shared = shared;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#features = features;
    const { args, task, scratch } = taskParameters(f);
    this.#scratch = scratch;
    this.#pointers = loadPointers(f, args, kernel.buffers.length);
    const blocks = [Math.ceil(kernel.m / plan.mBlock), Math.ceil(kernel.n / plan.nBlock)];
    const sizes = [...kernel.batch, ...blocks];
    const position = Cursors.decode(f, task, sizes.map((size, axis) => ({ axis, size })));
    const scales = [...kernel.batch.map(() => 1), plan.mBlock, plan.nBlock];
    this.#position = position.map((index, i) => {
      if ((sizes[i] ?? 1) <= 1) return undefined;
      f.get(index).scale(scales[i] ?? 1).set(index);
      return index;
    });
  }

  print(): void {
    const f = this.#f, { m, n, k, a, b } = this.#kernel, { mBlock, nBlock, kBlock } = this.#plan;
    const [rowStart, columnStart] = this.#position.slice(-2);
    const rows = asLocal(f, chunkSize(f, rowStart, mBlock, m));
    const columns = asLocal(f, chunkSize(f, columnStart, nBlock, n));
    const left = this.#start(a, rowStart, a.row), right = this.#start(b, columnStart, b.column);
    if (k <= kBlock) return this.#printDepth({ left, right, rows, columns, depth: k, accumulate: 0, last: true });
    const whole = Math.floor((k - 1) / kBlock), accumulate = f.local("i32"), blocks = f.local("i32");
    f.i32(whole).set(blocks);
    f.loop((again) => {
      this.#printDepth({ left, right, rows, columns, depth: kBlock, accumulate, last: false });
      f.increment(left, 4 * a.column * kBlock).increment(right, 4 * b.row * kBlock);
      f.i32(1).set(accumulate);
      f.get(blocks).i32(1).op("i32.sub").tee(blocks).brIf(again);
    });
    this.#printDepth({ left, right, rows, columns, depth: k - whole * kBlock, accumulate: 1, last: true });
  }

  /** The address of the first element of an operand's block. */
  #start(view: MatrixView, along: Local | undefined, stride: number): Local {
    const f = this.#f, pointer = this.#pointers[view.buffer], start = f.local("i32");
    if (!pointer) throw new RangeError(`${this.#kernel.name}: no buffer ${view.buffer}`);
    f.get(pointer).i32(4 * view.offset).op("i32.add");
    const terms = [...view.batch.map((step, axis) => [this.#position[axis], step] as const), [along, stride] as const];
    for (const [index, step] of terms) if (index && step !== 0) f.get(index).scale(4 * step).op("i32.add");
    f.set(start);
    return start;
  }

  /** One range of k: all panels of B, then all strips of A against them. */
  #printDepth(block: DepthBlock): void {
    const f = this.#f, plan = this.#plan;
    const { left, sums, line } = scratchLayout(this.#kernel, plan);
    this.#packRight(block);
    const rowsLeft = f.local("i32"), strip = f.local("i32"), target = f.local("i32"), row = f.local("i32");
    const packed = f.local("i32");
    f.get(block.rows).set(rowsLeft).get(block.left).set(strip);
    f.get(this.#scratch).i32(sums).op("i32.add").set(target);
    f.get(this.#scratch).i32(left).op("i32.add").set(packed);
    const rowStart = this.#position.at(-2);
    if (rowStart) f.get(rowStart).set(row);
    else f.i32(0).set(row);
    const printStrip = (rows: number) => {
      if (plan.packLeft) this.#packLeft(block, strip, packed, rows);
      this.#runTiles(block, plan.packLeft ? packed : strip, target, rows);
      if (block.last) this.#printStores(target, row, rows, block.columns);
    };
    f.block((exit) => {
      f.get(rowsLeft).i32(TILE_ROWS).op("i32.lt_u").brIf(exit);
      f.loop((again) => {
        printStrip(TILE_ROWS);
        f.increment(strip, 4 * this.#kernel.a.row * TILE_ROWS).increment(row, TILE_ROWS);
        if (this.#kernel.k > plan.kBlock) f.increment(target, line * TILE_ROWS);
        f.get(rowsLeft).i32(TILE_ROWS).op("i32.sub").tee(rowsLeft).i32(TILE_ROWS).op("i32.ge_u").brIf(again);
      });
    });
    for (const rows of this.#edgeRows()) {
      f.get(rowsLeft).i32(rows).op("i32.eq").if(() => printStrip(rows));
    }
  }

  /** Heights of the last strip that occur. */
  #edgeRows(): number[] {
    const { m } = this.#kernel, { mBlock } = this.#plan;
    const heights = new Set([mBlock % TILE_ROWS, (m % mBlock) % TILE_ROWS]);
    heights.delete(0);
    return [...heights].sort();
  }

  /** Packs the block of B into panels. */
  #packRight({ right, columns, depth }: DepthBlock): void {
    const f = this.#f, { panel } = this.#plan, { b } = this.#kernel;
    const pack = packFunction(this.#shared, panel, stripLayout(b.column, b.row));
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
    f.get(right).set(from).get(this.#scratch).set(to).get(columns).set(left);
    f.loop((again) => {
      f.get(from).get(to).i32(depth).i32(4 * b.column).i32(4 * b.row);
      f.get(left).i32(panel).get(left).i32(panel).op("i32.lt_u").op("select").call(pack);
      f.increment(from, 4 * panel * b.column).increment(to, 4 * panel * depth);
      f.get(left).i32(panel).op("i32.gt_u").if(() => {
        f.increment(left, -panel).br(again);
      });
    });
  }

  #packLeft({ depth }: DepthBlock, strip: Local, packed: Local, rows: number): void {
    const { a } = this.#kernel;
    const pack = packFunction(this.#shared, rows, stripLayout(a.row, a.column));
    this.#f.get(strip).get(packed).i32(depth).i32(4 * a.row).i32(4 * a.column).i32(rows).call(pack);
  }

  /** Runs the inner kernel over all panels. */
  #runTiles({ columns, depth, accumulate }: DepthBlock, strip: Local, target: Local, rows: number): void {
    const f = this.#f, { panel, packLeft } = this.#plan, { line } = scratchLayout(this.#kernel, this.#plan);
    const shape = {
      rows,
      vectors: panel === 8 ? 2 : 1,
      left: "rows",
      leftStep: packLeft ? 4 * rows : 4,
      rightStride: 4 * panel,
    } as const;
    const tile = tileFunction(this.#shared, shape, this.#features);
    const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
    f.get(this.#scratch).set(from).get(target).set(to).get(columns).set(left);
    f.loop((again) => {
      f.get(strip).i32(packLeft ? 4 : 4 * this.#kernel.a.row).get(from).get(to).i32(line).i32(depth);
      if (typeof accumulate === "number") f.i32(accumulate);
      else f.get(accumulate);
      f.call(tile).increment(from, 4 * panel * depth).increment(to, 4 * panel);
      f.get(left).i32(panel).op("i32.gt_u").if(() => {
        f.increment(left, -panel).br(again);
      });
    });
  }

  /** Runs the stores over a strip of sums. */
  #printStores(target: Local, row: Local, rows: number, columns: Local): void {
    const f = this.#f, { batch, m, n, buffers } = this.#kernel;
    const { line } = scratchLayout(this.#kernel, this.#plan);
    // The sums are read by row and column of the whole result: their pointer goes back to where row 0, column 0 would be.
    const origin = f.local("i32"), columnStart = this.#position.at(-1);
    f.get(target).get(row).scale(line).op("i32.sub");
    if (columnStart) f.get(columnStart).scale(4).op("i32.sub");
    f.set(origin);
    const strides = [...batch.map(() => 0), line / 4, 1];
    const sum: Scalar = {
      op: "load",
      dtype: "f32",
      buffer: buffers.length,
      address: { offset: 0, strides, indirect: [] },
      guards: [],
    };
    const rewriter = new Rewriter({ accumulator: () => sum });
    const stores = this.#kernel.stores.map((store) => rewriter.store(store));
    const epilogue: LoopKernel = {
      kind: "loop",
      name: this.#kernel.name,
      buffers,
      map: [...batch, m, n],
      reduce: [],
      accumulators: [],
      stores,
    };
    const vector = batch.length + 1;
    const plan = {
      scheme: "map",
      vector,
      copies: epilogueCopies(epilogue, vector),
      outer: [batch.length],
      inner: [],
      rowChunk: rows,
      columnChunk: this.#plan.nBlock,
      work: 0,
    } as const;
    const position = [...this.#position.slice(0, batch.length), row, columnStart];
    new LoopPrinter(f, epilogue, plan, [...this.#pointers, origin], this.#features).print(position, rows, columns);
  }
}

/** One range of k of a block. */
interface DepthBlock {
  /** Addresses of the first elements of A and B. */
  readonly left: Local;
  readonly right: Local;
  readonly rows: Local;
  readonly columns: Local;
  readonly depth: number;
  /** Whether to add to the sums so far. */
  readonly accumulate: Local | 0 | 1;
  /** Whether the sums are then finished. */
  readonly last: boolean;
}

/** A number in a local. */
function asLocal(f: FunctionBuilder, value: Local | number): Local {
  if (typeof value !== "number") return value;
  const local = f.local("i32");
  f.i32(value).set(local);
  return local;
}
