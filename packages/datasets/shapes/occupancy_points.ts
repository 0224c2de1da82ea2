/**
 * Shapes as point clouds with occupancy, the format of the paper's point-cloud experiment: arrays `[n, 4]` of x, y, z in
 * [-0.5, 0.5] and occupancy 0 or 1. Unlike in the authors' loader, each item has its own points.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { filesOfFormat } from "../core/file_formats.ts";
import type { FileSource } from "../core/file_source.ts";
import { itemDataset } from "../core/item_dataset.ts";
import { type Orientation, reorientPositions } from "./formats/orientation.ts";
import { cloudLayout } from "./cloud_layouts.ts";
import { arrayOfShape } from "./shape_arrays.ts";

/**
 * Point clouds of equal size.
 *
 * @category Shapes
 */
export interface OccupancyPoints {
  /** Number of shapes. */
  readonly count: number;
  /** Points per shape. */
  readonly points: number;
  /** x, y and z in [-1, 1] along the project's axes, `[count, points, 3]`. */
  readonly positions: Float32Array;
  /** 1 inside, -1 outside, `[count, points]`. */
  readonly features: Float32Array;
}

/**
 * How point clouds are read.
 *
 * @category Shapes
 */
export interface OccupancyPointsOptions {
  /** Coordinates of the file lie in [-extent, extent]; default: 0.5, and that of the layout for other layouts. */
  readonly extent?: number;
  /** Axes of the file; default: the project's. */
  readonly orientation?: Orientation;
  /** Receives a warning if clouds of a folder are thinned to the size of the smallest. */
  readonly report?: (message: string) => void;
}

const EXPECTED = "[items, points, 4] or [points, 4]";

/** Tolerance for coordinates on the boundary. */
const ROUNDING = 1e-5;

/**
 * Reads point clouds with occupancy.
 *
 * @param bytes Contents of a `.npy` file, plain or gzipped, or of a `.npz` file, with an array `[items, points, 4]` or
 * `[points, 4]`; or the `.npz` of a shape as Occupancy Networks or DeepSDF store it: see `cloud_layouts.ts`.
 * @param name File name for messages.
 * @param options Range and axes of the file.
 * @throws {DataError} If the file is damaged, has no such array or several, or has numbers out of range.
 * @throws {MemoryError} If it does not fit in memory.
 * @category Shapes
 */
export function readOccupancyPoints(
  bytes: Uint8Array,
  name: string = "the file",
  options: OccupancyPointsOptions = {},
): OccupancyPoints {
  const { extent: layoutExtent, array: { shape, data } } = cloudLayout(bytes, name) ?? {
    extent: 0.5,
    array: arrayOfShape(
      bytes,
      name,
      EXPECTED,
      (shape) => (shape.length === 2 || shape.length === 3) && shape.at(-1) === 4,
    ),
  };
  const { extent = layoutExtent, orientation = "z-up" } = options;
  const points = shape.at(-2)!, total = data.length / 4;
  // Positions, their copy along the project's axes, and features.
  requireMemory({ purpose: `${name}, ${total} points,`, bytes: 28 * total });
  const positions = new Float32Array(3 * total), features = new Float32Array(total);
  for (let i = 0; i < total; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const coordinate = data[4 * i + axis]! / extent;
      if (!(Math.abs(coordinate) <= 1 + ROUNDING)) {
        throw new DataError(
          `${name} has a coordinate ${data[4 * i + axis]} in shape ${Math.floor(i / points)}: ` +
            `expected ${-extent} to ${extent}.`,
        );
      }
      positions[3 * i + axis] = coordinate;
    }
    const occupancy = data[4 * i + 3]!;
    if (occupancy !== 0 && occupancy !== 1) {
      throw new DataError(
        `${name} has an occupancy ${occupancy} in shape ${Math.floor(i / points)}: expected 0 or 1.`,
      );
    }
    features[i] = 2 * occupancy - 1;
  }
  return { count: total / points, points, positions: reorientPositions(positions, orientation), features };
}

