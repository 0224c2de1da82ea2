/**
 * Last stage of a search: the queries, several per task. With grids, each query is searched on its own; by brute force,
 * the queries of a task are processed together over blocks of points that stay in the cache.
 * @module
 */
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import { FAR, INFINITE, isFinitePoint, WORKSPACE_SLOT } from "./columns.ts";
import { constantBits } from "../module/scalar.ts";
import { reachOf, root, threshold } from "./distance.ts";
import { rootGrid } from "./grids.ts";
import type { SearchPlan } from "./plan.ts";
import { addVisit } from "./rings.ts";
import { addCount } from "./offer.ts";
import { addScan, type ScanFunctions, settleIf } from "./scan.ts";
import { COLLECTED, distanceWriter, FOUND, STATE, stateLayout } from "./state.ts";
import { type Value, Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const QUERIES_PER_TASK = { grid: 128, brute: 32 };
/** Points per block: they stay in the L1 cache while the queries of a task visit them. */
const BLOCK_POINTS = 1024;

/**
 * Generates code for the last stage.
 *
 * @param plan Search.
 * @param features Features of the engine.
 */
export function queriesCode(plan: SearchPlan, features: Features): KernelCode {
  const { queries, clouds, points, dimension } = plan.kernel;
  const k = plan.kernel.kind === "knn" ? plan.kernel.k : 1;
  const perTask = QUERIES_PER_TASK[plan.grid ? "grid" : "brute"];
  const perQuery = plan.grid
    ? 500 + 40 * k + 4 * plan.perCell * 3 ** dimension
    : 20 * k + dimension * points / Math.max(1, clouds);
  return {
    tasks: clouds === 0 ? 0 : Math.ceil(queries / perTask),
    scratchBytes: stateLayout(plan).bytes * (plan.grid ? 1 : perTask),
    work: queries * perQuery,
    emit: (shared) => {
      const functions = addScan(shared, plan, features), { scan } = functions;
      const visit = plan.grid ? addVisit(shared, plan, functions) : scan;
      const begin = addBegin(shared, plan), finish = addFinish(shared, plan, functions);
      return shared.module.function(TASK_PARAMETERS, (f) => {
        const task = openTask(f, plan, perTask);
        if (plan.grid) {
          searchByGrid(task, plan, { ...functions, begin, finish, visit, fill: addFill(shared, plan) });
        } else searchAll(task, plan, { begin, finish, scan });
      });
    },
  };
}

/** The common part of both search methods. */
interface Task {
  readonly w: Writer;
  readonly pointers: Record<"starts" | "queries" | "queryStarts" | "out" | "workspace" | "scratch", Local>;
  /** Range of positions in search order. */
  readonly position: Local;
  readonly end: Local;
  /** Cloud of the position. */
  readonly cloud: Local;
}

/** Loads the start offset of a cloud, or with `offset` 4 that of the next one. */
function startOf(w: Writer, table: Local, cloud: Local, offset: number = 0): () => void {
  return w.load("i32.load", w.sum(table, w.times(cloud, 4)), offset);
}

function openTask(f: FunctionBuilder, plan: SearchPlan, perTask: number): Task {
  const { args, task, scratch } = taskParameters(f), w = new Writer(f), { queries, clouds } = plan.kernel;
  const [, starts, queryPointer, queryStarts, out] = loadPointers(f, args, 5);
  const workspace = w.let("i32", w.load("i32.load", args, 4 * WORKSPACE_SLOT));
  const chunk = w.let("i32", w.times(task, perTask));
  const position = w.let("i32", w.max(chunk, w.load("i32.load", queryStarts)));
  const listed = w.let("i32", w.load("i32.load", queryStarts, 4 * clouds));
  const chunkEnd = w.let("i32", w.min(w.let("i32", w.sum(chunk, perTask)), queries));
  const end = w.let("i32", w.min(chunkEnd, listed));
  // The last cloud whose queries begin at or before the position: between `cloud` and `above`.
  const cloud = w.let("i32", 0), above = w.let("i32", clouds), middle = f.local("i32");
  w.while(w.op("i32.gt_s", w.op("i32.sub", above, cloud), 1), () => {
    w.set(middle, w.op("i32.shr_u", w.sum(cloud, above), 1));
    const before = w.op("i32.le_s", startOf(w, queryStarts, middle), position);
    w.if(before, () => w.set(cloud, middle), () => w.set(above, middle));
  });
  const pointers = { starts, queries: queryPointer, queryStarts, out, workspace, scratch };
  return { w, pointers, position, end, cloud };
}

/** Advances to the cloud of a position. */
function advanceCloud({ w, pointers, position, cloud }: Task): void {
  w.while(
    w.op("i32.le_s", startOf(w, pointers.queryStarts, cloud, 4), position),
    () => w.f.increment(cloud, 1),
  );
}

function searchByGrid(
  task: Task,
  plan: SearchPlan,
  { begin, finish, visit, fill, scan, settle }: Record<
    "begin" | "finish" | "visit" | "fill" | "scan" | "settle",
    number
  >,
): void {
  const { kernel, layout, record } = plan, { w, pointers, position, end, cloud } = task;
  const { starts, queries, out, workspace, scratch } = pointers;
  const query = w.f.local("i32"), grid = w.f.local("i32");
  const first = w.f.local("i32"), last = w.f.local("i32"), far = w.f.local("i32");
  const visitGrid = () => {
    w.set(grid, w.sum(workspace, w.times(rootGrid(w, cloud, first), record.bytes), layout.records));
    w.set(far, w.sum(first, w.load("i32.load", grid, record.count)));
    w.if(w.op("i32.lt_s", first, far), () => w.call(visit, scratch, workspace, grid));
    if (plan.limit < Infinity) return;
    w.if(w.op("i32.lt_s", far, last), () => {
      if (kernel.kind === "countWithinRadius") return addCount(w, scratch, w.op("i32.sub", last, far));
      settleIf(w, plan, scratch, settle, 0);
      const found = w.load("i32.load", scratch, STATE.count);
      w.if(w.op("i32.lt_s", found, kernel.k), () => w.call(scan, scratch, workspace, far, last));
    });
  };
  w.until(position, end, 1, () => {
    advanceCloud(task);
    w.set(query, w.load("i32.load", w.sum(workspace, w.times(position, 4)), layout.order));
    const at = w.let("i32", w.sum(queries, w.times(query, 4 * kernel.dimension)));
    w.call(begin, scratch, at);
    w.set(first, startOf(w, starts, cloud));
    w.set(last, startOf(w, starts, cloud, 4));
    w.if(
      isFinitePoint(w, at, kernel.dimension),
      () => w.if(w.op("i32.lt_s", first, last), visitGrid),
      () => w.call(fill, scratch, first, last),
    );
    w.call(finish, scratch, resultOf(w, kernel, out, query));
  });
}

/** `fill(state, first, end)`: finds the points of a cloud for a query that is infinitely far from all of them. */
function addFill({ module }: SharedFunctions, { kernel, limit }: SearchPlan): number {
  return module.function(["i32", "i32", "i32"], (f) => {
    if (limit < Infinity) return;
    const [state, first, end] = f.parameters, w = new Writer(f);
    const all = w.let("i32", w.op("i32.sub", end, first));
    if (kernel.kind === "countWithinRadius") return w.store("i32.store", state, all, STATE.count);
    const stop = w.let("i32", w.sum(first, w.min(all, kernel.k)));
    w.store("i32.store", state, w.op("i32.sub", stop, first), STATE.count);
    w.store("i32.store", state, COLLECTED, STATE.pending);
    const entry = w.let("i32", state);
    w.until(first, stop, 1, () => {
      w.store("f64.store", entry, Infinity, STATE.list + FOUND.power);
      w.store("i32.store", entry, first, STATE.list + FOUND.index);
      f.increment(entry, FOUND.bytes);
    });
  });
}

/** Computes the address of a query's result. */
function resultOf(w: Writer, kernel: SearchPlan["kernel"], out: Local, query: Local): Value {
  const words = kernel.kind === "countWithinRadius" ? 1 : kernel.distances ? 2 * kernel.k : kernel.k;
  return w.sum(out, w.times(query, 4 * words));
}

function searchAll(
  task: Task,
  plan: SearchPlan,
  { begin, finish, scan }: Record<"begin" | "finish" | "scan", number>,
): void {
  const { w, pointers, position, end, cloud } = task, { queries, queryStarts, out, workspace } = pointers;
  const { kernel } = plan, bytes = stateLayout(plan).bytes;
  const query = w.f.local("i32"), state = w.f.local("i32"), last = w.f.local("i32");
  const each = (body: () => void) => {
    w.set(query, position);
    w.set(state, pointers.scratch);
    w.until(query, last, 1, () => {
      body();
      w.f.increment(state, bytes);
    });
  };
  w.while(w.op("i32.lt_s", position, end), () => {
    advanceCloud(task);
    const cloudEnd = w.let("i32", startOf(w, queryStarts, cloud, 4));
    w.set(last, w.min(cloudEnd, end));
    each(() => w.call(begin, state, w.sum(queries, w.times(query, 4 * kernel.dimension))));
    const pointsEnd = w.let("i32", startOf(w, pointers.starts, cloud, 4));
    w.chunks(startOf(w, pointers.starts, cloud), pointsEnd, BLOCK_POINTS, (from, to) => {
      each(() => w.call(scan, state, workspace, from, to));
    });
    each(() => w.call(finish, state, resultOf(w, kernel, out, query)));
    w.set(position, last);
  });
}

/**
 * `begin(state, query)`: initialises the state of a query. With the coordinates that replace those of a query that is not
 * finite, its distance to every point is infinite.
 */
function addBegin({ module }: SharedFunctions, plan: SearchPlan): number {
  return module.function(["i32", "i32"], (f) => {
    const [state, query] = f.parameters, w = new Writer(f);
    for (let axis = 0; axis < plan.kernel.dimension; axis++) {
      w.store("f32.store", state, w.load("f32.load", query, 4 * axis), STATE.query + 4 * axis);
    }
    w.if(w.op("i32.eqz", isFinitePoint(w, query, plan.kernel.dimension)), () => {
      for (let axis = 0; axis < plan.kernel.dimension; axis++) {
        w.store("i32.store", state, constantBits("f32", -FAR), STATE.query + 4 * axis);
      }
    });
    const reach = w.let("f64", reachOf(plan, plan.limit));
    w.store("f64.store", state, reach, STATE.reach);
    w.store("f32.store", state, threshold(w, reach), STATE.threshold);
    w.store("i32.store", state, 0, STATE.count);
    w.store("i32.store", state, 0, STATE.pending);
    w.store("f64.store", state, -Infinity, STATE.list - FOUND.bytes + FOUND.power);
  });
}

/** `finish(state, out)`: stores the indices found, -1 for missing ones, and distances if requested; or the count. */
function addFinish(shared: SharedFunctions, plan: SearchPlan, { settle }: ScanFunctions): number {
  const { kernel } = plan;
  return shared.module.function(["i32", "i32"], (f) => {
    const [state, out] = f.parameters, w = distanceWriter(shared, plan, f);
    settleIf(w, plan, state, settle, 0);
    const found = w.let("i32", w.load("i32.load", state, STATE.count));
    if (kernel.kind === "countWithinRadius") return w.store("i32.store", out, found);
    const entry = w.let("i32", state), to = w.let("i32", out), i = w.let("i32", 0);
    w.until(i, kernel.k, 1, () => {
      const number = w.load("i32.load", entry, STATE.list + FOUND.index);
      w.if(
        w.op("i32.lt_s", i, found),
        () => {
          w.store("i32.store", to, number);
          if (!kernel.distances) return;
          const power = w.let("f64", w.load("f64.load", entry, STATE.list + FOUND.power));
          w.store("f32.store", to, w.op("f32.demote_f64", root(w, kernel.norm, power)), 4 * kernel.k);
        },
        () => {
          w.store("i32.store", to, -1);
          if (kernel.distances) w.store("i32.store", to, INFINITE, 4 * kernel.k);
        },
      );
      f.increment(entry, FOUND.bytes).increment(to, 4);
    });
  });
}
