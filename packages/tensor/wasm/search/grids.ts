/**
 * Second stage of a grid search, one task per cloud: sorts the cloud into a grid, its crowded cells into grids of their
 * own, recursively; then sorts the queries by cell, so that consecutive queries access the same memory. Points that are
 * infinitely far from all queries are moved behind the others and belong to no grid.
 * @module
 */
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import { constantBits } from "../module/scalar.ts";
import { FAR, WORKSPACE_SLOT } from "./columns.ts";
import type { SearchPlan } from "./plan.ts";
import { addSort, ARENA, cellOf } from "./sort.ts";
import { type Value, Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const CHUNK = 1024;

/** Computes the index of a cloud's outermost grid: one per cloud and, for nested grids, one per eight points. */
export function rootGrid(w: Writer, cloud: Local, start: Value): () => void {
  return w.sum(w.op("i32.shr_u", start, 3), cloud);
}

/**
 * Generates code for the second stage.
 *
 * @param plan Search.
 */
export function gridsCode(plan: SearchPlan): KernelCode {
  const { points, queries, dimension, clouds } = plan.kernel;
  return {
    tasks: clouds,
    scratchBytes: ARENA.bytes,
    work: 20 * points * dimension + 10 * queries * dimension,
    emit: (shared) => {
      const sort = addSort(shared, plan);
      const count = addQueryPass(shared, plan, "count"), place = addQueryPass(shared, plan, "place");
      const separate = addSeparate(shared, plan);
      return shared.module.function(
        TASK_PARAMETERS,
        (f) => writeCloud(f, plan, { sort, separate, count, place }),
      );
    },
  };
}

function writeCloud(
  f: FunctionBuilder,
  plan: SearchPlan,
  { sort, separate, count, place }: Readonly<Record<"sort" | "separate" | "count" | "place", number>>,
): void {
  const { layout, record } = plan;
  const { args, task: cloud, scratch: arena } = taskParameters(f), w = new Writer(f);
  const [points, starts, queries, queryStarts] = loadPointers(f, args, 4);
  const workspace = w.let("i32", w.load("i32.load", args, 4 * WORKSPACE_SLOT));
  const bound = (table: Local, offset: number) =>
    w.let("i32", w.load("i32.load", w.sum(table, w.times(cloud, 4)), offset));
  const first = bound(starts, 0), end = bound(starts, 4);
  const firstQuery = bound(queryStarts, 0), endQuery = bound(queryStarts, 4);
  const root = w.let("i32", rootGrid(w, cloud, first));
  const address = (grid: Value) => w.sum(workspace, w.times(grid, record.bytes), layout.records);
  const grid = w.let("i32", root), rootAt = w.let("i32", address(root));
  w.store("i32.store", arena, w.sum(root, 1), ARENA.grid);
  w.store("i32.store", arena, w.sum(w.op("i32.shr_u", end, 3), cloud, 1), ARENA.gridEnd);
  w.store("i32.store", arena, w.times(w.sum(first, cloud), 2), ARENA.entry);
  w.store("i32.store", arena, w.times(w.sum(end, cloud, 1), 2), ARENA.entryEnd);
  w.store("i32.store", rootAt, first, record.first);
  w.call(separate, workspace, rootAt, first, end);
  w.store("i32.store", rootAt, 0, record.depth);
  const empty = w.op("i32.eqz", w.load("i32.load", rootAt, record.count));
  w.if(w.op("i32.eqz", empty), () =>
    w.until(
      grid,
      w.load("i32.load", arena, ARENA.grid),
      1,
      () => w.call(sort, workspace, arena, address(grid)),
    ));
  // If the queries are the points, they are sorted already.
  const same = w.op("i32.and", w.op("i32.eq", points, queries), w.op("i32.eq", starts, queryStarts));
  const sorted = w.op("i32.ge_s", w.load("i32.load", rootAt, record.table), 0);
  const order = w.let("i32", w.sum(workspace, w.times(firstQuery, 4), layout.order));
  const orderEnd = w.let("i32", w.sum(workspace, w.times(endQuery, 4), layout.order));
  // A grid has at most as many cells as points, so that the counters fit in a spare column.
  const counters = w.let("i32", w.sum(workspace, w.times(first, 4), layout.spare(0)));
  w.if(same, () => {
    const from = w.let("i32", w.sum(workspace, w.times(first, 4)));
    w.while(w.op("i32.lt_u", order, orderEnd), () => {
      w.store("i32.store", order, w.load("i32.load", from, layout.column(plan.kernel.dimension)));
      f.increment(order, 4).increment(from, 4);
    });
    w.return();
  });
  w.if(w.op("i32.or", empty, w.op("i32.eqz", sorted)), () => {
    w.while(w.op("i32.lt_u", order, orderEnd), () => {
      w.store("i32.store", order, firstQuery);
      f.increment(order, 4).increment(firstQuery, 1);
    });
    w.return();
  });
  const pass = (index: number) =>
    w.chunks(
      firstQuery,
      endQuery,
      CHUNK,
      (from, to) => w.call(index, queries, rootAt, counters, order, from, to),
    );
  const cells = w.let("i32", 1);
  for (let axis = 0; axis < plan.kernel.dimension; axis++) {
    w.set(cells, w.op("i32.mul", cells, w.load("i32.load", rootAt, record.cells(axis))));
  }
  const at = w.let("i32", counters), stop = w.let("i32", w.sum(counters, w.times(cells, 4)));
  w.until(at, stop, 4, () => w.store("i32.store", at, 0));
  pass(count);
  w.set(at, counters);
  const running = w.let("i32", 0), here = f.local("i32");
  w.until(at, stop, 4, () => {
    w.set(here, w.load("i32.load", at));
    w.store("i32.store", at, running);
    w.set(running, w.sum(running, here));
  });
  pass(place);
}

/**
 * `separate(workspace, record, first, end)`: moves the points that are infinitely far from all queries behind the
 * others, both in their order, and stores the number of the others in the record.
 */
function addSeparate({ module }: SharedFunctions, { layout, record, kernel }: SearchPlan): number {
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

/**
 * `pass(queries, grid, counters, order, first, end)`: counts the queries of each cell, or stores their indices at the
 * positions given by the counters.
 */
function addQueryPass({ module }: SharedFunctions, plan: SearchPlan, kind: "count" | "place"): number {
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
