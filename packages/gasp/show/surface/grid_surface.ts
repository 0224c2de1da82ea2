/**
 * The surface of a shape of which only values on a grid are known, for quick pictures.
 * @module
 */
import { MarchingCubes } from "./marching_cubes.ts";
import type { Surface } from "./surface.ts";
import { withNormals } from "./traced_normals.ts";

/**
 * The surface where the values, interpolated between the nodes of the grid, are 0.
 *
 * @param values `[x, y, z]` over [-1, 1]³; above 0 is inside.
 * @param resolution Nodes along each axis.
 *
 * @example A ball
 * ```ts
 * import { gridCoordinates } from "@gasp/datasets";
 * import { gridSurface, volumeInside } from "@gasp/gasp";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const grid = gridCoordinates([16, 16, 16]);
 * const values = Float32Array.from({ length: 16 ** 3 }, (_, i) => {
 *   return 0.5 - Math.hypot(grid[3 * i]!, grid[3 * i + 1]!, grid[3 * i + 2]!);
 * });
 * const volume = volumeInside(gridSurface(values, 16));
 * assertAlmostEquals(volume, 4 / 3 * Math.PI * 0.5 ** 3, 0.05);
 * ```
 *
 * @category Files of samples
 */
export function gridSurface(values: Float32Array, resolution: number): Surface {
  const cubes = new MarchingCubes(resolution), plane = resolution ** 2;
  for (let x = 0; x < resolution; x++) cubes.add(values.subarray(x * plane, (x + 1) * plane));
  const traced = cubes.finish();
  const outwards = new Float32Array(traced.positions.length);
  const half = 1 / (resolution - 1);
  for (let i = 0; i < outwards.length; i += 3) {
    const [x = 0, y = 0, z = 0] = traced.positions.subarray(i, i + 3);
    const value = (dx: number, dy: number, dz: number) =>
      interpolated(values, resolution, x + dx, y + dy, z + dz);
    outwards[i] = value(-half, 0, 0) - value(half, 0, 0);
    outwards[i + 1] = value(0, -half, 0) - value(0, half, 0);
    outwards[i + 2] = value(0, 0, -half) - value(0, 0, half);
  }
  return withNormals(traced, outwards);
}

/** The value at a place of the box, constant beyond its border. */
function interpolated(values: Float32Array, resolution: number, x: number, y: number, z: number): number {
  const last = resolution - 1;
  const cells = (part: number) => Math.min(last, Math.max(0, (part + 1) / 2 * last));
  const i = cells(x), j = cells(y), k = cells(z);
  const i0 = Math.min(last - 1, Math.floor(i)), j0 = Math.min(last - 1, Math.floor(j));
  const k0 = Math.min(last - 1, Math.floor(k));
  const row = (start: number) => values[start]! + (k - k0) * (values[start + 1]! - values[start]!);
  const face = (start: number) => {
    const low = row(start);
    return low + (j - j0) * (row(start + resolution) - low);
  };
  const corner = (i0 * resolution + j0) * resolution + k0, low = face(corner);
  return low + (i - i0) * (face(corner + resolution * resolution) - low);
}
