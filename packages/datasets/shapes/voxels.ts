/**
 * Shapes as cubic occupancy grids, and data sets of them. Grids are `[x, y, z]`: x left to right, y front to back, z up.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { Dataset } from "../core/dataset.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset } from "../core/item_dataset.ts";
import { memoizeItems } from "../core/memoize_items.ts";

/**
 * Shapes on grids of one size, in memory or computed on demand.
 *
 * @category Shapes
 */
export interface VoxelGrids {
  /** Number of shapes. */
  readonly count: number;
  /** Points along each axis. */
  readonly resolution: number;
  /**
   * Returns a shape.
   *
   * @param item Item index in `[0, count)`.
   * @returns 1 inside, 0 outside, `[x, y, z]`; must not be modified.
   */
  grid(item: number): Uint8Array;
}

/**
 * Wraps contiguous shapes in memory.
 *
 * @param resolution Points along each axis.
 * @param voxels 1 inside, 0 outside, `[count, x, y, z]`.
 * @returns The shapes, as views.
 * @throws {RangeError} If the number of voxels is not a multiple of `resolution³`.
 *
 * @example
 * ```ts
 * import { voxelGrids } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const grids = voxelGrids(2, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0));
 * assertEquals([grids.count, grids.grid(1)[0]], [2, 1]);
 * ```
 *
 * @category Shapes
 */
export function voxelGrids(resolution: number, voxels: Uint8Array): VoxelGrids {
  const size = resolution ** 3, count = voxels.length / size;
  if (!Number.isInteger(resolution) || resolution < 1 || !Number.isInteger(count)) {
    throw new RangeError(`${voxels.length} voxels are not a multiple of ${resolution}³.`);
  }
  return { count, resolution, grid: (item) => voxels.subarray(item * size, (item + 1) * size) };
}

/**
 * Returns the bytes of a grid's coordinates and of one shape's features.
 *
 * @param resolution Points along each axis.
 */
export function volumeBytes(resolution: number): number {
  return 16 * resolution ** 3;
}

/**
 * Returns the peak bytes that {@link resizeVoxels} allocates, including the result.
 *
 * @param from Resolution of the shape.
 * @param to Resolution of the result.
 */
export function resizeBytes(from: number, to: number): number {
  if (from === to) return 0;
  return 4 * to * Math.max(from * from + to * from, to * from + to * to) + to ** 3;
}

/**
 * Wraps shapes that are computed on first use and cached while memory allows.
 *
 * @param count Number of shapes.
 * @param resolution Points along each axis.
 * @param compute Computes a shape: 1 inside, 0 outside, `[x, y, z]`.
 * @category Shapes
 */
export function memoizeGrids(
  count: number,
  resolution: number,
  compute: (item: number) => Uint8Array,
): VoxelGrids {
  return { count, resolution, grid: memoizeItems(compute, resolution ** 3) };
}

/** Threshold of interpolated occupancy, as in the reference. */
const INSIDE = 0.05;

/** Linear interpolation of samples: `(1 - part) · source[low] + part · source[high]`. */
export interface LinearTap {
  /** Index of the sample below. */
  readonly low: number;
  /** Index of the sample above; `low` at the end. */
  readonly high: number;
  /** Weight of the sample above, in [0, 1). */
  readonly part: number;
}

/**
 * Returns the taps of each output sample, with samples at the centres of cells (the half-pixel convention) and constant
 * extrapolation.
 *
 * @param from Source samples.
 * @param to Output samples.
 */
export function linearTaps(from: number, to: number): readonly LinearTap[] {
  return Array.from({ length: to }, (_, sample) => {
    const position = Math.max(0, (sample + 0.5) * from / to - 0.5);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), part: position - low };
  });
}

/**
 * Interpolates linearly along the middle of three axes.
 *
 * @param source Values `[outer, from, inner]`.
 * @returns Values `[outer, taps, inner]`.
 */
