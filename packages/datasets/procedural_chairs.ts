/**
 * Chairs from random parameters: a set of shapes that needs no download and is known at any resolution.
 *
 * @module
 */
import { type ChairOptions, chairSolid } from "./chair_shapes.ts";
import type { Dataset } from "./dataset.ts";
import { insideSolid, solidVoxels } from "./solid.ts";
import { keptGrids, voxelDataset } from "./voxels.ts";

/** How a set of chairs is made. */
export interface ProceduralChairsOptions extends ChairOptions {
  /** Number of chairs; by default 2,000. */
  readonly count?: number;
  /** Points along each axis; by default 32. */
  readonly resolution?: number;
}

/**
 * A chair as a function of space: the truth at any resolution.
 *
 * @param item Its number, an integer from 0.
 * @param options What its shape follows from.
 * @returns Whether a point of [-1, 1]³ is inside: x left to right, y front to back, z up.
 * @throws {RangeError} If a number is out of range.
 */
export function chairOccupancy(
  item: number,
  options: ChairOptions = {},
): (x: number, y: number, z: number) => boolean {
  const solid = chairSolid(item, options);
  return (x, y, z) => insideSolid(solid, x, y, z);
}

/**
 * A set of chairs from random parameters; each is made when it is first asked for, and kept. A chair depends on the seed, on
 * its number and on the thickness of legs only: it is the same shape at every resolution and in sets of every size.
 *
 * @param options Size of the set, resolution, seed.
 * @returns A set of `resolution³` points with one feature each, 1 inside and -1 outside.
 * @throws {RangeError} If a number is out of range.
 */
export function proceduralChairs(options: ProceduralChairsOptions = {}): Dataset {
  const { count = 2000, resolution = 32 } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`A set has a positive whole number of chairs, got ${count}.`);
  }
  const grids = keptGrids(count, resolution, (item) => solidVoxels(chairSolid(item, options), resolution));
  return voxelDataset("chairs", grids);
}
