/**
 * Decides how a loop kernel runs, from the kernel alone: which axis the lanes run along, how many vectors an iteration
 * processes, and how the map space is divided into tasks.
 * @module
 */
import type { Load, LoopKernel } from "../../ir/kernel.ts";
import { topological } from "../../ir/rewrite.ts";
import { product } from "../module/kernel_code.ts";

/** How a kernel is vectorised. */
export interface LoopPlan {
  /** `map`: lanes are points of a map axis; `reduce`: lanes are points of a reduce axis, added up at the end. */
  readonly scheme: "map" | "reduce";
  /** The axis of the lanes. */
  readonly vector: number;
  /** Vectors per iteration. */
  readonly copies: number;
  /** Map axes other than the vector axis, outer to inner. */
  readonly outer: readonly number[];
  /** Reduce axes other than the vector axis, outer to inner. */
  readonly inner: readonly number[];
  /** Points of the outer axes per task. */
  readonly rowChunk: number;
  /** Elements of the vector axis per task (scheme `map`). */
  readonly columnChunk: number;
  /**
   * Whether tasks visit all rows of a chunk of columns before the next chunk. Threads that write narrow adjacent bands
   * would contend for the cache lines that two bands share (false sharing).
   */
  readonly columnsOutermost: boolean;
  /** Estimated total number of instructions. */
  readonly work: number;
}

/** Instructions per task: enough to amortise claiming it, few enough to balance threads. */
const TASK_WORK = 40_000;
const MIN_TASK_WORK = 4_000;
const TARGET_TASKS = 16;

/**
 * Instructions for one vector of a store whose lanes are not contiguous. More than for such a load: cache lines that
 * several threads write to move between their caches.
 */
const SCATTERED_STORE = 9;

/** Instructions for one vector of a load whose lanes are `stride` elements apart. */
function loadCost(load: Load, axis: number, lanes: number): number {
  const stride = load.address.strides[axis] ?? 0;
  const indirect = load.address.indirect.length > 0 ? 2 : 0;
  const guards = load.guards.length * 2;
  if (lanes === 1) return 1 + indirect + guards;
  return (stride === 0 && indirect === 0 ? 0.3 : stride === 1 ? 1 : 6) + indirect * 4 + guards;
}

/** Instructions per point if the lanes run along an axis. */
function costAlong(kernel: LoopKernel, axis: number): number {
  const roots = [...kernel.accumulators, ...kernel.stores].map(({ value }) => value);
  const nodes = topological(roots);
  const size = kernel.map[axis] ?? kernel.reduce[axis - kernel.map.length] ?? 1;
  const isReduce = axis >= kernel.map.length;
  const vectorCost = (lanes: number) => {
    let cost = 1;
    for (const node of nodes) {
      if (node.op === "load") cost += loadCost(node, axis, lanes);
      else if (node.op !== "const" && node.op !== "accumulator") cost += 1;
    }
    for (const store of kernel.stores) {
      if (kernel.accumulators.length > 0) break;
      cost += lanes === 4 && (store.address.strides[axis] ?? 0) !== 1 ? SCATTERED_STORE : 1;
    }
    return cost;
  };
  const perLine = isReduce ? 16 : kernel.accumulators.length > 0 ? 6 : 4;
  return (Math.floor(size / 4) * vectorCost(4) + (size % 4) * vectorCost(1) + perLine) / size;
}

function chooseCopies(kernel: LoopKernel, size: number, operations: number): number {
  const parallel = kernel.accumulators.length === 0
    ? (operations <= 8 ? 4 : operations <= 24 ? 2 : 1)
    : Math.max(1, Math.floor(4 / kernel.accumulators.length));
  let copies = 1;
  while (copies * 2 <= parallel && copies * 8 <= size) copies *= 2;
  return copies;
}

/**
 * Returns how many vectors per iteration a kernel without reductions processes along an axis.
 *
 * @param kernel Kernel without accumulators.
 * @param axis The axis of the lanes.
 */
export function epilogueCopies(kernel: LoopKernel, axis: number): number {
  return chooseCopies(kernel, kernel.map[axis] ?? 1, countOperations(kernel));
}

function countOperations(kernel: LoopKernel): number {
  const roots = [...kernel.accumulators, ...kernel.stores].map(({ value }) => value);
  return topological(roots).filter(({ op }) => op !== "const").length;
}

/**
 * Returns the axis along which a load is contiguous, if its lanes are not: a narrow band of lanes then has to run along
 * that axis, so that cache lines serve more than one element.
 */
function transposedAxis(kernel: LoopKernel, vector: number): number | undefined {
  if (kernel.accumulators.length > 0) return undefined;
  for (const node of topological(kernel.stores.map(({ value }) => value))) {
    if (node.op !== "load" || Math.abs(node.address.strides[vector] ?? 0) <= 1) continue;
    const axis = node.address.strides.findIndex((stride, i) =>
      Math.abs(stride) === 1 && (kernel.map[i] ?? 1) >= 4
    );
    if (axis >= 0) return axis;
  }
  return undefined;
}

/** Lanes per band where a load is transposed: one cache line of the output. */
const BAND = 16;

/**
 * Plans a kernel.
 *
 * @param kernel A normalised kernel with at least one map axis.
 */
export function planLoop(kernel: LoopKernel): LoopPlan {
  const sizes = [...kernel.map, ...kernel.reduce];
  const costs = sizes.map((_, axis) => costAlong(kernel, axis));
  // Later axes first: ties go to the innermost axis.
  const vector = costs.reduceRight(
    (best, cost, axis) => cost < (costs[best] ?? Infinity) ? axis : best,
    sizes.length - 1,
  );
  const scheme = vector < kernel.map.length ? "map" : "reduce";
  const across = transposedAxis(kernel, vector);
  const outer = kernel.map.flatMap((_, axis) => axis === vector || axis === across ? [] : [axis]);
  if (across !== undefined) outer.push(across);
  const inner = kernel.reduce.flatMap((_, i) =>
    kernel.map.length + i === vector ? [] : [kernel.map.length + i]
  );
  const size = sizes[vector] ?? 1;
  const copies = chooseCopies(kernel, size, countOperations(kernel));
  const cost = costs[vector] ?? 1;
  const work = cost * product(sizes);
  const taskWork = Math.min(TASK_WORK, Math.max(MIN_TASK_WORK, work / TARGET_TASKS));
  const rows = product(outer.map((axis) => sizes[axis] ?? 1));
  const rowWork = work / Math.max(1, rows);
  const group = 4 * copies;
  let columnChunk = scheme === "map" ? size : 1;
  if (across !== undefined) columnChunk = Math.min(size, BAND);
  else if (scheme === "map" && rowWork > taskWork) {
    columnChunk = Math.min(size, Math.ceil(size / Math.ceil(rowWork / taskWork) / group) * group);
  }
  const chunkWork = scheme === "map" ? rowWork * columnChunk / size : rowWork;
  const rowChunk = Math.min(rows, Math.max(1, Math.round(taskWork / chunkWork)));
  return {
    scheme,
    vector,
    copies,
    outer,
    inner,
    rowChunk,
    columnChunk,
    columnsOutermost: across !== undefined,
    work,
  };
}
