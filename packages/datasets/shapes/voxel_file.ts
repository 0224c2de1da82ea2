/**
 * Reads voxel grids from NumPy files.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { type Orientation, reorientGrid } from "./formats/orientation.ts";
import { arrayOfShape } from "./shape_arrays.ts";
import { type VoxelGrids, voxelGrids } from "./voxels.ts";

const EXPECTED = "[items, S, S, S] or [S, S, S]";

function isCubic(shape: readonly number[]): boolean {
  const [s, ...others] = shape.slice(-3);
  return (shape.length === 3 || shape.length === 4) && others.every((n) => n === s);
}

/**
 * Reads voxel grids of bytes, booleans or floats; voxels above 0.5 are inside.
 *
 * @param bytes Contents of a `.npy` file, plain or gzipped, or of a `.npz` file, with an array `[items, S, S, S]` or
 * `[S, S, S]`.
 * @param name File name for messages.
 * @param orientation Meaning of the array's last three axes; default: the project's x, y and z.
 * @throws {DataError} If the file is damaged, has no such array or several, or has a value that is not finite.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { readVoxelFile } from "@gasp/datasets";
 * import { writeNpy } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const file = writeNpy({ shape: [1, 2, 2, 2], data: new Uint8Array(8).fill(1) });
 * const { count, resolution } = readVoxelFile(file, "blocks.npy");
 * assertEquals([count, resolution], [1, 2]);
 * ```
 *
 * @category Shapes
 */
export function readVoxelFile(
  bytes: Uint8Array,
  name: string = "the file",
  orientation: Orientation = "z-up",
): VoxelGrids {
  const { shape, data } = arrayOfShape(bytes, name, EXPECTED, isCubic);
  const resolution = shape.at(-1)!, size = resolution ** 3;
  requireMemory({ purpose: `${name}, ${data.length} voxels,`, bytes: data.length + size });
  const voxels = new Uint8Array(data.length);
  for (let i = 0; i < voxels.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) {
      throw new DataError(
        `${name} has a voxel ${value} in shape ${Math.floor(i / size)}: expected a finite number.`,
      );
    }
    voxels[i] = value > 0.5 ? 1 : 0;
  }
  for (let start = 0; start < voxels.length; start += size) {
    voxels.set(reorientGrid(voxels.subarray(start, start + size), resolution, orientation), start);
  }
  return voxelGrids(resolution, voxels);
}
