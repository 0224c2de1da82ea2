/**
 * All points within a radius of each query.
 * @module
 */
import { countWithinRadius, evaluate } from "@gasp/tensor";
import { asPoints, clouds, nearestNeighbours, type SearchOptions } from "./knn.ts";

/** What to search, and how. */
export interface RadiusOptions extends SearchOptions {
  /** Largest distance, at least 0; a point at just this distance is within. */
  readonly radius: number;
}

/** Points within the radius, query by query, nearest first. */
export interface Within {
  /** `[queries + 1]`: the points of query q are at `indptr[q] .. indptr[q + 1]`. */
  readonly indptr: Int32Array;
  /** Numbers of points, counted through all clouds. */
  readonly index: Int32Array;
  /** Their distances, rounded to float32 at the end. */
  readonly distances: Float32Array;
}

/**
 * Every point within a radius of each query, ordered by (distance, number). Memory for as many as the fullest query has is
 * taken for every query while searching.
 *
 * @param points `[points, dimension]`.
 * @param queries `[queries, dimension]`.
 * @param options Dimension, radius, norm and device.
 * @throws {RangeError} If the radius is negative or a coordinate is not finite.
 *
 * @example
 * ```ts
 * import { withinRadius } from "@gasp/pointconv";
 * import { openDevice } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const device = await openDevice("wasm", { threads: 1 });
 * const points = new Float32Array([0, 1, 5]), queries = new Float32Array([0, 9]);
 * const { indptr, index } = await withinRadius(points, queries, { dimension: 1, radius: 1, device });
 * assertEquals([...indptr], [0, 2, 2]);
 * assertEquals([...index], [0, 1]);
 * await device.close();
 * ```
 */
export async function withinRadius(
  points: Float32Array,
  queries: Float32Array,
  options: RadiusOptions,
): Promise<Within> {
  const { dimension, radius, norm = 2, device } = options;
  const cloud = asPoints(points, dimension), asked = asPoints(queries, dimension);
  const how = { ...clouds(options), radius, norm };
  const counted = await evaluate(countWithinRadius(cloud, asked, how), device);
  const counts = Int32Array.from(await counted.data());
  counted.dispose();
  const starts = new Int32Array(counts.length + 1);
  counts.forEach((count, query) => starts[query + 1] = starts[query]! + count);
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const index = new Int32Array(starts.at(-1)!), distances = new Float32Array(starts.at(-1)!);
  if (most > 0) {
    const found = await nearestNeighbours(points, queries, { ...options, k: most });
    for (let query = 0; query < counts.length; query++) {
      const [first, end] = [query * most, query * most + counts[query]!];
      index.set(found.index.subarray(first, end), starts[query]!);
      distances.set(found.distances.subarray(first, end), starts[query]!);
    }
  }
  return { indptr: starts, index, distances };
}
