/**
 * Chairs from random parameters: a set of shapes that needs no download and is known at any resolution.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { type ChairOptions, chairSolid } from "./chair_shapes.ts";
import type { Dataset } from "../core/dataset.ts";
import { depthBytes, insideSolid, solidDepths, solidVoxels, voxelBytes } from "./solid.ts";
import { memoizeGrids, memoizeItems, volumeBytes, volumeDataset, voxelDataset } from "./voxels.ts";

/** How a set of chairs is made. */
export interface ProceduralChairsOptions extends ChairOptions {
  /** Number of chairs; by default 2,000. */
  readonly count?: number;
  /** Points along each axis; by default 32. */
  readonly resolution?: number;
  /**
   * Distance to the surface at which features become 1 inside and -1 outside, where the box is 2 wide; in between they
   * are in proportion, so that thin parts differ from thick ones and show at more points. 0 to 2; by default 0: nothing
   * between.
   */
  readonly reach?: number;
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
 * A set of chairs from random parameters; each is computed when it is first asked for, and kept while memory allows. A chair depends on the seed, on
 * its number and on the thickness of legs only: it is the same shape at every resolution and in sets of every size.
 *
 * @param options Size of the set, resolution, seed.
 * @returns A set of `resolution³` points with one feature each, positive inside: 1 and -1, or as `reach` says.
 * @throws {MemoryError} If not even one chair fits in memory.
 * @throws {RangeError} If a number is out of range.
 */
export function proceduralChairs(options: ProceduralChairsOptions = {}): Dataset {
  const { count = 2000, resolution = 32, reach = 0 } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`A set has a positive whole number of chairs, got ${count}.`);
  }
  if (!(reach >= 0 && reach <= 2)) {
    throw new RangeError(`Depths of chairs reach 0 to 2 far, got ${reach}.`);
  }
  const bytes = (points: number) => volumeBytes(points) + (reach > 0 ? depthBytes : voxelBytes)(points);
  requireMemory({
    purpose: `a chair at a resolution of ${resolution}`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  if (reach > 0) return softChairs(count, resolution, reach, options);
  const grids = memoizeGrids(count, resolution, (item) => solidVoxels(chairSolid(item, options), resolution));
  return voxelDataset("chairs", grids);
}

/** Steps of a kept depth from 0 to 1: a byte for each point. */
const DEPTH_STEPS = 127;

function softChairs(count: number, resolution: number, reach: number, options: ChairOptions): Dataset {
  const depthsOf = memoizeItems((item) => {
    const depths = solidDepths(chairSolid(item, options), resolution, reach);
    const steps = new Int8Array(depths.length);
    for (let i = 0; i < steps.length; i++) steps[i] = Math.round(DEPTH_STEPS * depths[i]!);
    return steps;
  }, resolution ** 3);
  return volumeDataset("chairs", count, resolution, (item, features) => {
    const depths = depthsOf(item);
    for (let i = 0; i < features.length; i++) features[i] = depths[i]! / DEPTH_STEPS;
  });
}
