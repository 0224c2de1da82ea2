/**
 * Shapes as cubic grids of occupancy, and the data set that they make. Grids are `[x, y, z]`: x left to right, y front to
 * back, z up.
 *
 * @module
 */
import { memoize } from "../core/memoize.ts";
import { availableMemory, requireMemory } from "@gasp/tensor";
import type { Dataset } from "../core/dataset.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset } from "../core/item_dataset.ts";

/** Shapes on grids of one size, ready or made when they are asked for. */
export interface VoxelGrids {
  /** Number of shapes. */
  readonly count: number;
  /** Points along each axis. */
  readonly resolution: number;
  /**
   * One of the shapes.
   *
   * @param item Its number in `0 .. count-1`.
   * @returns 1 inside and 0 outside, `[x, y, z]`; not to be changed.
   */
  grid(item: number): Uint8Array;
}

/**
 * Shapes that lie one after another in memory.
 *
 * @param resolution Points along each axis.
 * @param voxels 1 inside and 0 outside, `[count, x, y, z]`.
 * @returns The shapes, as views.
 * @throws {RangeError} If there are not `resolution³` voxels a shape.
 */
export function voxelGrids(resolution: number, voxels: Uint8Array): VoxelGrids {
  const size = resolution ** 3, count = voxels.length / size;
  if (!Number.isInteger(resolution) || resolution < 1 || !Number.isInteger(count)) {
    throw new RangeError(`${voxels.length} voxels are not a whole number of shapes of ${resolution}³.`);
  }
  return { count, resolution, grid: (item) => voxels.subarray(item * size, (item + 1) * size) };
}

/** Share of the free memory that computed items may fill. */
const CACHED_SHARE = 1 / 4;

/**
 * Computes each item when it is first asked for, and caches as many as fit a quarter of the memory that is free now; the
 * others are computed anew each time.
 *
 * @param compute Computes one.
 * @param itemBytes Bytes of one.
 */
export function memoizeItems<T>(compute: (item: number) => T, itemBytes: number): (item: number) => T {
  return memoize(compute, Math.floor(CACHED_SHARE * availableMemory() / itemBytes));
}

/**
 * Bytes of the coordinates of a grid and of the features of one shape on it.
 *
 * @param resolution Points along each axis.
 */
export function volumeBytes(resolution: number): number {
  return 16 * resolution ** 3;
}

/**
 * Bytes that {@link resizeVoxels} allocates at its peak, the result included.
 *
 * @param from Resolution of the shape.
 * @param to The resolution wanted.
 */
export function resizeBytes(from: number, to: number): number {
  if (from === to) return 0;
  return 4 * to * Math.max(from * from + to * from, to * from + to * to) + to ** 3;
}

/**
 * Shapes that are computed when they are first asked for, and cached while memory allows.
 *
 * @param count Number of shapes.
 * @param resolution Points along each axis.
 * @param compute Computes one.
 * @returns The shapes.
 */
export function memoizeGrids(
  count: number,
  resolution: number,
  compute: (item: number) => Uint8Array,
): VoxelGrids {
  return { count, resolution, grid: memoizeItems(compute, resolution ** 3) };
}

/** Occupancy interpolated at another resolution counts as inside above this, as in the reference. */
const INSIDE = 0.05;

/**
 * Linear interpolation along the middle one of three axes, samples in the middle of their cells (the half-pixel
 * convention), constant beyond the outermost.
 *
 * @param source `[outer, from, inner]`
 * @returns `[outer, to, inner]`
 */
function resampleAxis(
  source: ArrayLike<number>,
  outer: number,
  from: number,
  inner: number,
  to: number,
): Float32Array {
  const result = new Float32Array(outer * to * inner);
  for (let sample = 0; sample < to; sample++) {
    const position = Math.max(0, (sample + 0.5) * from / to - 0.5);
    const low = Math.floor(position), high = Math.min(low + 1, from - 1), part = position - low;
    for (let block = 0; block < outer; block++) {
      const at = (block * to + sample) * inner;
      const a = (block * from + low) * inner, b = (block * from + high) * inner;
      for (let i = 0; i < inner; i++) {
        result[at + i] = source[a + i]! + part * (source[b + i]! - source[a + i]!);
      }
    }
  }
  return result;
}

