/**
 * The k nearest neighbours of each query by exact search over all points.
 * @module
 */
import { DistanceRows, takeRoots } from "./distances.ts";
import { checkCoordinates } from "./point_set.ts";

/** What to search, and how. */
export interface NearestOptions {
  /** Coordinates of a point. */
  readonly dimension: number;
  /** Neighbours of each query. */
  readonly k: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
}

/** Neighbours of every query, nearest first. */
export interface Nearest {
  /** `[queries, k]`: numbers of points. */
  readonly index: Int32Array;
  /** `[queries, k]`: their distances. */
  readonly distances: Float64Array;
}

/**
 * The k points nearest to each query, ordered by (distance, number), so that ties cannot change the result.
 * Distances are those of the given float32 coordinates in double precision. A query that is itself one of the points
 * finds itself.
 *
 * @param points `[points, dimension]`.
 * @param queries `[queries, dimension]`.
 * @param options Dimension, k and norm.
 * @throws {RangeError} If k is not a whole number from 1 to the number of points, or a coordinate is not finite.
 *
 * @example Two neighbours on a line
 * ```ts
 * import { nearestNeighbours } from "@gasp/pointconv";
 * import { assertEquals } from "@std/assert";
 *
 * const points = new Float32Array([0, 1, 5]);
 * const { index, distances } = nearestNeighbours(points, new Float32Array([4]), { dimension: 1, k: 2 });
 * assertEquals([...index], [2, 1]);
 * assertEquals([...distances], [1, 3]);
 * ```
 */
export function nearestNeighbours(
  points: Float32Array,
  queries: Float32Array,
  options: NearestOptions,
): Nearest {
  const { dimension, k, norm = 2 } = options;
  const count = points.length / dimension, asked = queries.length / dimension;
  if (!Number.isInteger(count) || !Number.isInteger(asked)) {
    throw new RangeError(
      `${points.length} and ${queries.length} numbers are no whole points of dimension ${dimension}`,
    );
  }
  if (!Number.isInteger(k) || k < 1 || k > count) {
    throw new RangeError(
      `${k} neighbours asked of ${count} points; ask for a whole number from 1 to ${count}`,
    );
  }
  checkCoordinates(points, dimension);
  checkCoordinates(queries, dimension);

  const rows = new DistanceRows(points, dimension, norm, "double");
  const index = new Int32Array(asked * k);
  const distances = new Float64Array(asked * k);
  for (let query = 0; query < asked; query++) {
    rows.powersTo(queries, query);
    const best = distances.subarray(query * k, (query + 1) * k).fill(Infinity);
    const row = index.subarray(query * k, (query + 1) * k);
    for (let point = 0; point < count; point++) {
      const distance = rows.powers[point]!;
      if (distance < best[k - 1]!) insertSorted(best, row, distance, point);
    }
  }
  takeRoots(distances, norm);
  return { index, distances };
}

/** Points come in ascending order, so an equal distance goes behind those already there. */
function insertSorted(best: Float64Array, row: Int32Array, distance: number, point: number): void {
  let at = best.length - 1;
  for (; at > 0 && best[at - 1]! > distance; at--) {
    best[at] = best[at - 1]!;
    row[at] = row[at - 1]!;
  }
  best[at] = distance;
  row[at] = point;
}
