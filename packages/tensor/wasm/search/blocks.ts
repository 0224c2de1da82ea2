/**
 * The outermost grid of a single large cloud, sorted in blocks of points by several tasks, so that all threads have work:
 *
 * - `separate`, one task, moves points that are never found behind the others,
 * - `measure` finds the box of each block,
 * - `cells`, one task, chooses the cells,
 * - `count` counts the points, and the queries, of each block in each cell,
 * - `open`, one task, converts counts to positions,
 * - `place` moves the points, and sorts the queries.
 *
 * The points of a cell are in the order of blocks, and within a block in that of their indices, as after a sort by one
 * task. The stage `grids` then sorts crowded cells.
 *
 * @module
 */
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import { WORKSPACE_SLOT } from "./columns.ts";
import { ENTRY, HEADER, type SearchPlan, UNSORTED } from "./plan.ts";
import { addQueryPass } from "./query_pass.ts";
import { addSeparate } from "./separate.ts";
import { addAssign, addMeasure, addRecord, addScatter, chooseCells, clearBox } from "./sort.ts";
import { type Value, Writer } from "./writer.ts";

/** Stages of the sort, in order. */
export type BlockStage = "separate" | "measure" | "cells" | "count" | "open" | "place";

/** Names of the stages, in order. */
export const BLOCK_STAGES: readonly BlockStage[] = ["separate", "measure", "cells", "count", "open", "place"];

/** Points or queries per call of an inner function. */
const CHUNK = 1024;
/** Bytes of a counter. */
const COUNTER = 4;

/**
 * Generates code for a stage.
 *
 * @param plan Search, with blocks.
 * @param stage Stage.
 */
export function blockCode(plan: SearchPlan, stage: BlockStage): KernelCode {
  const { kernel: { points, queries, dimension }, blocks, perCell } = plan;
  const cells = points / perCell;
  switch (stage) {
    case "separate":
      return { tasks: 1, scratchBytes: 0, work: points, emit: separatePoints(plan) };
    case "measure":
      return { tasks: blocks, scratchBytes: 0, work: points * dimension, emit: measureBlocks(plan) };
    case "cells":
      return { tasks: 1, scratchBytes: 0, work: 1000, emit: openRoot(plan) };
    case "count":
      return { tasks: 2 * blocks, scratchBytes: 0, work: 10 * (points + queries), emit: countBlocks(plan) };
    case "open":
      return { tasks: 1, scratchBytes: 0, work: 4 * blocks * cells, emit: openCells(plan) };
    case "place":
      return { tasks: 2 * blocks, scratchBytes: 0, work: 10 * (points + queries), emit: placeBlocks(plan) };
  }
}

/** What all stages start with. */
interface Cloud {
  readonly f: FunctionBuilder;
  readonly w: Writer;
  readonly task: Local;
  readonly workspace: Local;
  readonly queries: Local;
  /** Address of the record of the outermost grid. */
  readonly grid: Local;
  /** Range of the cloud. */
  readonly bounds: Range;
  /** Range of the points that can be found, once they are separated. */
  readonly points: Range;
  /** Range of the queries; empty if the queries are the points, whose order is then that of the points. */
  readonly asked: Range;
}

interface Range {
  readonly first: Local;
  readonly end: Local;
}

function openCloud(f: FunctionBuilder, { layout, record }: SearchPlan): Cloud {
  const { args, task } = taskParameters(f), w = new Writer(f);
  const [points, starts, queries, queryStarts] = loadPointers(f, args, 4);
  const workspace = w.let("i32", w.load("i32.load", args, 4 * WORKSPACE_SLOT));
  const bound = (table: Local, offset: number) => w.let("i32", w.load("i32.load", table, offset));
  const asked = { first: bound(queryStarts, 0), end: bound(queryStarts, 4) };
  w.if(isSame(w, points, queries, starts, queryStarts), () => w.set(asked.end, asked.first));
  const grid = w.let("i32", w.sum(workspace, layout.records));
  const bounds = { first: bound(starts, 0), end: bound(starts, 4) };
  const end = w.let("i32", w.sum(bounds.first, w.load("i32.load", grid, record.count)));
  return { f, w, task, workspace, queries, grid, bounds, points: { first: bounds.first, end }, asked };
}

/** Returns whether the queries are the points, i32. */
export function isSame(
  w: Writer,
  points: Local,
  queries: Local,
  starts: Local,
  queryStarts: Local,
): () => void {
  return w.op("i32.and", w.op("i32.eq", points, queries), w.op("i32.eq", starts, queryStarts));
}

