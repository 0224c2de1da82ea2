/**
 * Point searches written from their definitions, used by the interpreter and by the oracle of the kernel IR.
 * @module
 */

/** Concatenated point clouds. */
export interface Clouds {
  /** `[points, dimension]` */
  readonly points: ArrayLike<number>;
  /** `[clouds + 1]` */
  readonly starts: ArrayLike<number>;
  /** Coordinates per point. */
  readonly dimension: number;
}

/** Arguments of a search. */
export interface Search extends Clouds {
  /** `[queries, dimension]` */
  readonly queries: ArrayLike<number>;
  /** `[clouds + 1]` */
  readonly queryStarts: ArrayLike<number>;
  /** Order of the norm. */
  readonly norm: number;
  /** Maximum distance. */
  readonly radius: number;
}

/** Returns whether all coordinates of a point are finite. */
function isFinitePoint(points: ArrayLike<number>, i: number, dimension: number): boolean {
  for (let axis = 0; axis < dimension; axis++) {
    if (!Number.isFinite(points[i * dimension + axis])) return false;
  }
  return true;
}

/**
 * Computes the p-th power of a distance: `Σ |a - b|^p` along the axes in double precision, or the largest difference.
 * It is infinite if a coordinate is NaN or infinite.
 *
 * @param a Coordinates of points, `[points, dimension]`.
 * @param i Index of the point in `a`.
 * @param b Coordinates of other points.
 * @param j Index of the point in `b`.
 * @param dimension Coordinates per point.
 * @param norm Order of the norm.
 */
export function distancePower(
  a: ArrayLike<number>,
  i: number,
  b: ArrayLike<number>,
  j: number,
  dimension: number,
  norm: number,
): number {
  let total = 0;
  for (let axis = 0; axis < dimension; axis++) {
    const difference = Math.abs(a[i * dimension + axis]! - b[j * dimension + axis]!);
    if (!Number.isFinite(difference)) return Infinity;
    if (norm === Infinity) total = Math.max(total, difference);
    else total += powerOf(difference, norm);
  }
  return total;
}

/** `x^p`; `x` itself if the order is `Infinity`. */
function powerOf(x: number, norm: number): number {
  if (norm === 1 || norm === Infinity) return x;
  return norm === 2 ? x * x : x ** norm;
}

