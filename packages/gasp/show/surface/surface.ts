/**
 * Surfaces of triangles with normals.
 * @module
 */

/**
 * A closed surface.
 *
 * @category Files of samples
 */
export interface Surface {
  /** Vertices, `[vertices, 3]`, in the data's box [-1, 1]³: x left to right, y front to back, z up. */
  readonly positions: Float32Array;
  /** Unit vectors pointing out of the shape, `[vertices, 3]`. */
  readonly normals: Float32Array;
  /** Numbers of the corners of each triangle, anticlockwise seen from outside, `[triangles, 3]`. */
  readonly triangles: Uint32Array;
}

/**
 * Normals of vertices from the triangles around them, each weighted by its area.
 *
 * @param positions `[vertices, 3]`.
 * @param triangles `[triangles, 3]`.
 * @returns Unit vectors `[vertices, 3]`; zeros where the triangles have no area.
 *
 * @example
 * ```ts
 * import { normalsOfTriangles } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const normals = normalsOfTriangles(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), Uint32Array.of(0, 1, 2));
 * assertEquals(normals.subarray(0, 3), Float32Array.of(0, 0, 1));
 * ```
 *
 * @category Files of samples
 */
export function normalsOfTriangles(positions: Float32Array, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let i = 0; i < triangles.length; i += 3) {
    const a = 3 * triangles[i]!, b = 3 * triangles[i + 1]!, c = 3 * triangles[i + 2]!;
    const ux = positions[b]! - positions[a]!, vx = positions[c]! - positions[a]!;
    const uy = positions[b + 1]! - positions[a + 1]!, vy = positions[c + 1]! - positions[a + 1]!;
    const uz = positions[b + 2]! - positions[a + 2]!, vz = positions[c + 2]! - positions[a + 2]!;
    const x = uy * vz - uz * vy, y = uz * vx - ux * vz, z = ux * vy - uy * vx;
    for (const vertex of [a, b, c]) {
      normals[vertex]! += x;
      normals[vertex + 1]! += y;
      normals[vertex + 2]! += z;
    }
  }
  normalise(normals);
  return normals;
}

/**
 * Scales vectors to length 1 in place; zeros stay.
 *
 * @param vectors `[vectors, 3]`.
 */
export function normalise(vectors: Float32Array): void {
  for (let i = 0; i < vectors.length; i += 3) {
    const length = Math.hypot(vectors[i]!, vectors[i + 1]!, vectors[i + 2]!);
    if (length === 0) continue;
    for (let axis = 0; axis < 3; axis++) vectors[i + axis]! /= length;
  }
}

/**
 * The volume inside a closed surface, by the divergence theorem.
 *
 * @param surface Any closed surface.
 *
 * @example A tetrahedron is a sixth of its box
 * ```ts
 * import { normalsOfTriangles, volumeInside } from "@gasp/gasp";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
 * const triangles = Uint32Array.of(0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3);
 * const normals = normalsOfTriangles(positions, triangles);
 * assertAlmostEquals(volumeInside({ positions, normals, triangles }), 1 / 6, 1e-6);
 * ```
 *
 * @category Files of samples
 */
export function volumeInside({ positions, triangles }: Surface): number {
  let sum = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const a = 3 * triangles[i]!, b = 3 * triangles[i + 1]!, c = 3 * triangles[i + 2]!;
    sum += positions[a]! * (positions[b + 1]! * positions[c + 2]! - positions[b + 2]! * positions[c + 1]!) +
      positions[a + 1]! * (positions[b + 2]! * positions[c]! - positions[b]! * positions[c + 2]!) +
      positions[a + 2]! * (positions[b]! * positions[c + 1]! - positions[b + 1]! * positions[c]!);
  }
  return sum / 6;
}
