/**
 * The search of one query in a grid: visits rings of cells around the query's own until everything unvisited is farther
 * away than the bound. The cells of a row along the last axis are one run of points; cells with a grid of their own are
 * searched recursively.
 *
 * Coordinate x is in cell `⌊u(x)⌋` with `u(x) = (x - low) · scale`, computed in double precision for points and
 * queries alike; u is monotonic in x, so only the rounding of distances needs slack.
 *
 * @module
 */
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { gapTerm, join } from "./distance.ts";
import { COINCIDENT, ENTRY, type SearchPlan } from "./plan.ts";
import { CELL_SLACK, cellAt, coordinate, outside, reachLength, ROW_PARAMETERS, writeRow } from "./row.ts";
import { type ScanFunctions, settleIf } from "./scan.ts";
import { STATE } from "./state.ts";
import { type Value, Writer } from "./writer.ts";
import { required } from "../module/required.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const VISIT_PARAMETERS = ["i32", "i32", "i32"] as const;

/**
 * Adds `visit(state, workspace, record)`: searches a grid.
 *
 * @param shared Helper functions of the module.
 * @param plan Search.
 * @param functions Functions that present points to a query.
 * @returns Index of the function.
 */
export function addVisit({ module }: SharedFunctions, plan: SearchPlan, functions: ScanFunctions): number {
  const visit = module.declare(VISIT_PARAMETERS);
  const row = module.function(ROW_PARAMETERS, (f) => writeRow(f, plan, functions.scan, visit));
  module.define(visit, VISIT_PARAMETERS, (f) => writeVisit(f, plan, functions, row));
  return visit;
}

/** The state of a grid search along one axis. */
interface Axis {
  /** Number of cells, and index of the last one. */
  readonly cells: Local;
  readonly last: Local;
  /** Coordinate of the query in cells, and the nearest cell. */
  readonly u: Local;
  readonly own: Local;
  /** Length of a cell. */
  readonly size: Local;
  /** Contribution of this axis to the distance to the grid's box, in terms of the metric. */
  readonly outside: Local;
  /** First and last cell of the block, excluding outermost ones that are too far away. */
  readonly low: Local;
  readonly high: Local;
  /** Whether the block has cells of the outermost ring on this axis. */
  readonly open: Local;
  /** A cell of the block. */
  readonly cell: Local;
}

function readAxis(w: Writer, plan: SearchPlan, state: Local, grid: Local, axis: number): Axis {
  const { record, metric } = plan, { f } = w;
  const cells = w.let("i32", w.load("i32.load", grid, record.cells(axis)));
  const last = w.let("i32", w.op("i32.sub", cells, 1));
  const q = w.let("f64", coordinate(w, state, axis));
  const offset = w.op("f64.sub", q, w.load("f64.load", grid, record.low(axis)));
  const u = w.let("f64", w.op("f64.mul", offset, w.load("f64.load", grid, record.scale(axis))));
  const inside = w.op("f64.min", w.op("f64.max", u, 0), w.op("f64.convert_i32_s", last));
  return {
    cells,
    last,
    u,
    own: w.let("i32", w.op("i32.trunc_sat_f64_s", inside)),
    size: w.let("f64", w.load("f64.load", grid, record.size(axis))),
    outside: w.let("f64", gapTerm(w, metric, w.let("f64", outside(w, plan, grid, q, axis)))),
    low: f.local("i32"),
    high: f.local("i32"),
    open: f.local("i32"),
    cell: f.local("i32"),
  };
}

function writeVisit(
  f: FunctionBuilder<typeof VISIT_PARAMETERS>,
  plan: SearchPlan,
  { scan, settle }: ScanFunctions,
  row: number,
): void {
  const [state, workspace, grid] = f.parameters;
  const w = new Writer(f), { record, kernel, metric } = plan;
  const table = w.let("i32", w.load("i32.load", grid, record.table));
  w.if(w.op("i32.lt_s", table, 0), () => {
    scanWhole(w, plan, scan, { state, workspace, grid, table });
    w.return();
  });
  const entries = w.let("i32", w.sum(workspace, w.times(table, ENTRY.bytes), plan.layout.tables));
  const axes = Array.from({ length: kernel.dimension }, (_, axis) => readAxis(w, plan, state, grid, axis));
  const total = f.local("f64");
  axes.forEach((axis, i) =>
    w.set(total, i === 0 ? w.op("f64.add", axis.outside, 0) : join(w, metric, total, axis.outside))
  );
  const block = f.local("i32"), ring = f.local("i32");
  if (kernel.kind === "countWithinRadius") {
    // The bound is known and constant: everything within reach is one block.
    w.set(block, 1);
    const length = w.let("f64", reachLength(w, plan, w.load("f64.load", state, STATE.reach)));
    for (const axis of axes) reachedCells(w, axis, length);
    searchShell(w, plan, axes, { state, workspace, grid, entries, total, block, ring }, row);
    return;
  }
  w.set(ring, firstRing(w, plan, axes, entries));
  w.set(block, 1);
  f.loop((again) => {
    for (const axis of axes) openSides(w, plan, axis, { state, total, block, ring });
    searchShell(w, plan, axes, { state, workspace, grid, entries, total, block, ring }, row);
    settleIf(w, plan, state, settle, kernel.k);
    const open = nearestFace(w, plan, axes, total);
    w.if(w.op("i32.eqz", open.any), () => w.return());
    w.if(w.op("f64.gt", open.face, w.load("f64.load", state, STATE.reach)), () => w.return());
    f.increment(ring, 1);
    f.i32(0).set(block).br(again);
  });
}

