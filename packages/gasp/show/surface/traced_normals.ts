/**
 * Normals of traced surfaces.
 * @module
 */
import { LID, MIDDLE, type TracedSurface } from "./marching_cubes.ts";
import { normalise, normalsOfTriangles, type Surface } from "./surface.ts";

/**
 * Adds normals to a traced surface. Lids have the normal of the box's border. In the middle of a cell, which is not exactly
 * on the surface, and where the gradient vanishes, normals are computed from the adjacent triangles.
 *
 * @param traced Traced surface.
 * @param outwards Outward directions of any length, `[vertices, 3]`; normalised in place.
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
