/**
 * Farthest-point sampling: each next point is the one farthest from all points taken so far.
 * @module
 */
import { DistanceRows, takeRoots } from "./distances.ts";
import { checkCoordinates } from "./point_set.ts";

/** What to take, and how. */
export interface FarthestOptions {
  /** Coordinates of a point. */
  readonly dimension: number;
  /** Points to take. */
  readonly count: number;
  /** Order of the norm, at least 1, or `Infinity`. Default: 2. */
  readonly norm?: number;
  /** Number of the first point taken. Default: 0. */
  readonly start?: number;
}

/** Distance of every point to the taken ones before any is taken, as in the reference. */
const FAR = 1e10;

/**
 * Takes `count` points. Distances are computed in float32 at every step and the first of several equally far points
 * wins, so that the picks are those of the reference on grids, where rounding decides.
 *
 * @param points `[points, dimension]`.
 * @param options How many, which norm, where to start.
 * @returns `[count]`: numbers of points in the order taken.
 * @throws {RangeError} If more points are asked for than there are, or a coordinate is not finite.
 *
 * @example The ends of a line, then its middle
 * ```ts
 * import { farthestPoints } from "@gasp/pointconv";
 * import { assertEquals } from "@std/assert";
 *
 * const points = new Float32Array([0, 1, 2, 3, 4]);
 * assertEquals([...farthestPoints(points, { dimension: 1, count: 3 })], [0, 4, 2]);
 * ```
 */
export function farthestPoints(points: Float32Array, options: FarthestOptions): Int32Array {
  const { dimension, count, norm = 2, start = 0 } = options;
  const total = points.length / dimension;
  if (!Number.isInteger(count) || count < 1 || count > total) {
    throw new RangeError(
      `${count} points asked of ${total} by farthest-point sampling; ask for 1 to ${total}`,
    );
  }
  if (!Number.isInteger(start) || start < 0 || start >= total) {
    throw new RangeError(
      `farthest-point sampling starts at point ${start}, but points are 0 to ${total - 1}`,
    );
  }
  checkCoordinates(points, dimension);

  const rows = new DistanceRows(points, dimension, norm, "single");
  const nearest = new Float32Array(total).fill(FAR);
  const picked = new Int32Array(count);
  picked[0] = start;
  for (let pick = 1; pick < count; pick++) {
    rows.powersTo(points, picked[pick - 1]!);
    takeRoots(rows.powers, norm);
    keepNearest(nearest, rows.powers);
    picked[pick] = firstLargest(nearest);
  }
  return picked;
}

function keepNearest(nearest: Float32Array, distances: Float32Array | Float64Array): void {
  for (let i = 0; i < nearest.length; i++) {
    if (distances[i]! < nearest[i]!) nearest[i] = distances[i]!;
  }
}

function firstLargest(values: Float32Array): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[at]!) at = i;
  return at;
}
