/**
 * Code generation for the neighbour kernels that are small matrix products, one per output point:
 *
 * - `neighbourSum`: `H[m] = F[table[m]]ᵀ · W[m]`, `[batch·channels, neighbours] · [neighbours, mid]`;
 * - `neighbourWeights`: `W[m] = F[table[m]] · H[m]`, `[neighbours, batch·channels] · [batch·channels, mid]`.
 *
 * Both run the inner kernel of the matrix products on rows of F given by a list of pointers.
 * @module
 */
import type { LoopKernel, NeighbourKernel, Scalar } from "../../ir/kernel.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import {
  chunkSize,
  type KernelCode,
  loadPointers,
  TASK_PARAMETERS,
  taskParameters,
} from "../module/kernel_code.ts";
import { fixedDepth, TILE_ROWS, tileFunction } from "../gemm/micro.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const TASK_WORK = 1 << 17;

/** How outputs, and the strips of six rows of each, are divided into tasks. */
interface Deal {
  /** Outputs per task. */
  readonly outputs: number;
  /** Strips per task; all of them if it has several outputs. */
  readonly strips: number;
}

function deal(outputs: number, strips: number, stripWork: number): Deal {
  const target = Math.min(TASK_WORK, Math.max(8192, outputs * strips * stripWork / 16));
  const wanted = Math.max(1, Math.round(target / stripWork));
  if (wanted < strips) return { outputs: 1, strips: wanted };
  return { outputs: Math.min(outputs, Math.max(1, Math.round(wanted / strips))), strips };
}

/**
 * Generates code for `neighbourSum` or `neighbourWeights`.
 *
 * @param kernel Kernel; `mid` is a multiple of four and no axis is empty.
 * @param features Features of the engine.
 */
export function neighbourCode(kernel: NeighbourKernel, features: Features): KernelCode {
  const { outputs, neighbours, mid } = kernel;
  const width = kernel.batch * kernel.channels;
  const rows = kernel.kind === "neighbourSum" ? width : neighbours;
  const strips = Math.ceil(rows / TILE_ROWS);
  const dealt = deal(
    outputs,
    strips,
    TILE_ROWS * mid * (kernel.kind === "neighbourSum" ? neighbours : width),
  );
  const stripTasks = Math.ceil(strips / dealt.strips);
  return {
    tasks: Math.ceil(outputs / dealt.outputs) * stripTasks,
    scratchBytes: 4 * neighbours,
    work: 2 * outputs * neighbours * width * mid,
    emit: (shared) =>
      shared.module.function(TASK_PARAMETERS, (f) => {
        const { args, task, scratch } = taskParameters(f);
        const [features_, other, table, out] = loadPointers(f, args, 4);
        const output = f.local("i32"), firstRow = f.local("i32"), left = f.local("i32");
        f.get(task).i32(stripTasks).op("i32.div_u").scale(dealt.outputs).set(output);
        const rowChunk = dealt.strips * TILE_ROWS;
        if (stripTasks > 1) f.get(task).i32(stripTasks).op("i32.rem_u").scale(rowChunk).set(firstRow);
        const count = chunkSize(f, dealt.outputs < outputs ? output : undefined, dealt.outputs, outputs);
        f.push(count).set(left);
        const rowCount = chunkSize(f, stripTasks > 1 ? firstRow : undefined, rowChunk, rows);
        f.countdown(left, () => {
          gatherPointers(f, { features: features_, table, output, list: scratch, neighbours, width });
          printOutput(f, shared, kernel, features, { other, out, output, list: scratch, firstRow, rowCount });
          f.increment(output, 1);
        });
      }),
  };
}

/** Stores the address of each neighbour's row of F to a list. */
function gatherPointers(
  f: FunctionBuilder,
  { features, table, output, list, neighbours, width }: {
    readonly features: Local;
    readonly table: Local;
    readonly output: Local;
    readonly list: Local;
    readonly neighbours: number;
    readonly width: number;
  },
): void {
  const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
  f.get(table).get(output).scale(4 * neighbours).op("i32.add").set(from).get(list).set(to).i32(neighbours)
    .set(left);
  f.countdown(left, () => {
    f.get(to).get(features).get(from).memory("i32.load").scale(4 * width).op("i32.add").memory("i32.store");
    f.increment(from, 4).increment(to, 4);
  });
}

