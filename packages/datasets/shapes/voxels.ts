/**
 * Shapes as cubic grids of occupancy, and the data set that they make. Grids are `[x, y, z]`: x left to right, y front to
 * back, z up.
 *
 * @module
 */
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

/**
 * Makes each item when it is first asked for, and keeps it.
 *
 * @param make Makes one.
 * @returns Gives one.
 */
export function kept<T>(make: (item: number) => T): (item: number) => T {
  const items = new Map<number, T>();
  return (item) => {
    let value = items.get(item);
    if (value === undefined) items.set(item, value = make(item));
    return value;
  };
}

/**
 * Shapes that are made when they are first asked for, and kept.
 *
 * @param count Number of shapes.
 * @param resolution Points along each axis.
 * @param make Makes one.
 * @returns The shapes.
 */
export function keptGrids(
  count: number,
  resolution: number,
  make: (item: number) => Uint8Array,
): VoxelGrids {
  return { count, resolution, grid: kept(make) };
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
 * @throws {RangeError} If the resolution wanted is not a positive whole number.
 */
export function resizeVoxels(grid: Uint8Array, from: number, to: number): Uint8Array {
  if (!Number.isInteger(to) || to < 1) {
    throw new RangeError(`Shapes are resized to a positive whole resolution, got ${to}.`);
  }
  if (from === to) return grid;
  const x = resampleAxis(grid, 1, from, from * from, to);
  const y = resampleAxis(x, to, from, from, to);
  const z = resampleAxis(y, to * to, from, 1, to);
  return Uint8Array.from(z, (value) => value > INSIDE ? 1 : 0);
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
 * @throws {RangeError} If there is no shape, or the resolution is not a whole number above 1.
 */
export function voxelDataset(name: string, grids: VoxelGrids, options: VoxelDatasetOptions = {}): Dataset {
  const { count } = grids;
  const resolution = options.resolution ?? grids.resolution;
  if (count < 1) throw new RangeError(`The data set ${name} has no shapes.`);
  const shapes = resolution === grids.resolution
    ? grids
    : keptGrids(count, resolution, (item) => resizeVoxels(grids.grid(item), grids.resolution, resolution));
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
