/**
 * Nearest neighbour search of an npm package, the fastest of `@thi.ng/geom-accel`, `static-kdtree` and
 * `kd-tree-javascript`.
 * @module
 */
import { KdTreeMap } from "@thi.ng/geom-accel";

/**
 * Builds a k-d tree and searches it.
 *
 * @param points `[points, d]`.
 * @param d Dimension of the coordinates.
 * @param k Number of neighbours of each query.
 * @param maxQueries Maximum number of queries to measure; the time is scaled to all points.
 * @returns Seconds to build the tree and search for all points.
 */
export function timeKdTree(points: Float32Array, d: number, k: number, maxQueries: number): number {
  const rows = Array.from(
    { length: points.length / d },
    (_, i) => Array.from(points.subarray(i * d, (i + 1) * d)),
  );
  const start = performance.now();
  const tree = new KdTreeMap<number[], number>(d, rows.map((row, i) => [row, i]));
  const built = performance.now();
  const step = Math.max(1, Math.floor(rows.length / maxQueries));
  let queries = 0;
  for (let i = 0; i < rows.length; i += step, queries++) tree.queryKeys(rows[i]!, Infinity, k);
  const searched = performance.now();
  return (built - start + (searched - built) * rows.length / queries) / 1000;
}