/** The part of a range that is a block. */
function blockOf({ w }: Cloud, { first, end }: Range, block: Value, blocks: number): Range {
  const size = w.let("i32", w.op("i32.div_u", w.sum(w.op("i32.sub", end, first), blocks - 1), blocks));
  const from = w.let("i32", w.sum(first, w.op("i32.mul", size, block)));
  const start = w.let("i32", w.min(from, end));
  return { first: start, end: w.let("i32", w.min(w.let("i32", w.sum(start, size)), end)) };
}

const separatePoints = (plan: SearchPlan): KernelCode["emit"] => (shared) => {
  const separate = addSeparate(shared, plan);
  return shared.module.function(TASK_PARAMETERS, (f) => {
    const { w, workspace, grid, bounds: { first, end } } = openCloud(f, plan);
    w.store("i32.store", grid, first, plan.record.first);
    w.store("i32.store", grid, 0, plan.record.depth);
    w.call(separate, workspace, grid, first, end);
  });
};

const measureBlocks = (plan: SearchPlan): KernelCode["emit"] => (shared) => {
  const measure = addMeasure(shared, plan);
  return shared.module.function(TASK_PARAMETERS, (f) => {
    const cloud = openCloud(f, plan), { w, task, workspace } = cloud;
    const box = w.let("i32", w.sum(workspace, w.times(task, plan.record.bytes), plan.layout.boxes));
    clearBox(w, plan, box);
    const { first, end } = blockOf(cloud, cloud.points, task, plan.blocks);
    w.chunks(first, end, CHUNK, (from, to) => w.call(measure, workspace, box, from, to));
  });
};

const openRoot = (plan: SearchPlan): KernelCode["emit"] => (shared) =>
  shared.module.function(TASK_PARAMETERS, (f) => {
    const { w, workspace, grid, points: { first, end } } = openCloud(f, plan), { record, layout } = plan;
    clearBox(w, plan, grid);
    for (let block = 0; block < plan.blocks; block++) {
      const box = block * record.bytes + layout.boxes;
      for (let axis = 0; axis < plan.kernel.dimension; axis++) {
        for (const [side, name] of [["low", "f64.min"], ["high", "f64.max"]] as const) {
          const at = record[side](axis);
          const other = w.load("f64.load", workspace, box + at);
          w.store("f64.store", grid, w.op(name, w.load("f64.load", grid, at), other), at);
        }
      }
    }
    const count = w.let("i32", w.op("i32.sub", end, first));
    w.store("i32.store", workspace, 1, layout.header + HEADER.grid);
    const table = w.let("i32", w.times(first, 2));
    w.store("i32.store", workspace, table, layout.header + HEADER.entry);
    const finishAs = (reason: number) => {
      w.store("i32.store", grid, reason, record.table);
      w.return();
    };
    w.if(w.op("i32.eqz", count), () => finishAs(UNSORTED));
    const cells = chooseCells(w, plan, grid, count, finishAs);
    w.store("i32.store", grid, table, record.table);
    w.store("i32.store", workspace, w.sum(table, cells, 1), layout.header + HEADER.entry);
  });

/** Returns from the function if the grid has no cells. */
function returnIfUnsorted({ w, grid }: Cloud, { record }: SearchPlan): void {
  w.if(w.op("i32.lt_s", w.load("i32.load", grid, record.table), 0), () => w.return());
}

/** Number of cells of the outermost grid. */
function cellCount({ w, grid }: Cloud, { record, kernel }: SearchPlan): Local {
  const cells = w.let("i32", 1);
  for (let axis = 0; axis < kernel.dimension; axis++) {
    w.set(cells, w.op("i32.mul", cells, w.load("i32.load", grid, record.cells(axis))));
  }
  return cells;
}

/** Address of the counters of a task: those of the points first, then those of the queries. */
function countersOf({ w, workspace, task }: Cloud, { layout }: SearchPlan): Local {
  return w.let("i32", w.sum(workspace, w.times(task, layout.counterBytes), layout.counters));
}