function rootOf(power: number, norm: number): number {
  if (norm === 1 || norm === Infinity) return power;
  return norm === 2 ? Math.sqrt(power) : power ** (1 / norm);
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** Calls back for each query with the points of its cloud within the radius, by ascending index. */
function forEachQuery(
  search: Search,
  visit: (query: number, found: readonly number[], powers: Float64Array, first: number) => void,
): void {
  const { points, starts, queries, queryStarts, dimension, norm, radius } = search;
  const limit = powerOf(radius, norm);
  for (let cloud = 0; cloud + 1 < starts.length; cloud++) {
    const first = starts[cloud]!, powers = new Float64Array(starts[cloud + 1]! - first);
    for (let query = queryStarts[cloud]!; query < queryStarts[cloud + 1]!; query++) {
      const found: number[] = [];
      for (let i = 0; i < powers.length; i++) {
        powers[i] = distancePower(points, first + i, queries, query, dimension, norm);
        if (powers[i]! <= limit) found.push(first + i);
      }
      visit(query, found, powers, first);
    }
  }
}

/**
 * Finds the nearest points of each query; missing neighbours are -1.
 *
 * @param search Points and queries.
 * @param options Neighbours per query, and whether to output distances.
 * @param options.k Neighbours per query.
 * @param options.distances Whether the bits of the distances follow the indices of each query.
 * @param out `[queries, k]` or `[queries, 2 k]`
 */
export function searchNearest(
  search: Search,
  { k, distances }: { readonly k: number; readonly distances: boolean },
  out: { [i: number]: number },
): void {
  const width = distances ? 2 * k : k;
  forEachQuery(search, (query, found, powers, first) => {
    const nearest: number[] = [];
    for (const point of found) {
      let at = nearest.length;
      // Points come by ascending index, so equal distances are inserted after those already present
      while (at > 0 && powers[nearest[at - 1]! - first]! > powers[point - first]!) at--;
      if (at < k) nearest.splice(at, 0, point);
      if (nearest.length > k) nearest.pop();
    }
    for (let i = 0; i < k; i++) {
      const point = nearest[i];
      out[query * width + i] = point ?? -1;
      if (!distances) continue;
      const distance = point === undefined ? Infinity : rootOf(powers[point - first]!, search.norm);
      out[query * width + k + i] = bitsOf(distance);
    }
  });
}

/**
 * Counts the points within the radius of each query.
 *
 * @param search Points and queries.
 * @param out `[queries]`
 */
export function searchCounts(search: Search, out: { [i: number]: number }): void {
  forEachQuery(search, (query, found) => out[query] = found.length);
}

/** Initial distance of every point to the selection, as in the authors' code; of a point that is not selected. */
const FAR = 1e10, NEVER = -1;

/**
 * Farthest-point sampling of each cloud, in float32 at every step. A point with a NaN or infinite coordinate has no
 * distance: it is selected only as the first, or where a cloud has no other points.
 *
 * @param clouds Points.
 * @param options Number of points, order of the norm, index of the first point of each cloud.
 * @param out `[clouds, count]`
 */
export function searchFarthest(
  { points, starts, dimension }: Clouds,
  { count, norm, start }: { readonly count: number; readonly norm: number; readonly start: number },
  out: { [i: number]: number },
): void {
  for (let cloud = 0; cloud + 1 < starts.length; cloud++) {
    const first = starts[cloud]!;
    const nearest = new Float32Array(starts[cloud + 1]! - first)
      .map((_, i) => isFinitePoint(points, first + i, dimension) ? FAR : NEVER);
    for (let pick = 0, taken = start; pick < count; pick++) {
      out[cloud * count + pick] = first + taken;
      let farthest = 0;
      const isKnown = isFinitePoint(points, first + taken, dimension);
      for (let i = 0; i < nearest.length; i++) {
        if (isKnown && nearest[i] !== NEVER) {
          nearest[i] = Math.min(
            nearest[i]!,
            singleDistance(points, first + i, first + taken, dimension, norm),
          );
        }
        if (nearest[i]! > nearest[farthest]!) farthest = i;
      }
      taken = farthest;
    }
  }
}

function singleDistance(
  points: ArrayLike<number>,
  i: number,
  j: number,
  dimension: number,
  norm: number,
): number {
  let total = 0;
  for (let axis = 0; axis < dimension; axis++) {
    const difference = Math.abs(Math.fround(points[i * dimension + axis]! - points[j * dimension + axis]!));
    total = norm === Infinity ? Math.max(total, difference) : Math.fround(total + powerOf(difference, norm));
  }
  if (norm === 1 || norm === Infinity) return total;
  return Math.fround(norm === 2 ? Math.sqrt(total) : total ** (1 / norm));
}

/**
 * Inverts a table of row indices: starts, then positions by row; negative indices are skipped.
 *
 * @param index Row indices.
 * @param rows Number of rows.
 * @param out `[rows + 1 + index.length]`
 */
export function invertTable(index: ArrayLike<number>, rows: number, out: { [i: number]: number }): void {
  const lists = Array.from({ length: rows }, (): number[] => []);
  for (let i = 0; i < index.length; i++) lists[index[i]!]?.push(i);
  let end = 0;
  out[0] = 0;
  lists.forEach((list, row) => out[row + 1] = end += list.length);
  lists.flat().forEach((position, i) => out[rows + 1 + i] = position);
  for (let i = end; i < index.length; i++) out[rows + 1 + i] = 0;
}
