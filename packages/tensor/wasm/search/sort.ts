/**
 * Sorts the points of one grid by cell: computes the bounding box and the number of cells along each axis, runs a
 * stable counting sort, and creates records for the crowded cells.
 * @module
 */
import type { Local } from "../module/function_builder.ts";
import { COINCIDENT, ENTRY, MAX_DEPTH, type SearchPlan, UNSORTED } from "./plan.ts";
import { type Value, Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/** Byte offsets in the scratch of a sorting thread: the unused part of the cloud's tables. */
export const ARENA = {
  /** Index of the next record, and one past the last. */
  grid: 0,
  gridEnd: 4,
  /** Index of the next entry of the cell tables, and one past the last. */
  entry: 8,
  entryEnd: 12,
  bytes: 16,
} as const;

/** Points per call of an inner function. */
const CHUNK = 1024;
/** Factor by which the cell size shrinks until there would be too many cells. */
const SHRINK = 0.9;

const RANGE = ["i32", "i32", "i32", "i32"] as const;

/**
 * Adds `sort(workspace, arena, record)`.
 *
 * @param shared Helper functions of the module.
 * @param plan Search.
 * @returns Index of the function.
 */
export function addSort(shared: SharedFunctions, plan: SearchPlan): number {
  const { module } = shared, { layout, record, kernel } = plan;
  const measure = addMeasure(shared, plan),
    assign = addAssign(shared, plan),
    scatter = addScatter(shared, plan);
  const axes = Array.from({ length: kernel.dimension }, (_, axis) => axis);
  return module.function(["i32", "i32", "i32"], (f) => {
    const [workspace, arena, grid] = f.parameters;
    const w = new Writer(f);
    const first = w.let("i32", w.load("i32.load", grid, record.first));
    const count = w.let("i32", w.load("i32.load", grid, record.count));
    const end = w.let("i32", w.sum(first, count));
    for (const axis of axes) {
      w.store("f64.store", grid, Infinity, record.low(axis));
      w.store("f64.store", grid, -Infinity, record.high(axis));
    }
    w.chunks(first, end, CHUNK, (from, to) => w.call(measure, workspace, grid, from, to));
    const finishAs = (table: number) => {
      w.store("i32.store", grid, table, record.table);
      w.return();
    };
    const cells = chooseCells(w, plan, grid, count, finishAs);
    const table = w.let("i32", w.load("i32.load", arena, ARENA.entry));
    const tableEnd = w.let("i32", w.sum(table, cells, 1));
    w.if(
      w.op("i32.gt_s", tableEnd, w.load("i32.load", arena, ARENA.entryEnd)),
      () => finishAs(UNSORTED),
    );
    w.store("i32.store", arena, tableEnd, ARENA.entry);
    w.store("i32.store", grid, table, record.table);
    const entries = w.let("i32", w.sum(workspace, w.times(table, ENTRY.bytes), layout.tables));
    const entriesEnd = w.let("i32", w.sum(entries, w.times(cells, ENTRY.bytes)));
    const entry = w.let("i32", entries);
    w.until(entry, w.sum(entriesEnd, 1), ENTRY.bytes, () => w.store("i32.store", entry, 0, ENTRY.first));
    w.chunks(first, end, CHUNK, (from, to) => w.call(assign, workspace, grid, from, to));
    openCells(w, plan, { workspace, arena, grid, entries, entriesEnd, first });
    w.chunks(first, end, CHUNK, (from, to) => w.call(scatter, workspace, entries, from, to));
  });
}

/** `measure(workspace, record, first, end)`: extends the box of a grid by points. */
function addMeasure({ module }: SharedFunctions, { layout, record, kernel }: SearchPlan): number {
  return module.function(RANGE, (f) => {
    const [workspace, grid, first, end] = f.parameters;
    const w = new Writer(f), at = f.local("i32"), x = f.local("f64");
    const stop = w.let("i32", w.sum(workspace, w.times(end, 4)));
    for (let axis = 0; axis < kernel.dimension; axis++) {
      const low = w.let("f64", w.load("f64.load", grid, record.low(axis)));
      const high = w.let("f64", w.load("f64.load", grid, record.high(axis)));
      w.set(at, w.sum(workspace, w.times(first, 4)));
      w.while(w.op("i32.lt_u", at, stop), () => {
        w.set(x, w.op("f64.promote_f32", w.load("f32.load", at, layout.column(axis))));
        w.set(low, w.op("f64.min", low, x));
        w.set(high, w.op("f64.max", high, x));
        f.increment(at, 4);
      });
      w.store("f64.store", grid, low, record.low(axis));
      w.store("f64.store", grid, high, record.high(axis));
    }
  });
}

/**
 * Sets the number of cells along each axis: cells are cubes as small as the number of points allows, then stretched to
 * fill the box. An axis without extent has one.
 *
 * @returns The number of cells.
 */
function chooseCells(
  w: Writer,
  { record, kernel, perCell }: SearchPlan,
  grid: Local,
  count: Local,
  finishAs: (table: number) => void,
): Local {
  const { f } = w, axes = Array.from({ length: kernel.dimension }, (_, axis) => axis);
  const extents = axes.map((axis) =>
    w.let(
      "f64",
      w.op(
        "f64.sub",
        w.load("f64.load", grid, record.high(axis)),
        w.load("f64.load", grid, record.low(axis)),
      ),
    )
  );
  const largest = w.let("f64", () => w.f.f64(0));
  for (const extent of extents) w.set(largest, w.op("f64.max", largest, extent));
  w.if(w.op("i32.eqz", w.op("f64.gt", largest, 0)), () => finishAs(COINCIDENT));
  const most = w.let("f64", w.op("f64.div", w.op("f64.convert_i32_s", count), perCell));
  const edge = w.let("f64", largest), smaller = f.local("f64");
  const along = (extent: Local, edge: Local) =>
    w.op("f64.max", w.op("f64.floor", w.op("f64.div", extent, edge)), 1);
  const product = (edge: Local) => () =>
    extents.forEach((extent, i) => {
      along(extent, edge)();
      if (i > 0) f.op("f64.mul");
    });
  f.block((exit) =>
    f.loop((again) => {
      w.set(smaller, w.op("f64.mul", edge, SHRINK));
      w.push(w.op("f64.le", product(smaller), most));
      f.op("i32.eqz").brIf(exit);
      w.set(edge, smaller);
      f.br(again);
    })
  );
  const total = w.let("i32", 1);
  extents.forEach((extent, axis) => {
    // NaN, from non-finite coordinates, results in one cell.
    const rounded = w.let("i32", w.op("i32.trunc_sat_f64_s", along(extent, edge)));
    const cells = w.let("i32", w.max(rounded, 1));
    const many = w.let("f64", w.op("f64.convert_i32_s", cells));
    w.store("i32.store", grid, cells, record.cells(axis));
    w.set(total, w.op("i32.mul", total, cells));
    w.if(w.op("f64.gt", extent, 0), () => {
      w.store("f64.store", grid, w.op("f64.div", many, extent), record.scale(axis));
      w.store("f64.store", grid, w.op("f64.div", extent, many), record.size(axis));
    }, () => {
      w.store("f64.store", grid, 0, record.scale(axis));
      w.store("f64.store", grid, 0, record.size(axis));
    });
  });
  return total;
}

/** The cell of a point: `⌊(x - low) · scale⌋` along each axis, within the grid; the last axis varies fastest. */
export function cellOf(
  w: Writer,
  { record, kernel }: SearchPlan,
  grid: Local,
  coordinate: (axis: number) => Value,
): Local {
  const cell = w.f.local("i32");
  for (let axis = 0; axis < kernel.dimension; axis++) {
    const offset = w.op(
      "f64.sub",
      w.op("f64.promote_f32", coordinate(axis)),
      w.load("f64.load", grid, record.low(axis)),
    );
    const u = w.op("f64.mul", offset, w.load("f64.load", grid, record.scale(axis)));
    const cells = w.let("i32", w.load("i32.load", grid, record.cells(axis)));
    const last = w.op("f64.convert_i32_s", w.op("i32.sub", cells, 1));
    const along = w.op("i32.trunc_sat_f64_s", w.op("f64.min", w.op("f64.max", u, 0), last));
    w.set(cell, axis === 0 ? along : w.sum(w.op("i32.mul", cell, cells), along));
  }
  return cell;
}

/** `assign(workspace, record, first, end)`: copies points to the spare columns, finds their cells and counts them. */
function addAssign({ module }: SharedFunctions, plan: SearchPlan): number {
  const { layout, record, kernel } = plan;
  return module.function(RANGE, (f) => {
    const [workspace, grid, first, end] = f.parameters;
    const w = new Writer(f);
    const at = w.let("i32", w.sum(workspace, w.times(first, 4)));
    const stop = w.let("i32", w.sum(workspace, w.times(end, 4)));
    const table = w.load("i32.load", grid, record.table);
    const entries = w.let("i32", w.sum(workspace, w.times(table, ENTRY.bytes), layout.tables));
    w.while(w.op("i32.lt_u", at, stop), () => {
      const cell = cellOf(w, plan, grid, (axis) => w.load("f32.load", at, layout.column(axis)));
      for (let axis = 0; axis <= kernel.dimension; axis++) {
        w.store("i32.store", at, w.load("i32.load", at, layout.column(axis)), layout.spare(axis));
      }
      w.store("i32.store", at, cell, layout.spare(kernel.dimension + 1));
      // Counted one entry later, which becomes the position of the next point of this cell, and finally that of the
      // next cell.
      const entry = w.let("i32", w.sum(entries, w.times(cell, ENTRY.bytes)));
      const counted = w.sum(w.load("i32.load", entry, ENTRY.bytes + ENTRY.first), 1);
      w.store("i32.store", entry, counted, ENTRY.bytes + ENTRY.first);
      f.increment(at, 4);
    });
  });
}

/** Converts counts to start offsets, and creates records for crowded cells. */
function openCells(
  w: Writer,
  { record, layout, crowded }: SearchPlan,
  { workspace, arena, grid, entries, entriesEnd, first }: Record<
    "workspace" | "arena" | "grid" | "entries" | "entriesEnd" | "first",
    Local
  >,
): void {
  const entry = w.let("i32", entries), running = w.let("i32", first);
  const next = w.let("i32", w.load("i32.load", arena, ARENA.grid));
  const gridEnd = w.let("i32", w.load("i32.load", arena, ARENA.gridEnd));
  const depth = w.let("i32", w.sum(w.load("i32.load", grid, record.depth), 1));
  const undivided = w.op("i32.eq", w.sum(entries, ENTRY.bytes), entriesEnd);
  w.if(w.op("i32.or", undivided, w.op("i32.gt_s", depth, MAX_DEPTH)), () => w.set(gridEnd, next));
  w.store("i32.store", entries, first, ENTRY.first);
  const count = w.f.local("i32");
  w.until(entry, entriesEnd, ENTRY.bytes, () => {
    w.store("i32.store", entry, next, ENTRY.grid);
    w.set(count, w.load("i32.load", entry, ENTRY.bytes + ENTRY.first));
    w.store("i32.store", entry, running, ENTRY.bytes + ENTRY.first);
    const many = w.op("i32.gt_s", count, crowded), room = w.op("i32.lt_s", next, gridEnd);
    w.if(w.op("i32.and", many, room), () => {
      const child = w.let("i32", w.sum(workspace, w.times(next, record.bytes), layout.records));
      w.store("i32.store", child, running, record.first);
      w.store("i32.store", child, count, record.count);
      w.store("i32.store", child, depth, record.depth);
      w.f.increment(next, 1);
    });
    w.set(running, w.sum(running, count));
  });
  w.store("i32.store", entriesEnd, next, ENTRY.grid);
  w.store("i32.store", arena, next, ARENA.grid);
}

/** `scatter(workspace, entries, first, end)`: moves points from the spare columns to the positions of their cells. */
function addScatter({ module }: SharedFunctions, { layout, kernel }: SearchPlan): number {
  return module.function(RANGE, (f) => {
    const [workspace, entries, first, end] = f.parameters;
    const w = new Writer(f), entry = f.local("i32"), place = f.local("i32"), to = f.local("i32");
    const at = w.let("i32", w.sum(workspace, w.times(first, 4)));
    const stop = w.let("i32", w.sum(workspace, w.times(end, 4)));
    w.while(w.op("i32.lt_u", at, stop), () => {
      const cell = w.load("i32.load", at, layout.spare(kernel.dimension + 1));
      w.set(entry, w.sum(entries, w.times(cell, ENTRY.bytes)));
      w.set(place, w.load("i32.load", entry, ENTRY.bytes + ENTRY.first));
      w.store("i32.store", entry, w.sum(place, 1), ENTRY.bytes + ENTRY.first);
      w.set(to, w.sum(workspace, w.times(place, 4)));
      for (let axis = 0; axis <= kernel.dimension; axis++) {
        w.store("i32.store", to, w.load("i32.load", at, layout.spare(axis)), layout.column(axis));
      }
      f.increment(at, 4);
    });
  });
}
