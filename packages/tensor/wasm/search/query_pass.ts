/**
 * Sorting of queries by the cells of a grid.
 * @module
 */
import type { SharedFunctions } from "../module/shared_functions.ts";
import type { SearchPlan } from "./plan.ts";
import { cellOf } from "./sort.ts";
import { Writer } from "./writer.ts";

/**
 * Adds `pass(queries, grid, counters, order, first, end)`, which counts the queries of each cell, or stores their indices at
 * the positions given by the counters.
 *
 * @param shared Helper functions of the module.
 * @param plan Search.
 * @param kind What it does.
 */
export function addQueryPass({ module }: SharedFunctions, plan: SearchPlan, kind: "count" | "place"): number {
  const { dimension } = plan.kernel;
  return module.function(["i32", "i32", "i32", "i32", "i32", "i32"], (f) => {
    const [queries, grid, counters, order, first, end] = f.parameters, w = new Writer(f);
    const query = w.let("i32", first), at = w.let("i32", w.sum(queries, w.times(first, 4 * dimension)));
    w.until(query, end, 1, () => {
      const cell = cellOf(w, plan, grid, (axis) => w.load("f32.load", at, 4 * axis));
      const counter = w.let("i32", w.sum(counters, w.times(cell, 4)));
      const value = w.let("i32", w.load("i32.load", counter));
      if (kind === "place") w.store("i32.store", w.sum(order, w.times(value, 4)), query);
      w.store("i32.store", counter, w.sum(value, 1));
      f.increment(at, 4 * dimension);
    });
  });
}