/** Sets the ends of the block along an axis to the cells within a length. */
function reachedCells(w: Writer, { u, size, last, low, high }: Axis, length: Local): void {
  const half = w.let("f64", w.op("f64.add", w.op("f64.div", length, size), CELL_SLACK));
  const below = w.let("i32", cellAt(w, w.op("f64.sub", u, half)));
  const above = w.let("i32", cellAt(w, w.op("f64.add", u, half)));
  w.set(low, w.max(below, 0));
  // Never far below 0, since loops advance to the next cell and compare unsigned.
  w.set(above, w.max(above, -1));
  w.set(high, w.min(above, last));
}

/** Sets the ends of the block along an axis. Sides of the ring beyond the bound are excluded. */
function openSides(
  w: Writer,
  plan: SearchPlan,
  axis: Axis,
  { state, total, block, ring }: Pick<Shell, "state" | "total" | "block" | "ring">,
): void {
  const { own, low, high, open, cell } = axis;
  w.set(open, 0);
  const side = (end: Local, outer: () => void, limit: Value, isInside: () => void, inward: 1 | -1) => {
    w.set(cell, outer);
    w.if(isInside, () => {
      w.set(end, cell);
      const far = w.op("f64.gt", withCell(w, plan, axis, total), w.load("f64.load", state, STATE.reach));
      w.if(
        w.op("i32.and", far, w.op("i32.eqz", block)),
        () => w.f.increment(end, inward),
        () => w.set(open, 1),
      );
    }, () => w.set(end, limit));
  };
  side(low, w.op("i32.sub", own, ring), 0, w.op("i32.ge_s", cell, 0), 1);
  side(high, w.sum(own, ring), axis.last, w.op("i32.le_s", cell, axis.last), -1);
}

/** Scans a grid without cells. Of coincident points at most k can be among the nearest; all are within or none. */
function scanWhole(
  w: Writer,
  { record, kernel }: SearchPlan,
  scan: number,
  { state, workspace, grid, table }: Record<"state" | "workspace" | "grid" | "table", Local>,
): void {
  const first = w.let("i32", w.load("i32.load", grid, record.first));
  const count = w.let("i32", w.load("i32.load", grid, record.count));
  const coincide = w.op("i32.eq", table, COINCIDENT);
  const most = kernel.kind === "knn" ? kernel.k : 1;
  const some = w.let("i32", w.choose(w.min(count, most), count, coincide));
  const before = w.let("i32", w.load("i32.load", state, STATE.count));
  w.call(scan, state, workspace, first, w.sum(first, some));
  if (kernel.kind === "knn") return;
  const found = w.op("i32.sub", w.load("i32.load", state, STATE.count), before);
  const all = w.sum(before, w.op("i32.mul", found, count));
  w.if(coincide, () => w.store("i32.store", state, all, STATE.count));
}

/** The first block: only the query's own cell if that has a grid of its own. */
function firstRing(w: Writer, plan: SearchPlan, axes: readonly Axis[], entries: Local): () => void {
  if (plan.rings === 0) return () => w.push(0);
  const cell = w.f.local("i32");
  axes.forEach(({ own, cells }, i) => w.set(cell, i === 0 ? own : w.sum(w.op("i32.mul", cell, cells), own)));
  const entry = w.let("i32", w.sum(entries, w.times(cell, ENTRY.bytes)));
  const grids = (offset: number) => w.load("i32.load", entry, offset + ENTRY.grid);
  return w.choose(plan.rings, 0, w.op("i32.eq", grids(0), grids(ENTRY.bytes)));
}

/** The state shared by the loops over the rows of a block. */
interface Shell {
  readonly state: Local;
  readonly workspace: Local;
  readonly grid: Local;
  readonly entries: Local;
  /** Metric to the grid's box. */
  readonly total: Local;
  /** Whether to search the whole block instead of only its shell. */
  readonly block: Local;
  readonly ring: Local;
}

