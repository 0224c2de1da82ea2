/**
 * What a search remembers of a query while it runs, in the scratch of its thread.
 *
 * A query first collects points with bounds of their distances, without computing distances. When it has enough of them,
 * those that may be among the nearest are computed exactly and go into a sorted list; from then on, points are compared
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
  /** Points in the list, or counted. */
  count: 28,
  /** Points collected, or {@link COLLECTED} from the time when the list is in use. */
  pending: 32,
  /** A bound of about k points, from an earlier query, f32. */
  guess: 36,
  /** The nearest points so far, nearest first; before them an entry that nothing comes before. */
  list: 64,
} as const;

/** In place of a number of points collected. */
export const COLLECTED: number = -1;

/** Byte offsets in an entry of a list: the power of the distance, f64, and the number of the point. */
export const FOUND = { power: 0, number: 8, bytes: 16 } as const;

/** Searches for fewer neighbours put every point into the list at once. */
const FEWEST_COLLECTED = 4;
/** Points to collect, for each neighbour. */
const COLLECTED_PER_NEIGHBOUR = 6;

/** Where the lists of a query lie in its state. */
export interface StateLayout {
  /** Neighbours, the length of the list; 0 for counts. */
  readonly k: number;
  /** Most points to collect, a multiple of four; 0 where none are. */
  readonly room: number;
  /** Bounds of the points collected, f32. */
  readonly bounds: number;
  /** Their addresses in the first column. */
  readonly places: number;
  /** The addresses of those that are offered. */
  readonly picked: number;
  /** Size of the state. */
  readonly bytes: number;
}

/** Lays out the state of a query. */
export function stateLayout({ kernel }: SearchPlan): StateLayout {
  const k = kernel.kind === "knn" ? kernel.k : 0;
  const room = k < FEWEST_COLLECTED ? 0 : 4 * Math.ceil(COLLECTED_PER_NEIGHBOUR * k / 4);
  // Four lanes are written at a time, and four that compare with nothing come behind the last.
  const columnBytes = room > 0 ? 4 * (room + 8) : 0, bounds = STATE.list + FOUND.bytes * k;
  const [places, picked, bytes] = [1, 2, 3].map((columns) => bounds + columns * columnBytes) as [
    number,
    number,
    number,
  ];
  return { k, room, bounds, places, picked, bytes };
}

/** A writer for functions that compute distances. */
export function distanceWriter(shared: SharedFunctions, plan: SearchPlan, f: FunctionBuilder): Writer {
  return new Writer(f, callsPow(plan.kernel) ? shared.module.imported("pow") : undefined);
}
