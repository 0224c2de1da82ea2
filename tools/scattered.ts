/**
 * Interpolation of values at scattered points of the plane: what {@link fitLatents} is measured against.
 *
 * @module
 */

/** A point of the plane. */
type Place = readonly [number, number];

/**
 * The value of the nearest known point; of several, that of the first.
 *
 * @param known Known points `[n, 2]`.
 * @param values Their values, `[n]`.
 * @param wanted Where values are wanted, `[m, 2]`.
 * @returns `[m]`
 */
export function nearestValue(known: Float32Array, values: Float32Array, wanted: Float32Array): Float32Array {
  const places = placesOf(known);
  return Float32Array.from(placesOf(wanted), (place) => values[nearestOf(places, place)]!);
}

/**
 * Linear interpolation in the triangles of Delaunay's triangulation; outside of them, the value of the nearest point.
 * Triangles are those whose circle holds no other point, tried one by one: slow, short, and right for tens of points. Where
 * four points lie on a circle, the first triangle that holds the place is taken.
 *
 * @param known Known points `[n, 2]`.
 * @param values Their values, `[n]`.
 * @param wanted Where values are wanted, `[m, 2]`.
 * @returns `[m]`
 */
export function linearValue(known: Float32Array, values: Float32Array, wanted: Float32Array): Float32Array {
  const places = placesOf(known), triangles = emptyTriangles(places);
  return Float32Array.from(placesOf(wanted), (place) => {
    for (const corners of triangles) {
      const [a, b, c] = corners.map((corner) => places[corner]!) as [Place, Place, Place];
      const area = doubleArea(a, b, c);
      const parts = [doubleArea(place, b, c), doubleArea(a, place, c), doubleArea(a, b, place)];
      const weights = parts.map((part) => part / area);
      if (weights.every((weight) => weight >= -TOLERANCE)) {
        return weights.reduce((sum, weight, i) => sum + weight * values[corners[i]!]!, 0);
      }
    }
    return values[nearestOf(places, place)]!;
  });
}

/** Far below the distance of pixels, far above rounding. */
const TOLERANCE = 1e-9;

function placesOf(coordinates: Float32Array): Place[] {
  return Array.from(
    { length: coordinates.length / 2 },
    (_, i) => [coordinates[2 * i]!, coordinates[2 * i + 1]!],
  );
}

function nearestOf(places: readonly Place[], [x, y]: Place): number {
  let best = 0, least = Infinity;
  places.forEach(([px, py], i) => {
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

/** Twice the area of a triangle, positive anticlockwise. */
function doubleArea([ax, ay]: Place, [bx, by]: Place, [cx, cy]: Place): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

function emptyTriangles(places: readonly Place[]): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (let i = 0; i < places.length; i++) {
    for (let j = i + 1; j < places.length; j++) {
      for (let k = j + 1; k < places.length; k++) {
        const circle = circleThrough(places[i]!, places[j]!, places[k]!);
        if (!circle) continue;
        const { x, y, squaredRadius } = circle, inside = squaredRadius * (1 - 1e-6);
        if (places.every(([px, py]) => (px - x) ** 2 + (py - y) ** 2 >= inside)) found.push([i, j, k]);
      }
    }
  }
  return found;
}

function circleThrough([ax, ay]: Place, b: Place, c: Place) {
  const [bx, by] = [b[0] - ax, b[1] - ay], [cx, cy] = [c[0] - ax, c[1] - ay];
  const twice = 2 * (bx * cy - by * cx);
  if (Math.abs(twice) < TOLERANCE) return undefined;
  const [bb, cc] = [bx * bx + by * by, cx * cx + cy * cy];
  const x = (cy * bb - by * cc) / twice, y = (bx * cc - cx * bb) / twice;
  return { x: ax + x, y: ay + y, squaredRadius: x * x + y * y };
}
