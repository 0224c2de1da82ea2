/**
 * Code generation for loop kernels. Lanes run along a map axis (element-wise kernels, and reductions with a vector of
 * accumulators) or along a reduce axis (several vectors of partial sums, combined at the end).
 * @module
 */
import type { LoopKernel } from "../../ir/kernel.ts";
import { Rewriter } from "../../ir/rewrite.ts";
import { Cursors } from "./cursors.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import {
  chunkSize,
  emitNothing,
  type KernelCode,
  loadPointers,
  product,
  TASK_PARAMETERS,
  taskParameters,
} from "../module/kernel_code.ts";
import { planLoop } from "./loop_plan.ts";
import { LoopPrinter } from "./loop_printer.ts";

/** Adds a map axis of size 1 to a kernel without map axes. */
function withMapAxis(kernel: LoopKernel): LoopKernel {
  return kernel.map.length > 0 ? kernel : prependAxis(kernel);
}

function prependAxis(kernel: LoopKernel): LoopKernel {
  const rewriter = new Rewriter({ affine: ({ offset, strides }) => ({ offset, strides: [0, ...strides] }) });
  return {
    ...kernel,
    map: [1, ...kernel.map],
    accumulators: kernel.accumulators.map((accumulator) => rewriter.accumulator(accumulator)),
    stores: kernel.stores.map((store) => rewriter.store(store)),
  };
}

/**
 * Generates code for a loop kernel.
 *
 * @param normalised Normalised kernel.
 * @param features Features of the engine.
 */
export function loopCode(normalised: LoopKernel, features: Features): KernelCode {
  const kernel = withMapAxis(normalised);
  if (product(kernel.map) === 0) return { tasks: 0, scratchBytes: 0, work: 0, emit: emitNothing };
  const plan = planLoop(kernel);
  const sizes = [...kernel.map, ...kernel.reduce];
  const rows = product(plan.outer.map((axis) => sizes[axis] ?? 1));
  const columns = plan.scheme === "map" ? sizes[plan.vector] ?? 1 : 1;
  const rowTasks = Math.ceil(rows / plan.rowChunk), columnTasks = Math.ceil(columns / plan.columnChunk);
  const isRowMajor = !plan.columnsOutermost, inner = isRowMajor ? columnTasks : rowTasks;
  return {
    tasks: rowTasks * columnTasks,
    scratchBytes: 0,
    work: plan.work,
    emit: ({ module }) =>
      module.function(TASK_PARAMETERS, (f) => {
        const { args, task } = taskParameters(f);
        const pointers = loadPointers(f, args, kernel.buffers.length);
        const quotient = () => inner > 1 && f.i32(inner).op("i32.div_u");
        const remainder = () => f.i32(inner).op("i32.rem_u");
        const rowStart = startOf(f, task, rows, plan.rowChunk, isRowMajor ? quotient : remainder);
        const columnStart = startOf(f, task, columns, plan.columnChunk, isRowMajor ? remainder : quotient);
        const position: (Local | undefined)[] = sizes.map(() => undefined);
        if (rowStart) {
          const axes = plan.outer.map((axis) => ({ axis, size: sizes[axis] ?? 1 }));
          Cursors.decode(f, rowStart, axes).forEach((index, i) => position[plan.outer[i] ?? 0] = index);
        }
        if (plan.scheme === "map") {
          position[plan.vector] = columnStart;
        }
        new LoopPrinter(f, kernel, plan, pointers, features).print(
          position,
          chunkSize(f, rowStart, plan.rowChunk, rows),
          chunkSize(f, columnStart, plan.columnChunk, columns),
        );
      }),
  };
}

/** Computes the first element of a task's chunk; `undefined` if there is only one chunk. */
function startOf(
  f: FunctionBuilder,
  task: Local,
  size: number,
  chunk: number,
  select: () => void,
): Local | undefined {
  if (chunk >= size) return undefined;
  const start = f.local("i32");
  f.get(task);
  select();
  f.scale(chunk).set(start);
  return start;
}
