/**
 * All points within a radius of each query.
 * @module
 */
import { countWithinRadius, evaluate } from "@gasp/tensor";
import { asPoints, clouds, nearestNeighbours, type SearchOptions } from "./knn.ts";

/**
 * Options of {@link withinRadius}.
 *
 * @category Points
 */
export interface RadiusOptions extends SearchOptions {
  /** Maximum distance, inclusive; at least 0. */
  readonly radius: number;
}

/**
 * Points within the radius of each query, nearest first, in CSR form.
 *
 * @category Points
 */
export interface Within {
  /** `[queries + 1]`: the points of query q are at `indptr[q] .. indptr[q + 1]`. */
  readonly indptr: Int32Array;
  /** Point indices, counted over all clouds. */
  readonly index: Int32Array;
  /** Their distances, rounded to float32 at the end. */
  readonly distances: Float32Array;
}

/**
 * Finds every point within a radius of each query, ordered by (distance, index). The search allocates the maximum
 * number of neighbours for every query.
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
 *
 * @category Points
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
