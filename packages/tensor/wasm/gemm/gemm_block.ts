/**
 * The part common to all matrix product generators: which block of the result a task computes, where it starts, and
 * the stores on its sums.
 * @module
 */
import type { GemmKernel, LoopKernel, MatrixView, Scalar } from "../../ir/kernel.ts";
import { Rewriter } from "../../ir/rewrite.ts";
import { Cursors } from "../loop/cursors.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { chunkSize, loadPointers, taskParameters } from "../module/kernel_code.ts";
import { epilogueCopies } from "../loop/loop_plan.ts";
import { LoopPrinter } from "../loop/loop_printer.ts";

/** The block of a task, within the function under construction. */
export class GemmBlock {
  /** Address of the thread's scratch memory. */
  readonly scratch: Local;
  /** Rows of this block. */
  readonly rows: Local;
  /** Columns of this block. */
  readonly columns: Local;
  /** Address of the block's first element of A. */
  readonly left: Local;
  /** Address of the block's first element of B. */
  readonly right: Local;
  /** Index of the block along the batch axes, then its first row and column; `undefined` stands for 0. */
  readonly position: readonly (Local | undefined)[];
  readonly #f: FunctionBuilder;
  readonly #kernel: GemmKernel;
  readonly #features: Features;
  readonly #pointers: readonly Local[];

  /**
   * Emits the code that locates the block.
   *
   * @param f Task function under construction.
   * @param kernel Product.
   * @param mBlock Rows of a block.
   * @param nBlock Columns of a block.
   * @param features Features of the engine.
   */
  constructor(f: FunctionBuilder, kernel: GemmKernel, mBlock: number, nBlock: number, features: Features) {
    this.#f = f;
    this.#kernel = kernel;
    this.#features = features;
    const { args, task, scratch } = taskParameters(f);
    const { batch, m, n, a, b, buffers } = kernel;
    this.scratch = scratch;
    this.#pointers = loadPointers(f, args, buffers.length);
    const sizes = [...batch, Math.ceil(m / mBlock), Math.ceil(n / nBlock)];
    const scales = [...batch.map(() => 1), mBlock, nBlock];
    this.position = Cursors.decode(f, task, sizes.map((size, axis) => ({ axis, size }))).map((index, i) => {
      if ((sizes[i] ?? 1) <= 1) return undefined;
      f.get(index).scale(scales[i] ?? 1).set(index);
      return index;
    });
    const [rowStart, columnStart] = this.position.slice(-2);
    this.rows = asLocal(f, chunkSize(f, rowStart, mBlock, m));
    this.columns = asLocal(f, chunkSize(f, columnStart, nBlock, n));
    this.left = this.#start(a, rowStart, a.row);
    this.right = this.#start(b, columnStart, b.column);
  }

  /** Returns a new local with the index of the first row. */
  firstRow(): Local {
    const f = this.#f, row = f.local("i32"), start = this.position.at(-2);
    if (start) f.get(start).set(row);
    else f.i32(0).set(row);
    return row;
  }

  /** Computes the address of the first element of an operand's block. */
  #start(view: MatrixView, along: Local | undefined, stride: number): Local {
    const f = this.#f, pointer = this.#pointers[view.buffer], start = f.local("i32");
    if (!pointer) throw new RangeError(`${this.#kernel.name}: no buffer ${view.buffer}`);
    f.get(pointer).i32(4 * view.offset).op("i32.add");
    const terms = [
      ...view.batch.map((step, axis) => [this.position[axis], step] as const),
      [along, stride] as const,
    ];
    for (const [index, step] of terms) if (index && step !== 0) f.get(index).scale(4 * step).op("i32.add");
    f.set(start);
    return start;
  }

  /**
   * Emits the stores for some rows of sums.
   *
   * @param target Address of the first sum.
   * @param line Row stride of the sums, in bytes.
   * @param row Index of the first row in the whole result.
   * @param rows Number of rows: a constant, or a local that is counted down.
   */
  printStores(target: Local, line: number, row: Local, rows: Local | number): void {
    const f = this.#f, { batch, m, n, buffers } = this.#kernel;
    // The epilogue indexes sums by row and column of the whole result, so their pointer is moved back to row 0, column
    // 0.
    const origin = f.local("i32"), columnStart = this.position.at(-1);
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
      rowChunk: m,
      columnChunk: n,
      columnsOutermost: false,
      work: 0,
    } as const;
    const position = [...this.position.slice(0, batch.length), row, columnStart];
    new LoopPrinter(f, epilogue, plan, [...this.#pointers, origin], this.#features).print(
      position,
      rows,
      this.columns,
    );
  }
}

/** Stores a value to a new local. */
function asLocal(f: FunctionBuilder, value: Local | number): Local {
  const local = f.local("i32");
  f.push(value).set(local);
  return local;
}