/**
 * A shape at another resolution: trilinear interpolation, then inside where it is above 0.05 (the reference's rule, which
 * keeps thin parts and thickens shapes).
 *
 * @param grid 1 inside and 0 outside, `[from, from, from]`.
 * @param from Its resolution.
 * @param to The resolution wanted.
 * @returns `[to, to, to]`; the same array where the resolution stays.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If the resolution wanted is not a positive whole number.
 */
export function resizeVoxels(grid: Uint8Array, from: number, to: number): Uint8Array {
  if (!Number.isInteger(to) || to < 1) {
    throw new RangeError(`Shapes are resized to a positive whole resolution, got ${to}.`);
  }
  if (from === to) return grid;
  requireMemory({
    purpose: `resizing a shape of ${from}³ to ${to}³`,
    bytes: resizeBytes(from, to),
    parameters: [{ name: "resolution", value: to, bytes: (value) => resizeBytes(from, value) }],
  });
  const x = resampleAxis(grid, 1, from, from * from, to);
  const y = resampleAxis(x, to, from, from, to);
  const z = resampleAxis(y, to * to, from, 1, to);
  const resized = new Uint8Array(z.length);
  for (let i = 0; i < z.length; i++) resized[i] = z[i]! > INSIDE ? 1 : 0;
  return resized;
}

/** How a data set of shapes is made. */
export interface VoxelDatasetOptions {
  /** Points along each axis; shapes that have another are resized when they are first asked for. */
  readonly resolution?: number;
}

/**
 * The data set of some shapes: a point is a voxel, its feature 1 inside and -1 outside.
 *
 * @param name Name for people.
 * @param grids The shapes.
 * @param options Resolution.
 * @returns A set of `resolution³` points with one feature each.
 * @throws {MemoryError} If not even one shape fits in memory.
 * @throws {RangeError} If there is no shape, or the resolution is not a whole number above 1.
 */
export function voxelDataset(name: string, grids: VoxelGrids, options: VoxelDatasetOptions = {}): Dataset {
  const { count } = grids;
  const resolution = options.resolution ?? grids.resolution;
  if (count < 1) throw new RangeError(`The data set ${name} has no shapes.`);
  const bytes = (to: number) => volumeBytes(to) + resizeBytes(grids.resolution, to);
  requireMemory({
    purpose: `${name} at a resolution of ${resolution}`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  const shapes = resolution === grids.resolution
    ? grids
    : memoizeGrids(count, resolution, (item) => resizeVoxels(grids.grid(item), grids.resolution, resolution));
  return volumeDataset(name, count, resolution, (item, features) => {
    const grid = shapes.grid(item);
    for (let i = 0; i < features.length; i++) features[i] = 2 * grid[i]! - 1;
  });
}

/**
 * A data set of functions on a cube, whose surface is where they are 0.
 *
 * @param name Name for people.
 * @param count Number of shapes.
 * @param resolution Points along each axis, a whole number above 1.
 * @param fill Writes the features of a shape, positive inside, `[x, y, z]`.
 * @returns A set of `resolution³` points with one feature each.
 */
export function volumeDataset(
  name: string,
  count: number,
  resolution: number,
  fill: (item: number, features: Float32Array) => void,
): Dataset {
  const description: Omit<Dataset, "batch"> = {
    name,
    items: count,
    coordinates: gridCoordinates([resolution, resolution, resolution]),
    pointCount: resolution ** 3,
    coordinateDim: 3,
    featureDim: 1,
    display: { kind: "volume", resolution },
  };
  return itemDataset(description, fill);
}
