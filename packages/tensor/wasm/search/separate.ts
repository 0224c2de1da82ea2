/**
 * Separation of the points that a search finds from those that it never does.
 * @module
 */
import type { Local } from "../module/function_builder.ts";
import { constantBits } from "../module/scalar.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";
import { FAR } from "./columns.ts";
import type { SearchPlan } from "./plan.ts";
import { Writer } from "./writer.ts";

/**
 * Adds `separate(workspace, record, first, end)`, which moves the points that are infinitely far from all queries behind the
 * others, both in their order, and stores the number of the others in the record.
 *
 * @param shared Helper functions of the module.
 * @param plan Search.
 */
export function addSeparate({ module }: SharedFunctions, { layout, record, kernel }: SearchPlan): number {
  return module.function(["i32", "i32", "i32", "i32"], (f) => {
    const [workspace, grid, first, end] = f.parameters, w = new Writer(f);
    const at = w.let("i32", w.sum(workspace, w.times(first, 4)));
    const stop = w.let("i32", w.sum(workspace, w.times(end, 4)));
    const near = w.let("i32", at), far = w.let("i32", at);
    type Columns = SearchPlan["layout"]["column"];
    const move = (from: Local, source: Columns, to: Local, target: Columns) => {
      for (let axis = 0; axis <= kernel.dimension; axis++) {
        w.store("i32.store", to, w.load("i32.load", from, source(axis)), target(axis));
      }
    };
    w.while(w.op("i32.lt_u", at, stop), () => {
      w.if(
        w.op("i32.eq", w.load("i32.load", at, layout.column(0)), constantBits("f32", FAR)),
        () => {
          move(at, layout.column, far, layout.spare);
          f.increment(far, 4);
        },
        () => {
          w.if(w.op("i32.ne", near, at), () => move(at, layout.column, near, layout.column));
          f.increment(near, 4);
        },
      );
      f.increment(at, 4);
    });
    w.set(far, w.sum(workspace, w.times(first, 4)));
    w.store("i32.store", grid, w.op("i32.shr_u", w.op("i32.sub", near, far), 2), record.count);
    w.while(w.op("i32.lt_u", near, stop), () => {
      move(far, layout.spare, near, layout.column);
      f.increment(far, 4).increment(near, 4);
    });
  });
}
