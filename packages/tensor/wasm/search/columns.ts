/**
 * First stage of a search: transposes the points into columns, one per coordinate, and adds a column of indices. All
 * coordinates of a point become {@link FAR} if one is NaN or infinite, so that its distance to any query is infinite.
 * @module
 */
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import type { Local } from "../module/function_builder.ts";
import { constantBits } from "../module/scalar.ts";
import type { SearchPlan } from "./plan.ts";
import { Writer } from "./writer.ts";

const POINTS_PER_TASK = 4096;
/** Bits of an infinite f32; the bits of finite ones without a sign are below. */
export const INFINITE = 0x7f800000;

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
          w.if(w.op("i32.eqz", isFinitePoint(w, from, dimension)), () => {
            for (let axis = 0; axis < dimension; axis++) {
              w.store("i32.store", to, constantBits("f32", FAR), layout.column(axis));
            }
          });
          w.store("i32.store", to, point, layout.column(dimension));
          f.increment(from, 4 * dimension).increment(to, 4);
        });
      }),
  };
}

/** Coordinates of a point that is infinitely far from all queries; queries of that kind have the opposite sign. */
export const FAR: number = Infinity;

/** Returns whether the coordinates at an address are finite, i32. */
export function isFinitePoint(w: Writer, address: Local, dimension: number): () => void {
  const isFinite = (axis: number) =>
    w.op("i32.lt_u", w.op("i32.and", w.load("i32.load", address, 4 * axis), 0x7fffffff), INFINITE);
  return () => {
    for (let axis = 0; axis < dimension; axis++) {
      isFinite(axis)();
      if (axis > 0) w.f.op("i32.and");
    }
  };
}

/** Slot of the workspace in the argument list of a search: points, starts, queries, query starts, out, workspace. */
export const WORKSPACE_SLOT = 5;
