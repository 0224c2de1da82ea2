/**
 * The neighbour search of an npm package: the fastest of those that were tried (`@thi.ng/geom-accel`, `static-kdtree`,
 * `kd-tree-javascript`).
 * @module
 */
import { KdTreeMap } from "@thi.ng/geom-accel";

/**
 * Builds a k-d tree and searches it.
 *
 * @param points `[points, d]`.
 * @param d Coordinates of a point.
 * @param k Neighbours of each query.
 * @param most Most queries to measure; the time is scaled to all points.
 * @returns Seconds to build and to search for every point.
 */
export function timeKdTree(points: Float32Array, d: number, k: number, most: number): number {
  const rows = Array.from(
    { length: points.length / d },
    (_, i) => Array.from(points.subarray(i * d, (i + 1) * d)),
  );
  const start = performance.now();
  const tree = new KdTreeMap<number[], number>(d, rows.map((row, i) => [row, i]));
  const built = performance.now();
  const step = Math.max(1, Math.floor(rows.length / most));
  let asked = 0;
  for (let i = 0; i < rows.length; i += step, asked++) tree.queryKeys(rows[i]!, Infinity, k);
  const searched = performance.now();
  return (built - start + (searched - built) * rows.length / asked) / 1000;
}
