/**
 * First stage of a search: transposes the points into columns, one per coordinate, and adds a column of indices.
 * @module
 */
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import type { SearchPlan } from "./plan.ts";
import { Writer } from "./writer.ts";

const POINTS_PER_TASK = 4096;

/**
 * Generates code for the first stage.
 *
 * @param plan Search.
 */
export function columnsCode({ kernel: { points, dimension }, layout }: SearchPlan): KernelCode {
  return {
    tasks: Math.ceil(points / POINTS_PER_TASK),
    scratchBytes: 0,
    work: 2 * points * (dimension + 1),
    emit: ({ module }) =>
      module.function(TASK_PARAMETERS, (f) => {
        const { args, task } = taskParameters(f), w = new Writer(f);
        const [source] = loadPointers(f, args, 1);
        const workspace = w.let("i32", w.load("i32.load", args, 4 * WORKSPACE_SLOT));
        const point = w.let("i32", w.times(task, POINTS_PER_TASK));
        const end = w.let("i32", w.min(w.let("i32", w.sum(point, POINTS_PER_TASK)), points));
        const from = w.let("i32", w.sum(source, w.times(point, 4 * dimension)));
        const to = w.let("i32", w.sum(workspace, w.times(point, 4)));
        w.until(point, end, 1, () => {
          for (let axis = 0; axis < dimension; axis++) {
            w.store("f32.store", to, w.load("f32.load", from, 4 * axis), layout.column(axis));
          }
          w.store("i32.store", to, point, layout.column(dimension));
          f.increment(from, 4 * dimension).increment(to, 4);
        });
      }),
  };
}

/** Slot of the workspace in the argument list of a search: points, starts, queries, query starts, out, workspace. */
export const WORKSPACE_SLOT = 5;
