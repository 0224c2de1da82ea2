/**
 * Normals of surfaces that were traced on a grid.
 * @module
 */
import { LID, MIDDLE, type TracedSurface } from "./marching_cubes.ts";
import { normalise, normalsOfTriangles, type Surface } from "./surface.ts";

/**
 * A traced surface with its normals. Lids on the border of the box have the border's. In the middle of a cell, which is
 * not quite on the surface, and where the slope is zero, the triangles around a vertex give its normal.
 *
 * @param traced The surface.
 * @param outwards Directions in which the shape ends, of any length, `[vertices, 3]`; scaled to length 1 in place.
 */
export function withNormals(traced: TracedSurface, outwards: Float32Array): Surface {
  const { positions, triangles, axes } = traced, normals = outwards;
  const flat = normalsOfTriangles(positions, triangles);
  axes.forEach((axis, vertex) => {
    const at = 3 * vertex;
    if (axis === LID) {
      for (let i = at; i < at + 3; i++) normals[i] = Math.abs(positions[i]!) === 1 ? positions[i]! : 0;
    } else if (axis === MIDDLE || !normals.subarray(at, at + 3).some((part) => part !== 0)) {
      normals.set(flat.subarray(at, at + 3), at);
    }
  });
  normalise(normals);
  return { positions, normals, triangles };
}
