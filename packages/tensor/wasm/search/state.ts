/**
 * The state of a query during a search, in the scratch of its thread.
 *
 * A query first collects points with bounds of their distances, without computing distances. Once it has enough, those
 * that may be among the nearest are computed exactly and inserted into a sorted list; from then on, points are compared
 * with the last entry of the list.
 *
 * @module
 */
import type { FunctionBuilder } from "../module/function_builder.ts";
import { callsPow, type SearchPlan } from "./plan.ts";
import { Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/** Byte offsets in the state of a query. */
export const STATE = {
  /** Coordinates, f32. */
  query: 0,
  /** Bound in terms of the metric, f64. */
  reach: 16,
  /** Bound for four points at once, f32. */
  threshold: 24,
  /** Number of points in the list, or counted. */
  count: 28,
  /** Number of points collected, or {@link COLLECTED} once the list is in use. */
  pending: 32,
  /** A bound that contains about k points, from an earlier query, f32. */
  guess: 36,
  /** The nearest points so far, nearest first; preceded by a sentinel entry. */
  list: 64,
} as const;

/** Sentinel in place of the number of points collected. */
export const COLLECTED: number = -1;

/** Byte offsets in an entry of a list: the power of the distance, f64, and the index of the point. */
export const FOUND = { power: 0, index: 8, bytes: 16 } as const;

/** Searches for fewer neighbours insert every point into the list immediately. */
const MIN_COLLECTED = 4;
/** Points to collect per neighbour. */
const COLLECTED_PER_NEIGHBOUR = 6;

/** Layout of the lists in the state of a query. */
export interface StateLayout {
  /** Length of the list; 0 for counts. */
  readonly k: number;
  /** Maximum number of points to collect, a multiple of four; 0 if none are. */
  readonly room: number;
  /** Bounds of the collected points, f32. */
  readonly bounds: number;
  /** Their addresses in the first column. */
  readonly places: number;
  /** The addresses of those to be offered. */
  readonly picked: number;
  /** Size of the state. */
  readonly bytes: number;
}

/** Computes the layout of the state of a query. */
export function stateLayout({ kernel }: SearchPlan): StateLayout {
  const k = kernel.kind === "knn" ? kernel.k : 0;
  const room = k < MIN_COLLECTED ? 0 : 4 * Math.ceil(COLLECTED_PER_NEIGHBOUR * k / 4);
  // Points are stored four lanes at a time, and followed by four NaN that compare as out of bounds.
  const columnBytes = room > 0 ? 4 * (room + 8) : 0, bounds = STATE.list + FOUND.bytes * k;
  const [places, picked, bytes] = [1, 2, 3].map((columns) => bounds + columns * columnBytes) as [
    number,
    number,
    number,
  ];
  return { k, room, bounds, places, picked, bytes };
}

/** Creates a writer for functions that compute distances. */
export function distanceWriter(shared: SharedFunctions, plan: SearchPlan, f: FunctionBuilder): Writer {
  return new Writer(f, callsPow(plan.kernel) ? shared.module.imported("pow") : undefined);
}