/** Searches the cells in the outermost ring of the block, row by row. */
function searchShell(w: Writer, plan: SearchPlan, axes: readonly Axis[], shell: Shell, row: number): void {
  const { state, workspace, grid, entries, ring } = shell, { f } = w;
  const lastAxis = required(axes.at(-1), `last axis of ${plan.kernel.name}`);
  /** One loop per axis but the last; `sum` is the metric so far, `edge` whether the row is all in the ring. */
  const loops = (depth: number, cells: Local | undefined, sum: Local, edge: Local): void => {
    const axis = axes[depth];
    if (!axis || axis === lastAxis) return searchRow(cells, sum, edge);
    w.set(axis.cell, axis.low);
    const within = f.local("f64"), inRing = f.local("i32"), index = f.local("i32");
    const deeper = axes.slice(depth + 1).map(({ open }) => open);
    w.until(axis.cell, w.sum(axis.high, 1), 1, () => {
      const away = w.let("i32", w.op("i32.sub", axis.cell, axis.own));
      const atLow = w.op("i32.eq", w.sum(away, ring), 0), atHigh = w.op("i32.eq", away, ring);
      w.set(inRing, w.op("i32.or", edge, w.op("i32.or", atLow, atHigh)));
      const useful = deeper.reduce<Value>((some, open) => w.op("i32.or", some, open), inRing);
      w.if(useful, () => {
        w.set(within, withCell(w, plan, axis, sum));
        w.if(w.op("f64.le", within, w.load("f64.load", state, STATE.reach)), () => {
          w.set(index, cells ? w.sum(w.op("i32.mul", cells, axis.cells), axis.cell) : axis.cell);
          loops(depth + 1, index, within, inRing);
        });
      });
    });
  };
  const searchRow = (cells: Local | undefined, sum: Local, edge: Local) => {
    const { own, low, high } = lastAxis;
    const start = cells
      ? w.let("i32", w.sum(entries, w.times(w.op("i32.mul", cells, lastAxis.cells), ENTRY.bytes)))
      : entries;
    const others = plan.metric === "largest" ? sum : w.op("f64.sub", sum, lastAxis.outside);
    const search = (from: Value, to: Value) =>
      w.call(row, state, workspace, grid, start, from, to, others, lastAxis.u);
    w.if(edge, () => search(low, high), () => {
      w.if(w.op("i32.eq", w.op("i32.sub", own, ring), low), () => search(low, low));
      w.if(w.op("i32.eq", w.sum(own, ring), high), () => search(high, high));
    });
  };
  loops(0, undefined, shell.total, shell.block);
}

/**
 * The metric with the contribution of one axis replaced by the gap to its cell: `sum - outside + gap²`, or the maximum.
 * In cells the gap is `max(0, cell - u, u - cell - 1)`.
 */
function withCell(w: Writer, { metric }: SearchPlan, axis: Axis, sum: Local): () => void {
  const low = w.let("f64", w.op("f64.convert_i32_s", axis.cell));
  const below = w.op("f64.sub", w.op("f64.sub", low, axis.u), CELL_SLACK);
  const above = w.op("f64.sub", w.op("f64.sub", axis.u, low), 1 + CELL_SLACK);
  const cells = w.op("f64.max", w.op("f64.max", below, above), 0);
  const gap = w.let("f64", w.op("f64.mul", cells, axis.size));
  const more = w.op("f64.max", gapTerm(w, metric, gap), axis.outside);
  if (metric === "largest") return w.op("f64.max", sum, more);
  return w.op("f64.add", sum, w.op("f64.sub", more, axis.outside));
}

/** The metric to the nearest face of the block that has cells beyond it, and whether there is one. */
function nearestFace(
  w: Writer,
  { metric }: SearchPlan,
  axes: readonly Axis[],
  total: Local,
): { readonly face: Local; readonly any: Local } {
  const { f } = w, face = f.local("f64"), any = f.local("i32");
  w.set(face, Infinity);
  w.set(any, 0);
  for (const axis of axes) {
    const rest = metric === "largest" ? total : w.op("f64.sub", total, axis.outside);
    const look = (cells: () => void) => {
      const gap = w.let("f64", w.op("f64.mul", w.op("f64.max", cells, 0), axis.size));
      w.set(face, w.op("f64.min", face, join(w, metric, rest, gapTerm(w, metric, gap))));
      w.set(any, 1);
    };
    const at = (cell: Value) => w.op("f64.convert_i32_s", cell);
    w.if(
      w.op("i32.gt_s", axis.low, 0),
      () => look(w.op("f64.sub", w.op("f64.sub", axis.u, at(axis.low)), CELL_SLACK)),
    );
    w.if(
      w.op("i32.lt_s", axis.high, axis.last),
      () => look(w.op("f64.sub", w.op("f64.sub", at(axis.high), axis.u), CELL_SLACK - 1)),
    );
  }
  return { face, any };
}