function resampleAxis(
  source: ArrayLike<number>,
  outer: number,
  from: number,
  inner: number,
  taps: readonly LinearTap[],
): Float32Array {
  const to = taps.length, result = new Float32Array(outer * to * inner);
  taps.forEach(({ low, high, part }, sample) => {
    for (let block = 0; block < outer; block++) {
      const at = (block * to + sample) * inner;
      const a = (block * from + low) * inner, b = (block * from + high) * inner;
      for (let i = 0; i < inner; i++) {
        result[at + i] = source[a + i]! + part * (source[b + i]! - source[a + i]!);
      }
    }
  });
  return result;
}

/**
 * Interpolates a shape along its three axes; voxels above 0.05 are inside.
 *
 * @param grid 1 inside, 0 outside, `[from, from, from]`.
 * @param from Resolution of the shape.
 * @param taps Samples of each axis.
 * @returns Shape `[taps, taps, taps]`.
 */
export function interpolateVoxels(grid: Uint8Array, from: number, taps: readonly LinearTap[]): Uint8Array {
  const to = taps.length;
  const x = resampleAxis(grid, 1, from, from * from, taps);
  const y = resampleAxis(x, to, from, from, taps);
  const z = resampleAxis(y, to * to, from, 1, taps);
  const resized = new Uint8Array(z.length);
  for (let i = 0; i < z.length; i++) resized[i] = z[i]! > INSIDE ? 1 : 0;
  return resized;
}

/**
 * Resizes a shape by trilinear interpolation; voxels above 0.05 are inside (the reference's rule, which preserves thin parts
 * and thickens shapes).
 *
 * @param grid 1 inside, 0 outside, `[from, from, from]`.
 * @param from Resolution of the shape.
 * @param to Resolution of the result.
 * @returns Shape `[to, to, to]`; `grid` itself if the resolutions are equal.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If the new resolution is not a positive integer.
 *
 * @example
 * ```ts
 * import { resizeVoxels } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resizeVoxels(new Uint8Array(64).fill(1), 4, 2), new Uint8Array(8).fill(1));
 * ```
 *
 * @category Shapes
 */
export function resizeVoxels(grid: Uint8Array, from: number, to: number): Uint8Array {
  if (!Number.isInteger(to) || to < 1) {
    throw new RangeError(`The resolution must be a positive integer, got ${to}.`);
  }
  if (from === to) return grid;
  requireMemory({
    purpose: `resizing a shape of ${from}³ to ${to}³`,
    bytes: resizeBytes(from, to),
    parameters: [{ name: "resolution", value: to, bytes: (value) => resizeBytes(from, value) }],
  });
  return interpolateVoxels(grid, from, linearTaps(from, to));
}

/**
 * Options of a data set of shapes.
 *
 * @category Shapes
 */
export interface VoxelDatasetOptions {
  /** Points along each axis; shapes of another resolution are resized on first use. */
  readonly resolution?: number;
}

/**
 * Creates a data set of shapes: points are voxels, with a feature of 1 inside and -1 outside.
 *
 * @param name Display name.
 * @param grids Shapes.
 * @param options Resolution.
 * @returns A data set with `resolution³` points of one feature.
 * @throws {MemoryError} If not even one shape fits in memory.
 * @throws {RangeError} If there are no shapes, or the resolution is not an integer above 1.
 *
 * @example
 * ```ts
 * import { voxelDataset, voxelGrids } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const set = voxelDataset("blocks", voxelGrids(2, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1)));
 * assertEquals(await set.batch([0]), Float32Array.of(1, -1, -1, -1, -1, -1, -1, 1));
 * ```
 *
 * @category Shapes
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
 * Creates a data set of implicit functions on a cube; their zero sets are the surfaces.
 *
 * @param name Display name.
 * @param count Number of shapes.
 * @param resolution Points along each axis, an integer above 1.
 * @param fill Writes the features of a shape, positive inside, `[x, y, z]`.
 * @returns A data set with `resolution³` points of one feature.
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