/** Emits all strips of rows of one output, each against all of `mid`. */
function printOutput(
  f: FunctionBuilder,
  shared: SharedFunctions,
  kernel: NeighbourKernel,
  features: Features,
  { other, out, output, list, firstRow, rowCount }: {
    readonly other: Local;
    readonly out: Local;
    readonly output: Local;
    readonly list: Local;
    readonly firstRow: Local;
    readonly rowCount: Local | number;
  },
): void {
  const { kind, neighbours, mid } = kernel, width = kernel.batch * kernel.channels;
  const isSum = kind === "neighbourSum";
  const rows = isSum ? width : neighbours, depth = isSum ? neighbours : width;
  const right = f.local("i32"), target = f.local("i32"), row = f.local("i32"), left = f.local("i32");
  f.get(other).get(output).scale(4 * depth * mid).op("i32.add").set(right);
  f.get(out).get(output).scale(4 * rows * mid).op("i32.add").get(firstRow).scale(4 * mid).op("i32.add").set(
    target,
  );
  f.get(firstRow).set(row);
  f.push(rowCount).set(left);
  const printStrip = (height: number) => {
    for (let column = 0; column < mid;) {
      const vectors = mid - column >= 8 ? 2 : 1;
      const layout = isSum ? "pointers" : "rowList";
      const rightStride = 4 * mid;
      const shape = {
        rows: height,
        vectors,
        left: layout,
        leftStep: 4,
        rightStride,
        depth: fixedDepth(depth, features),
      } as const;
      // neighbourSum: the list holds the neighbours and the row is an offset; neighbourWeights: the rows are in the
      // list.
      if (isSum) f.get(list).get(row).scale(4);
      else f.get(list).get(row).scale(4).op("i32.add").i32(0);
      f.get(right).i32(4 * column).op("i32.add").get(target).i32(4 * column).op("i32.add");
      f.i32(4 * mid).i32(depth).i32(0).call(tileFunction(shared, shape, features));
      column += 4 * vectors;
    }
  };
  f.takeSteps(left, TILE_ROWS, () => {
    printStrip(TILE_ROWS);
    f.increment(row, TILE_ROWS).increment(target, 4 * mid * TILE_ROWS);
  });
  const edge = rows % TILE_ROWS;
  if (edge > 0) f.get(left).if(() => printStrip(edge));
}

/**
 * Lowers to a loop kernel, for a `mid` that is not a multiple of four.
 *
 * @param kernel `neighbourSum` or `neighbourWeights`.
 */
export function neighbourAsLoop(kernel: NeighbourKernel): LoopKernel {
  const { kind, name, buffers, outputs, neighbours, mid } = kernel, width = kernel.batch * kernel.channels;
  const isSum = kind === "neighbourSum";
  // Axes: output, then the rows of the result, mid, and the reduced axis.
  const k = isSum ? 3 : 1, c = isSum ? 1 : 3;
  const strides = (perAxis: Readonly<Record<number, number>>) =>
    [0, 1, 2, 3].map((axis) => perAxis[axis] ?? 0);
  const index: Scalar = {
    op: "load",
    dtype: "i32",
    buffer: 2,
    address: { offset: 0, strides: strides({ 0: neighbours, [k]: 1 }), indirect: [] },
    guards: [],
  };
  const load = (
    buffer: number,
    by: readonly number[],
    indirect: { stride: number; index: Scalar }[],
  ): Scalar => ({
    op: "load",
    dtype: "f32",
    buffer,
    address: { offset: 0, strides: by, indirect },
    guards: [],
  });
  const featureRow = load(0, strides({ [c]: 1 }), [{ stride: width, index }]);
  const depth = isSum ? neighbours : width, rows = isSum ? width : neighbours;
  const other = load(1, strides({ 0: depth * mid, 2: 1, 3: mid }), []);
  return {
    kind: "loop",
    name,
    buffers,
    map: [outputs, rows, mid],
    reduce: [depth],
    accumulators: [{
      kind: "sum",
      dtype: "f32",
      value: { op: "mul", dtype: "f32", args: [featureRow, other] },
    }],
    stores: [{
      buffer: 3,
      address: { offset: 0, strides: [rows * mid, mid, 1, 0] },
      value: { op: "accumulator", dtype: "f32", index: 0 },
    }],
  };
}
