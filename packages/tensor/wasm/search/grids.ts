/**
 * Second stage of a grid search, one task per cloud: sorts the cloud into a grid, its crowded cells into grids of their
 * own, recursively; then sorts the queries by cell, so that consecutive queries access the same memory. Points that are
 * infinitely far from all queries are moved behind the others and belong to no grid. For a single large cloud all but the
 * crowded cells was done in blocks before.
 * @module
 */
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import { isSame } from "./blocks.ts";
import { WORKSPACE_SLOT } from "./columns.ts";
import { HEADER, type SearchPlan } from "./plan.ts";
import { addQueryPass } from "./query_pass.ts";
import { addSeparate } from "./separate.ts";
import { addSort, ARENA } from "./sort.ts";
import { type Value, Writer } from "./writer.ts";

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
  w.store("i32.store", arena, w.sum(w.op("i32.shr_u", end, 3), cloud, 1), ARENA.gridEnd);
  w.store("i32.store", arena, w.times(w.sum(end, cloud, 1), 2), ARENA.entryEnd);
  if (plan.blocks > 0) {
    // The outermost grid is sorted; its crowded cells follow
    w.store("i32.store", arena, w.load("i32.load", workspace, layout.header + HEADER.grid), ARENA.grid);
    w.store("i32.store", arena, w.load("i32.load", workspace, layout.header + HEADER.entry), ARENA.entry);
    f.increment(grid, 1);
  } else {
    w.store("i32.store", arena, w.sum(root, 1), ARENA.grid);
    w.store("i32.store", arena, w.times(w.sum(first, cloud), 2), ARENA.entry);
    w.store("i32.store", rootAt, first, record.first);
    w.call(separate, workspace, rootAt, first, end);
    w.store("i32.store", rootAt, 0, record.depth);
  }
  const empty = w.op("i32.eqz", w.load("i32.load", rootAt, record.count));
  w.if(w.op("i32.eqz", empty), () =>
    w.until(
      grid,
      w.load("i32.load", arena, ARENA.grid),
      1,
      () => w.call(sort, workspace, arena, address(grid)),
    ));
  // If the queries are the points, they are sorted already.
  const same = isSame(w, points, queries, starts, queryStarts);
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
  if (plan.blocks > 0) return;
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
