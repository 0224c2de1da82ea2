/**
 * Turning shapes from the axes of their files to those of the project: x left to right, y front to back, z up. All turns
 * are rotations, so nothing is mirrored.
 *
 * @module
 */

/**
 * How a file's axes lie.
 *
 * | name | up | front looks to | as in |
 * | --- | --- | --- | --- |
 * | `z-up` | +z | -y | this project, Blender, most CAD programs |
 * | `y-up` | +y | +z | glTF, and OBJ files of most modelling programs |
 * | `shapenet` | +y | -z | ShapeNetCore |
 */
export type Orientation = "z-up" | "y-up" | "shapenet";

/** A file's axis (0, 1, 2 for x, y, z) and whether it runs the same way. */
interface SignedAxis {
  readonly axis: number;
  readonly sign: 1 | -1;
}

/** The file's axes that become the project's x, y and z. */
const AXES: Readonly<Record<Orientation, readonly [SignedAxis, SignedAxis, SignedAxis]>> = {
  "z-up": [{ axis: 0, sign: 1 }, { axis: 1, sign: 1 }, { axis: 2, sign: 1 }],
  "y-up": [{ axis: 0, sign: 1 }, { axis: 2, sign: -1 }, { axis: 1, sign: 1 }],
  "shapenet": [{ axis: 0, sign: -1 }, { axis: 2, sign: 1 }, { axis: 1, sign: 1 }],
};

/**
 * Turns points to the project's axes.
 *
 * @param positions `[points, 3]`, of any range around the origin.
 * @param orientation The axes of the file.
 * @returns `[points, 3]`, a fresh array.
 */
export function turnPositions(positions: Float32Array, orientation: Orientation): Float32Array {
  const turned = new Float32Array(positions.length);
  AXES[orientation].forEach(({ axis, sign }, to) => {
    // Adding 0 makes -0 positive, so that equal places have equal bits.
    for (let i = 0; i < positions.length; i += 3) turned[i + to] = sign * positions[i + axis]! + 0;
  });
  return turned;
}

/**
 * Turns a cubic grid to the project's axes.
 *
 * @param grid Values of `resolution³` voxels.
 * @param resolution Points along an axis.
 * @param orientation The axes of the file.
 * @param strides Distance in the array between neighbours along the file's x, y and z; by default those of `[x, y, z]`.
 * @returns Values `[x, y, z]` along the project's axes; the same array where nothing changes.
 */
export function turnGrid(
  grid: Uint8Array,
  resolution: number,
  orientation: Orientation,
  strides: readonly [number, number, number] = [resolution * resolution, resolution, 1],
): Uint8Array {
  const steps = AXES[orientation].map(({ axis, sign }) => sign * strides[axis]!);
  const [stepX = 0, stepY = 0, stepZ = 0] = steps;
  if (stepX === resolution * resolution && stepY === resolution && stepZ === 1) return grid;
  const start = steps.reduce((sum, step) => step < 0 ? sum - step * (resolution - 1) : sum, 0);
  const turned = new Uint8Array(grid.length);
  for (let x = 0, at = 0; x < resolution; x++) {
    for (let y = 0; y < resolution; y++) {
      const row = start + x * stepX + y * stepY;
      for (let z = 0; z < resolution; z++) turned[at++] = grid[row + z * stepZ]!;
    }
  }
  return turned;
}
