/**
 * Chairs from random parameters: a set of shapes that needs no download and has any resolution.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { type ChairOptions, chairSolid } from "./chair_shapes.ts";
import type { Dataset } from "../core/dataset.ts";
import { distanceBytes, isInsideSolid, solidVoxels, truncatedDistances, voxelBytes } from "./solid.ts";
import { memoizeItems } from "../core/memoize_items.ts";
import { memoizeGrids, volumeBytes, volumeDataset, voxelDataset } from "./voxels.ts";

/**
 * Parameters of a data set of chairs.
 *
 * @category Shapes
 */
export interface ProceduralChairsOptions extends ChairOptions {
  /** Number of chairs; default 2,000. */
  readonly count?: number;
  /** Points along each axis; default 32. */
  readonly resolution?: number;
  /**
   * Truncation distance of signed distances, in units where the bounding box is 2 wide: features are the distance to the
   * surface divided by it, clamped to [-1, 1] and positive inside, so that thin parts differ from thick ones and affect more
   * points. 0 to 2; default 0: occupancy, with features of -1 and 1 only.
   */
  readonly truncation?: number;
}

/**
 * Returns a chair as a function of space, exact at any resolution.
 *
 * @param item Item index, from 0.
 * @param options Parameters of the set.
 * @returns Function that tests whether a point of [-1, 1]³ is inside: x left to right, y front to back, z up.
 * @throws {RangeError} If a number is out of range.
 *
 * @example
 * ```ts
 * import { chairOccupancy } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const isInside = chairOccupancy(0, { seed: 1 });
 * assertEquals(isInside(5, 5, 5), false);
 * ```
 *
 * @category Shapes
 */
export function chairOccupancy(
  item: number,
  options: ChairOptions = {},
): (x: number, y: number, z: number) => boolean {
  const solid = chairSolid(item, options);
  return (x, y, z) => isInsideSolid(solid, x, y, z);
}

/**
 * Creates a data set of chairs from random parameters. Each is computed on first use and cached while memory allows. A
 * chair depends on the seed, its index and the thickness of legs only: it has the same shape at every resolution and in sets
 * of every size.
 *
 * @param options Size of the set, resolution, seed.
 * @returns A data set with `resolution³` points of one feature, positive inside: occupancy, or truncated distances.
 * @throws {MemoryError} If not even one chair fits in memory.
 * @throws {RangeError} If a number is out of range.
 *
 * @example
 * ```ts
 * import { proceduralChairs } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const chairs = proceduralChairs({ count: 3, resolution: 8, seed: 1 });
 * assertEquals([chairs.items, chairs.pointCount, chairs.display.kind], [3, 512, "volume"]);
 * ```
 *
 * @category Shapes
 */
export function proceduralChairs(options: ProceduralChairsOptions = {}): Dataset {
  const { count = 2000, resolution = 32, truncation = 0 } = options;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`The number of chairs must be a positive integer, got ${count}.`);
  }
  if (!(truncation >= 0 && truncation <= 2)) {
    throw new RangeError(`The truncation distance must be from 0 to 2, got ${truncation}.`);
  }
  const bytes = (points: number) =>
    volumeBytes(points) + (truncation > 0 ? distanceBytes : voxelBytes)(points);
  requireMemory({
    purpose: `a chair at a resolution of ${resolution}`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  if (truncation > 0) return distanceChairs(count, resolution, truncation, options);
  const grids = memoizeGrids(
    count,
    resolution,
    (item) => solidVoxels(chairSolid(item, options), resolution),
  );
  return voxelDataset("chairs", grids);
}

/** Cached distances are quantised to a signed byte: [-127, 127] for [-1, 1]. */
const QUANTISATION = 127;

function distanceChairs(
  count: number,
  resolution: number,
  truncation: number,
  options: ChairOptions,
): Dataset {
  const quantisedDistances = memoizeItems((item) => {
    const distances = truncatedDistances(chairSolid(item, options), resolution, truncation);
    const quantised = new Int8Array(distances.length);
    for (let i = 0; i < quantised.length; i++) quantised[i] = Math.round(QUANTISATION * distances[i]!);
    return quantised;
  }, resolution ** 3);
  return volumeDataset("chairs", count, resolution, (item, features) => {
    const quantised = quantisedDistances(item);
    for (let i = 0; i < features.length; i++) features[i] = quantised[i]! / QUANTISATION;
  });
}
