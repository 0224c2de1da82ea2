/**
 * Conversion from the axes of files to those of the project: x left to right, y front to back, z up. All conversions are
 * rotations, so nothing is mirrored.
 *
 * @module
 */

/**
 * Axis convention of a file.
 *
 * | name | up | front faces | used by |
 * | --- | --- | --- | --- |
 * | `z-up` | +z | -y | this project, Blender, most CAD programs |
 * | `y-up` | +y | +z | glTF, and OBJ files of most modelling programs |
 * | `shapenet` | +y | -z | ShapeNetCore |
 *
 * @category Shapes
 */
export type Orientation = "z-up" | "y-up" | "shapenet";

/** A file's axis (0, 1, 2 for x, y, z) and its direction. */
export interface SignedAxis {
  /** Axis of the file. */
  readonly axis: number;
  /** -1 if it runs the other way. */
  readonly sign: 1 | -1;
}

/** The file's axes that map to the project's x, y and z. */
const AXES: Readonly<Record<Orientation, readonly [SignedAxis, SignedAxis, SignedAxis]>> = {
  "z-up": [{ axis: 0, sign: 1 }, { axis: 1, sign: 1 }, { axis: 2, sign: 1 }],
  "y-up": [{ axis: 0, sign: 1 }, { axis: 2, sign: -1 }, { axis: 1, sign: 1 }],
  "shapenet": [{ axis: 0, sign: -1 }, { axis: 2, sign: 1 }, { axis: 1, sign: 1 }],
};

/**
 * Returns the file's axes that map to the project's x, y and z.
 *
 * @param orientation Axes of the file.
 */
export function fileAxes(orientation: Orientation): readonly [SignedAxis, SignedAxis, SignedAxis] {
  return AXES[orientation];
}

/**
 * Converts points to the project's axes.
 *
 * @param positions Points `[points, 3]`, rotated about the origin.
 * @param orientation Axes of the file.
 * @returns Points `[points, 3]`, in a new array.
 */
export function reorientPositions(positions: Float32Array, orientation: Orientation): Float32Array {
  const result = new Float32Array(positions.length);
  AXES[orientation].forEach(({ axis, sign }, to) => {
    // Adding 0 turns -0 into 0, so that equal points have equal bits.
    for (let i = 0; i < positions.length; i += 3) result[i + to] = sign * positions[i + axis]! + 0;
  });
  return result;
}

/**
 * Converts a cubic grid to the project's axes.
 *
 * @param grid Values of `resolution³` voxels.
 * @param resolution Points along each axis.
 * @param orientation Axes of the file.
 * @param strides Array strides along the file's x, y and z; default: those of `[x, y, z]`.
 * @returns Values `[x, y, z]` along the project's axes; `grid` itself if nothing changes.
 */
export function reorientGrid(
  grid: Uint8Array,
  resolution: number,
  orientation: Orientation,
  strides: readonly [number, number, number] = [resolution * resolution, resolution, 1],
): Uint8Array {
  const steps = AXES[orientation].map(({ axis, sign }) => sign * strides[axis]!);
  const [stepX = 0, stepY = 0, stepZ = 0] = steps;
  if (stepX === resolution * resolution && stepY === resolution && stepZ === 1) return grid;
  const start = steps.reduce((sum, step) => step < 0 ? sum - step * (resolution - 1) : sum, 0);
  const result = new Uint8Array(grid.length);
  for (let x = 0, at = 0; x < resolution; x++) {
    for (let y = 0; y < resolution; y++) {
      const row = start + x * stepX + y * stepY;
      for (let z = 0; z < resolution; z++) result[at++] = grid[row + z * stepZ]!;
    }
  }
  return result;
}