/**
 * Reads all `.npy`, `.npz` and `.pt` files of a folder (the last as NumPy files: see `torchAsNumpy`), sorted by name, each with one or several clouds.
 *
 * @param files Folder.
 * @param options Range and axes of the files.
 * @returns The clouds of all files.
 * @throws {DataError} If there are none, or one is damaged.
 * @throws {MemoryError} If they do not fit in memory.
 * @category Shapes
 */
export async function occupancyPointsFolder(
  files: FileSource,
  options: OccupancyPointsOptions = {},
): Promise<OccupancyPoints> {
  const listed = await files.list();
  const names = filesOfFormat(listed, "npy", "npz", "torch");
  const parts: OccupancyPoints[] = [];
  for (const name of names) parts.push(readOccupancyPoints(await files.read(name), name, options));
  const [first] = parts;
  if (first === undefined) {
    throw new DataError(
      `${files.location} has no .npy, .npz or .pt files among its ${listed.length} files.`,
    );
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const points = parts.reduce((least, part) => Math.min(least, part.points), first.points);
  requireMemory({ purpose: `${files.location}, ${count * points} points,`, bytes: 16 * count * points });
  const most = parts.reduce((most, part) => Math.max(most, part.points), 0);
  if (most > points) {
    options.report?.(
      `${files.location} has clouds of ${points} to ${most} points: ${points} of each are read, evenly spaced in their order.`,
    );
  }
  const positions = new Float32Array(count * points * 3), features = new Float32Array(count * points);
  const empty: string[] = [];
  let item = 0;
  for (const [file, part] of parts.entries()) {
    for (let shape = 0; shape < part.count; shape++, item++) {
      const own = part.points;
      if (!part.features.subarray(shape * own, (shape + 1) * own).includes(1)) empty.push(names[file]!);
      for (let i = 0; i < points; i++) {
        const from = shape * part.points + Math.floor(i * part.points / points), to = item * points + i;
        features[to] = part.features[from]!;
        for (let axis = 0; axis < 3; axis++) positions[3 * to + axis] = part.positions[3 * from + axis]!;
      }
    }
  }
  if (empty.length > 0) {
    options.report?.(
      `${empty.length} of ${count} clouds have no point inside (the first in ${
        empty[0]
      }): remove them, nothing can be learnt from them.`,
    );
  }
  return { count, points, positions, features };
}

/**
 * Creates a data set of point clouds. Each item has its own coordinates.
 *
 * @param name Display name.
 * @param clouds Point clouds.
 * @param options `resolution`: points along each axis of the grid on which samples are displayed; default 32.
 * @returns A data set with one feature per point, 1 inside and -1 outside.
 * @throws {RangeError} If the resolution is not an integer above 1.
 *
 * @example
 * ```ts
 * import { occupancyPointDataset } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const set = occupancyPointDataset("balls", {
 *   count: 1,
 *   points: 2,
 *   positions: Float32Array.of(0, 0, 0, 1, 1, 1),
 *   features: Float32Array.of(1, -1),
 * });
 * assertEquals(await set.batch([0]), Float32Array.of(1, -1));
 * ```
 *
 * @category Shapes
 */
export function occupancyPointDataset(
  name: string,
  clouds: OccupancyPoints,
  options: { readonly resolution?: number } = {},
): Dataset {
  const { count, points, positions, features } = clouds;
  const { resolution = 32 } = options;
  if (!Number.isInteger(resolution) || resolution < 2) {
    throw new RangeError(`The resolution must be an integer above 1, got ${resolution}.`);
  }
  const description: Omit<Dataset, "batch"> = {
    name,
    items: count,
    coordinates: positions.slice(0, 3 * points),
    pointCount: points,
    coordinateDim: 3,
    featureDim: 1,
    display: { kind: "volume", resolution },
  };
  const copyItem = (from: Float32Array) => (item: number, to: Float32Array) =>
    to.set(from.subarray(item * to.length, (item + 1) * to.length));
  return itemDataset(description, copyItem(features), copyItem(positions));
}
