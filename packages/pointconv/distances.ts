/**
 * Distances in an l_p norm, in double precision.
 * @module
 */

/** Where pairs of points come from. */
export interface Pairs {
  /** `[points, dimension]` */
  readonly points: Float32Array;
  /** `[queries, dimension]` */
  readonly queries: Float32Array;
  /** Coordinates of a point. */
  readonly dimension: number;
  /** Order of the norm, at least 1, or `Infinity`. */
  readonly norm: number;
}

/**
 * Distances of each query to the points found for it.
 *
 * @param pairs Points, queries and norm.
 * @param index Numbers of points, row by row; negative: none, at distance `Infinity`.
 * @param starts `[queries + 1]`: where the row of each query begins in `index`.
 * @returns Distances in the order of `index`.
 */
export function distancesOf(
  { points, queries, dimension, norm }: Pairs,
  index: Int32Array,
  starts: Int32Array,
): Float64Array {
  const distances = new Float64Array(index.length);
  for (let query = 0; query + 1 < starts.length; query++) {
    for (let i = starts[query]!; i < starts[query + 1]!; i++) {
      const at = index[i]! * dimension, from = query * dimension;
      let total = index[i]! < 0 ? Infinity : 0;
      for (let axis = 0; axis < dimension && total < Infinity; axis++) {
        const difference = Math.abs(points[at + axis]! - queries[from + axis]!);
        if (norm === 2) total += difference * difference;
        else if (norm === 1) total += difference;
        else if (norm === Infinity) total = Math.max(total, difference);
        else total += difference ** norm;
      }
      if (norm === 2) total = Math.sqrt(total);
      else if (norm !== 1 && norm !== Infinity) total **= 1 / norm;
      distances[i] = total;
    }
  }
  return distances;
}
