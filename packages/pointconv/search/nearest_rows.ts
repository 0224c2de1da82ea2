/**
 * Exact nearest neighbours among rows of many dimensions (64 to some thousands): tiled products and a running selection of k.
 *
 * @module
 */
import type { Device } from "@gasp/tensor";
import { rowCount, type Rows, squaredDistance, visitDistances } from "./row_distances.ts";

/**
 * Options of {@linkcode nearestRows}.
 *
 * @category Points
 */
export interface NearestRowsOptions {
  /** Neighbours per query, at least 1. */
  readonly k: number;
  /** Device that computes the products. */
  readonly device: Device;
  /** Whether query i is point i, which is then not a neighbour of itself. Default: false. */
  readonly excludeSelf?: boolean;
}

/**
 * Result of {@linkcode nearestRows}.
 *
 * @category Points
 */
export interface NearestRows {
  /** Point indices, `[queries, k]`, ordered by (distance, index). */
  readonly indices: Int32Array;
  /** Euclidean distances in double precision, `[queries, k]`. */
  readonly distances: Float64Array;
}

/**
 * Returns the k nearest points of each query in the Euclidean norm, ordered by (distance, index), exactly: distances are
 * compared in double precision, and a product in float32 only excludes points that are farther by more than its error.
 *
 * @param points Rows, `[points, dimensions]`.
 * @param queries Rows, `[queries, dimensions]`.
 * @param options Number of neighbours and device.
 * @throws {RangeError} If there are fewer than k points, the dimensions differ, or values are not finite.
 *
 * @example
 * ```ts
 * import { nearestRows } from "@gasp/pointconv";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = { rows: Float32Array.of(0, 0, 3, 4, 6, 8), dimensions: 2 };
 * const query = { rows: Float32Array.of(0, 0), dimensions: 2 };
 * const { indices, distances } = await nearestRows(points, query, { k: 2, device: reference });
 * assertEquals([[...indices], [...distances]], [[0, 1], [0, 5]]);
 * ```
 *
 * @category Points
 */
export async function nearestRows(
  points: Rows,
  queries: Rows,
  { k, device, excludeSelf = false }: NearestRowsOptions,
): Promise<NearestRows> {
  const available = rowCount("points", points) - (excludeSelf ? 1 : 0);
  if (!Number.isInteger(k) || k < 1 || k > available) {
    throw new RangeError(`k must be an integer from 1 to the ${available} points available, got ${k}`);
  }
  const count = rowCount("queries", queries);
  const indices = new Int32Array(count * k).fill(-1), squares = new Float64Array(count * k).fill(Infinity);
  await visitDistances(points, queries, device, ({ query, point, squares: tile, stride, error }) => {
    for (let row = 0; row < query.count; row++) {
      const i = query.first + row, start = i * k, last = start + k - 1, slack = error[row]!;
      let limit = squares[last]! + slack;
      for (let at = row * stride, j = point.first; j < point.first + point.count; at++, j++) {
        // Points come in the order of their indices, so that of equal distances the first stays
        if (tile[at]! > limit || (excludeSelf && i === j)) continue;
        const square = squaredDistance(queries, i, points, j);
        if (!(square < squares[last]!)) continue;
        insert(indices, squares, start, last, j, square);
        limit = squares[last]! + slack;
      }
    }
  });
  return { indices, distances: squares.map(Math.sqrt) };
}

/** Inserts a neighbour into the sorted list `start .. last`, behind equal distances; the last entry is dropped. */
function insert(
  indices: Int32Array,
  squares: Float64Array,
  start: number,
  last: number,
  index: number,
  square: number,
): void {
  let at = last;
  for (; at > start && squares[at - 1]! > square; at--) {
    squares[at] = squares[at - 1]!;
    indices[at] = indices[at - 1]!;
  }
  squares[at] = square;
  indices[at] = index;
}

/**
 * Counts, for each query, the points that have it within their own radius, inclusive. Exact, as {@linkcode nearestRows}.
 *
 * @param points Rows, `[points, dimensions]`.
 * @param radii Radius of each point, `[points]`.
 * @param queries Rows, `[queries, dimensions]`.
 * @param device Device that computes the products.
 * @returns Counts, `[queries]`.
 * @throws {RangeError} If there is not one radius per point, the dimensions differ, or values are not finite.
 *
 * @example
 * ```ts
 * import { countCovering } from "@gasp/pointconv";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = { rows: Float32Array.of(0, 4), dimensions: 1 };
 * const queries = { rows: Float32Array.of(1, 9), dimensions: 1 };
 * assertEquals([...await countCovering(points, Float64Array.of(2, 3), queries, reference)], [2, 0]);
 * ```
 *
 * @category Points
 */
export async function countCovering(
  points: Rows,
  radii: Float64Array,
  queries: Rows,
  device: Device,
): Promise<Uint32Array> {
  const total = rowCount("points", points);
  if (radii.length !== total) throw new RangeError(`${total} points need as many radii, got ${radii.length}`);
  const counts = new Uint32Array(rowCount("queries", queries));
  await visitDistances(points, queries, device, ({ query, point, squares, stride, error }) => {
    for (let row = 0; row < query.count; row++) {
      const i = query.first + row, slack = error[row]!;
      for (let at = row * stride, j = point.first; j < point.first + point.count; at++, j++) {
        const radius = radii[j]!, limit = radius * radius, square = squares[at]!;
        if (square - slack > limit) continue;
        // Close to the border: compare as the radii were computed, as square roots in double precision
        const isClose = square + 2 * slack >= limit * (1 - 1e-9);
        if (!isClose || Math.sqrt(squaredDistance(queries, i, points, j)) <= radius) counts[i]!++;
      }
    }
  });
  return counts;
}
