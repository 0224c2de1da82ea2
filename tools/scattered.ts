/**
 * Interpolation of values at scattered points of the plane: the baselines for {@link fitLatents}.
 *
 * @module
 */

/** A point of the plane. */
type Point = readonly [number, number];

/**
 * Interpolates by the nearest known point; the first one in case of ties.
 *
 * @param known Known points `[n, 2]`.
 * @param values Values of the known points, `[n]`.
 * @param queries Query points `[m, 2]`.
 * @returns Values `[m]`.
 */
export function nearestValue(known: Float32Array, values: Float32Array, queries: Float32Array): Float32Array {
  const points = pointsOf(known);
  return Float32Array.from(pointsOf(queries), (query) => values[nearestOf(points, query)]!);
}

/**
 * Interpolates linearly in the Delaunay triangulation, and by the nearest point outside of it. Triangles are found by
 * testing all for an empty circumcircle: slow, short, and sufficient for tens of points. If four points are on a circle, the
 * first triangle that contains the query is used.
 *
 * @param known Known points `[n, 2]`.
 * @param values Values of the known points, `[n]`.
 * @param queries Query points `[m, 2]`.
 * @returns Values `[m]`.
 */
export function linearValue(known: Float32Array, values: Float32Array, queries: Float32Array): Float32Array {
  const points = pointsOf(known), triangles = delaunayTriangles(points);
  return Float32Array.from(pointsOf(queries), (query) => {
    for (const corners of triangles) {
      const [a, b, c] = corners.map((corner) => points[corner]!) as [Point, Point, Point];
      const area = doubleArea(a, b, c);
      const parts = [doubleArea(query, b, c), doubleArea(a, query, c), doubleArea(a, b, query)];
      const weights = parts.map((part) => part / area);
      if (weights.every((weight) => weight >= -TOLERANCE)) {
        return weights.reduce((sum, weight, i) => sum + weight * values[corners[i]!]!, 0);
      }
    }
    return values[nearestOf(points, query)]!;
  });
}

/** Far below the distance of pixels, far above rounding errors. */
const TOLERANCE = 1e-9;

function pointsOf(coordinates: Float32Array): Point[] {
  return Array.from(
    { length: coordinates.length / 2 },
    (_, i) => [coordinates[2 * i]!, coordinates[2 * i + 1]!],
  );
}

function nearestOf(points: readonly Point[], [x, y]: Point): number {
  let best = 0, least = Infinity;
  points.forEach(([px, py], i) => {
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

/** Returns twice the area of a triangle, positive if it is anticlockwise. */
function doubleArea([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

function delaunayTriangles(points: readonly Point[]): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      for (let k = j + 1; k < points.length; k++) {
        const circle = circumcircle(points[i]!, points[j]!, points[k]!);
        if (!circle) continue;
        const { x, y, squaredRadius } = circle, inside = squaredRadius * (1 - 1e-6);
        if (points.every(([px, py]) => (px - x) ** 2 + (py - y) ** 2 >= inside)) found.push([i, j, k]);
      }
    }
  }
  return found;
}

function circumcircle([ax, ay]: Point, b: Point, c: Point) {
  const [bx, by] = [b[0] - ax, b[1] - ay], [cx, cy] = [c[0] - ax, c[1] - ay];
  const twice = 2 * (bx * cy - by * cx);
  if (Math.abs(twice) < TOLERANCE) return undefined;
  const [bb, cc] = [bx * bx + by * by, cx * cx + cy * cy];
  const x = (cy * bb - by * cc) / twice, y = (bx * cc - cx * bb) / twice;
  return { x: ax + x, y: ay + y, squaredRadius: x * x + y * y };
}