const countBlocks = (plan: SearchPlan): KernelCode["emit"] => (shared) => {
  const assign = addAssign(shared, plan, COUNTER), pass = addQueryPass(shared, plan, "count");
  return shared.module.function(TASK_PARAMETERS, (f) => {
    const cloud = openCloud(f, plan), { w, task, workspace, grid, queries } = cloud;
    returnIfUnsorted(cloud, plan);
    const counters = countersOf(cloud, plan), at = w.let("i32", counters);
    const stop = w.let("i32", w.sum(counters, w.times(cellCount(cloud, plan), COUNTER)));
    w.until(at, stop, COUNTER, () => w.store("i32.store", at, 0));
    w.if(w.op("i32.lt_u", task, plan.blocks), () => {
      const { first, end } = blockOf(cloud, cloud.points, task, plan.blocks);
      w.chunks(first, end, CHUNK, (from, to) => w.call(assign, workspace, grid, counters, from, to));
    }, () => {
      const { first, end } = blockOf(cloud, cloud.asked, w.op("i32.sub", task, plan.blocks), plan.blocks);
      w.chunks(first, end, CHUNK, (from, to) => w.call(pass, queries, grid, counters, 0, from, to));
    });
  });
};

const openCells = (plan: SearchPlan): KernelCode["emit"] => (shared) =>
  shared.module.function(TASK_PARAMETERS, (f) => {
    const cloud = openCloud(f, plan), { w, workspace, grid, bounds: { first, end } } = cloud;
    const { record, layout, blocks, crowded } = plan;
    returnIfUnsorted(cloud, plan);
    const cells = cellCount(cloud, plan);
    const table = w.load("i32.load", grid, record.table);
    const entry = w.let("i32", w.sum(workspace, w.times(table, ENTRY.bytes), layout.tables));
    const entriesEnd = w.let("i32", w.sum(entry, w.times(cells, ENTRY.bytes)));
    const next = w.let("i32", 1), room = w.let("i32", w.sum(w.op("i32.shr_u", end, 3), 1));
    w.if(w.op("i32.eq", cells, 1), () => w.set(room, next));
    const running = w.let("i32", first),
      asked = w.let("i32", 0),
      count = f.local("i32"),
      here = f.local("i32");
    const counter = w.let("i32", w.sum(workspace, layout.counters));
    // Replaces the counts of a cell by the positions of each block's first point, and returns the position behind
    const accumulate = (base: number, position: Local) => {
      for (let block = 0; block < blocks; block++) {
        const offset = base + block * layout.counterBytes;
        w.set(here, w.load("i32.load", counter, offset));
        w.store("i32.store", counter, position, offset);
        w.set(position, w.sum(position, here));
      }
    };
    const behind = f.local("i32");
    w.until(entry, entriesEnd, ENTRY.bytes, () => {
      w.store("i32.store", entry, running, ENTRY.first);
      w.store("i32.store", entry, next, ENTRY.grid);
      w.set(behind, running);
      accumulate(0, behind);
      w.set(count, w.op("i32.sub", behind, running));
      const isCrowded = w.op("i32.gt_s", count, crowded), hasRoom = w.op("i32.lt_s", next, room);
      w.if(
        w.op("i32.and", isCrowded, hasRoom),
        () => addRecord(w, plan, { workspace, next, running, count, depth: 1 }),
      );
      w.set(running, behind);
      accumulate(blocks * layout.counterBytes, asked);
      f.increment(counter, COUNTER);
    });
    w.store("i32.store", entriesEnd, running, ENTRY.first);
    w.store("i32.store", entriesEnd, next, ENTRY.grid);
    w.store("i32.store", workspace, next, layout.header + HEADER.grid);
  });

const placeBlocks = (plan: SearchPlan): KernelCode["emit"] => (shared) => {
  const scatter = addScatter(shared, plan, COUNTER), pass = addQueryPass(shared, plan, "place");
  return shared.module.function(TASK_PARAMETERS, (f) => {
    const cloud = openCloud(f, plan), { w, task, workspace, grid, queries, asked } = cloud;
    returnIfUnsorted(cloud, plan);
    const counters = countersOf(cloud, plan);
    w.if(w.op("i32.lt_u", task, plan.blocks), () => {
      const { first, end } = blockOf(cloud, cloud.points, task, plan.blocks);
      w.chunks(first, end, CHUNK, (from, to) => w.call(scatter, workspace, counters, from, to));
    }, () => {
      const order = w.let("i32", w.sum(workspace, w.times(asked.first, 4), plan.layout.order));
      const { first, end } = blockOf(cloud, asked, w.op("i32.sub", task, plan.blocks), plan.blocks);
      w.chunks(first, end, CHUNK, (from, to) => w.call(pass, queries, grid, counters, order, from, to));
    });
  });
};
