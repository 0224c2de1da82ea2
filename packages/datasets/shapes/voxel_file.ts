/**
 * Reads voxel grids from NumPy files: occupancy, or signed distances.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { NumberArray } from "../arrays/array_file.ts";
import { DataError } from "../core/data_error.ts";
import { type Orientation, reorientGrid } from "./formats/orientation.ts";
import { arrayOfShape } from "./shape_arrays.ts";
import { type VoxelGrids, voxelGrids } from "./voxels.ts";

const EXPECTED = "[items, S, S, S] or [S, S, S], or these with a channel axis of 1";

/** Returns the points along each axis of cubic grids, with or without items and a channel axis; else `undefined`. */
export function cubicResolution(shape: readonly number[]): number | undefined {
  if (shape.length < 3 || shape.length > 5) return undefined;
  const isCube = ([s, ...others]: readonly number[]) => others.every((n) => n === s);
  const last = shape.slice(-3);
  if (isCube(last) && (shape.length < 5 || shape[1] === 1)) return last[0];
  const channelLast = shape.slice(-4, -1);
  return shape.length >= 4 && shape.at(-1) === 1 && isCube(channelLast) ? channelLast[0] : undefined;
}

/** What of a grid's values is inside. */
interface Inside {
  readonly isInside: (value: number) => boolean;
  /** The assumption, as a clause. */
  readonly assumption: string;
}

/**
 * Returns what is inside: values above 0.5 of occupancies, and of signed distances those of the sign that the sides of the
 * cubes mostly do not have.
 *
 * @param array Values `[items, S, S, S]`.
 * @param resolution S.
 */
function insideOf({ data, dtype }: NumberArray, resolution: number): Inside {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low < 0 && high > 0) || dtype === "b1") {
    return { isInside: (value) => value > 0.5, assumption: "inside is where values are above 0.5" };
  }
  // Two opposite sides suffice: they are contiguous.
  const size = resolution ** 3, side = resolution ** 2;
  let negative = 0, positive = 0;
  for (let start = 0; start < data.length; start += size) {
    for (let i = 0; i < side; i++) {
      for (const value of [data[start + i]!, data[start + size - 1 - i]!]) {
        if (value < 0) negative++;
        else if (value > 0) positive++;
      }
    }
  }
  return negative > positive
    ? {
      isInside: (value) => value > 0,
      assumption: "signed distances: inside is above 0, as the sides are below",
    }
    : { isInside: (value) => value < 0, assumption: "signed distances: inside is below 0" };
}

/**
 * Reads voxel grids of bytes, booleans or floats; voxels above 0.5 are inside. Values below and above 0 are signed distances:
 * inside is below 0, or above 0 if most values on the sides are below.
 *
 * @param bytes Contents of a `.npy` file, plain or gzipped, or of a `.npz` file, with an array `[items, S, S, S]` or
 * `[S, S, S]`, or one of these with a channel axis of 1.
 * @param name File name for messages.
 * @param orientation Meaning of the array's last three axes; default: the project's x, y and z.
 * @param onAssumption Receives what was taken for inside, as a clause.
 * @throws {DataError} If the file is damaged, has no such array or several, has a value that is not finite, or if none of its
 * shapes has an inside.
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
  onAssumption: (assumption: string) => void = () => {},
): VoxelGrids {
  const array = arrayOfShape(bytes, name, EXPECTED, (shape) => cubicResolution(shape) !== undefined);
  const { data } = array, resolution = cubicResolution(array.shape)!, size = resolution ** 3;
  requireMemory({ purpose: `${name}, ${data.length} voxels,`, bytes: data.length + size });
  const voxels = new Uint8Array(data.length);
  const { isInside, assumption } = insideOf(array, resolution);
  let any = false;
  for (let i = 0; i < voxels.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) {
      throw new DataError(
        `${name} has a voxel ${value} in shape ${Math.floor(i / size)}: expected a finite number.`,
      );
    }
    if (!isInside(value)) continue;
    voxels[i] = 1;
    any = true;
  }
  if (!any) {
    throw new DataError(
      `${name} has nothing inside (${assumption}): expected occupancies or signed distances.`,
    );
  }
  onAssumption(assumption);
  for (let start = 0; start < voxels.length; start += size) {
    voxels.set(reorientGrid(voxels.subarray(start, start + size), resolution, orientation), start);
  }
  return voxelGrids(resolution, voxels);
}
