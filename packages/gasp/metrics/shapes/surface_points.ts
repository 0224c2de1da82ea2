/**
 * Points on surfaces, and distances between shapes by them.
 *
 * @module
 */
import { nearestNeighbours } from "@gasp/pointconv";
import { type Device, randomUniform } from "@gasp/tensor";
import type { Surface } from "../../show/surface/surface.ts";

/**
 * Points of a surface with the normals of their triangles.
 *
 * @category Metrics
 */
export interface SurfacePoints {
  /** Points, `[count, 3]`. */
  readonly points: Float32Array;
  /** Outward unit normals, `[count, 3]`. */
  readonly normals: Float32Array;
}

/**
 * Draws points uniformly by area from a surface.
 *
 * @param surface Triangles.
 * @param count Number of points.
 * @param seed Random seed.
 * @returns `undefined` if the surface has no area.
 *
 * @example
 * ```ts
 * import { surfacePoints } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), normals = new Float32Array(9);
 * const found = surfacePoints({ positions, normals, triangles: Uint32Array.of(0, 1, 2) }, 4, 0)!;
 * assertEquals(found.normals, Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1));
 * ```
 *
 * @category Metrics
 */
export function surfacePoints(surface: Surface, count: number, seed: number): SurfacePoints | undefined {
  const { positions, triangles } = surface, total = triangles.length / 3;
  const ends = new Float64Array(total), crosses = new Float64Array(3 * total);
  let area = 0;
  for (let i = 0; i < total; i++) {
    const [a, b, c] = [0, 1, 2].map((corner) => 3 * triangles[3 * i + corner]!) as [number, number, number];
    const u = [0, 1, 2].map((axis) => positions[b + axis]! - positions[a + axis]!) as [
      number,
      number,
      number,
    ];
    const v = [0, 1, 2].map((axis) => positions[c + axis]! - positions[a + axis]!) as [
      number,
      number,
      number,
    ];
    const cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    crosses.set(cross, 3 * i);
    area += Math.hypot(...cross) / 2;
    ends[i] = area;
  }
  if (!(area > 0)) return undefined;
  const random = randomUniform({ seed, stream: "surface points", step: 0 }, 3 * count);
  const points = new Float32Array(3 * count), normals = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    // One point in each of as many equal areas: less noise than independent ones
    const triangle = firstAbove(ends, area * (i + random[3 * i]!) / count);
    const root = Math.sqrt(random[3 * i + 1]!), along = random[3 * i + 2]!;
    const weights = [1 - root, root * (1 - along), root * along];
    const length = Math.hypot(...crosses.subarray(3 * triangle, 3 * triangle + 3));
    for (let axis = 0; axis < 3; axis++) {
      for (let corner = 0; corner < 3; corner++) {
        points[3 * i + axis]! += weights[corner]! * positions[3 * triangles[3 * triangle + corner]! + axis]!;
      }
      normals[3 * i + axis] = crosses[3 * triangle + axis]! / length;
    }
  }
  return { points, normals };
}

/** Index of the first element above a value, or the last one. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0, high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Distances between two sets of points of surfaces.
 *
 * @category Metrics
 */
export interface SurfaceDistance {
  /** Chamfer distance: mean squared distance to the nearest point of the other set, summed over both directions. */
  readonly chamfer: number;
  /**
   * Normal consistency: mean absolute cosine between the normals of each point and its nearest one, averaged over both
   * directions; 1 for equal surfaces.
   */
  readonly normalConsistency: number;
}

/**
 * Compares two surfaces by points on them. Chamfer distance as in Achlioptas et al. (Learning Representations and Generative
 * Models for 3D Point Clouds, 2018); normal consistency as in Mescheder et al. (Occupancy Networks, 2019, appendix).
 *
 * @param a Points of one surface.
 * @param b Points of the other.
 * @param device Device of the search.
 *
 * @example A surface and itself
 * ```ts
 * import { surfaceDistance } from "@gasp/gasp/metrics";
 * import { openDevice } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * await using device = await openDevice("wasm", { threads: 1 });
 * const square = {
 *   points: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0),
 *   normals: Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1),
 * };
 * assertEquals(await surfaceDistance(square, square, device), { chamfer: 0, normalConsistency: 1 });
 * ```
 *
 * @category Metrics
 */
export async function surfaceDistance(
  a: SurfacePoints,
  b: SurfacePoints,
  device: Device,
): Promise<SurfaceDistance> {
  let chamfer = 0, normalConsistency = 0;
  for (const [from, to] of [[a, b], [b, a]] as const) {
    const { index } = await nearestNeighbours(to.points, from.points, { dimension: 3, k: 1, device });
    for (let i = 0; i < index.length; i++) {
      const at = 3 * i, other = 3 * index[i]!;
      let square = 0, cosine = 0;
      for (let axis = 0; axis < 3; axis++) {
        square += (from.points[at + axis]! - to.points[other + axis]!) ** 2;
        cosine += from.normals[at + axis]! * to.normals[other + axis]!;
      }
      chamfer += square / index.length;
      normalConsistency += Math.abs(cosine) / index.length / 2;
    }
  }
  return { chamfer, normalConsistency };
}

/**
 * Computes the intersection over union of two shapes: the inside nodes of both over those of either.
 *
 * @param a Values at points, positive inside.
 * @param b Values at the same points.
 * @returns 0 to 1; 1 for two empty shapes.
 * @throws {RangeError} If the numbers of values differ.
 *
 * @example
 * ```ts
 * import { intersectionOverUnion } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(intersectionOverUnion([1, 1, -1, -1], [1, -1, 1, -1]), 1 / 3);
 * ```
 *
 * @category Metrics
 */
export function intersectionOverUnion(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`shapes must have the same points, got ${a.length} and ${b.length}`);
  }
  let both = 0, either = 0;
  for (let i = 0; i < a.length; i++) {
    const inA = a[i]! > 0, inB = b[i]! > 0;
    if (inA && inB) both++;
    if (inA || inB) either++;
  }
  return either === 0 ? 1 : both / either;
}
