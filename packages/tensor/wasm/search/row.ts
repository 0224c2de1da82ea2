/**
 * The search of one row of cells along the last axis of a grid: one run of points or, if cells have grids of their own,
 * run by run and grid by grid.
 * @module
 */
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { gapTerm, join } from "./distance.ts";
import { ENTRY, type SearchPlan } from "./plan.ts";
import { STATE } from "./state.ts";
import { type Value, Writer } from "./writer.ts";

/** Margin by which cells are enlarged on every side, in cells. */
export const CELL_SLACK = 1e-6;

/**
 * State, workspace, grid, first entry of the row, first and last cell, contribution of the other axes to the metric, u.
 */
export const ROW_PARAMETERS = ["i32", "i32", "i32", "i32", "i32", "i32", "f64", "f64"] as const;

/** A coordinate of the query, f64. */
export function coordinate(w: Writer, state: Local, axis: number): () => void {
  return w.op("f64.promote_f32", w.load("f32.load", state, STATE.query + 4 * axis));
}

/** Distance of a coordinate from a grid's box: `max(0, low - q, q - high)`. */
export function outside(w: Writer, { record }: SearchPlan, grid: Value, q: Local, axis: number): () => void {
  const below = w.op("f64.sub", w.load("f64.load", grid, record.low(axis)), q);
  const above = w.op("f64.sub", q, w.load("f64.load", grid, record.high(axis)));
  return w.op("f64.max", w.op("f64.max", below, above), 0);
}

/** The difference along a single axis that a metric admits. */
export function reachLength(w: Writer, { metric }: SearchPlan, reach: Value): Value {
  return metric === "squares" ? w.op("f64.sqrt", reach) : reach;
}

/** Returns the cell at a coordinate in cells; it may be outside the grid. */
export function cellAt(w: Writer, position: Value): () => void {
  return w.op("i32.trunc_sat_f64_s", w.op("f64.floor", position));
}

/** Offers the points of a row's cells `from .. to`, as far as the bound reaches. */
export function writeRow(
  f: FunctionBuilder<typeof ROW_PARAMETERS>,
  plan: SearchPlan,
  scan: number,
  visit: number,
): void {
  const [state, workspace, grid, entries, from, to, others, u] = f.parameters;
  const w = new Writer(f), { record, kernel } = plan, last = kernel.dimension - 1;
  const bound = w.load("f64.load", state, STATE.reach);
  // The remainder of the bound for this axis, in cells: from ⌊u - half⌋ to ⌊u + half⌋.
  const left = plan.metric === "largest" ? bound : w.op("f64.max", w.op("f64.sub", bound, others), 0);
  const cells = w.op("f64.mul", reachLength(w, plan, left), w.load("f64.load", grid, record.scale(last)));
  const half = w.let("f64", w.op("f64.add", cells, CELL_SLACK));
  w.set(from, w.max(from, cellAt(w, w.op("f64.sub", u, half))));
  w.set(to, w.min(to, cellAt(w, w.op("f64.add", u, half))));
  w.if(w.op("i32.gt_s", from, to), () => w.return());
  const at = w.let("i32", w.sum(entries, w.times(from, ENTRY.bytes)));
  const end = w.let("i32", w.sum(entries, w.times(to, ENTRY.bytes), ENTRY.bytes));
  const gridAt = (entry: Value) => w.load("i32.load", entry, ENTRY.grid);
  const firstOf = (entry: Value) => w.load("i32.load", entry, ENTRY.first);
  w.if(w.op("i32.eq", gridAt(at), gridAt(end)), () => {
    w.call(scan, state, workspace, firstOf(at), firstOf(end));
    w.return();
  });
  const next = f.local("i32");
  w.until(at, end, ENTRY.bytes, () => {
    w.set(next, w.sum(at, ENTRY.bytes));
    w.if(
      w.op("i32.eq", gridAt(at), gridAt(next)),
      () => w.call(scan, state, workspace, firstOf(at), firstOf(next)),
      () => {
        const child = w.let(
          "i32",
          w.sum(workspace, w.times(gridAt(at), record.bytes), plan.layout.records),
        );
        const gap = boxGap(w, plan, state, child);
        w.if(w.op("f64.le", gap, bound), () => w.call(visit, state, workspace, child));
      },
    );
  });
}

/** The metric from the query to a grid's box. */
function boxGap(w: Writer, plan: SearchPlan, state: Local, grid: Local): Local {
  const total = w.f.local("f64");
  for (let axis = 0; axis < plan.kernel.dimension; axis++) {
    const q = w.let("f64", coordinate(w, state, axis));
    const term = gapTerm(w, plan.metric, w.let("f64", outside(w, plan, grid, q, axis)));
    w.set(total, axis === 0 ? term : join(w, plan.metric, total, term));
  }
  return total;
}
