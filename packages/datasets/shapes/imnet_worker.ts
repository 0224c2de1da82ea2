/**
 * Reads the HDF5 files of IM-NET and its successors, in a worker: the library may hang on damaged files. They hold `voxels`
 * `[items, 64, 64, 64, 1]`, or `points_R` `[items, n, 3]` of bytes (cells of a grid of 256³) and `values_R` `[items, n, 1]`.
 * Files on disk are read in place, some shapes at a time.
 *
 * @module
 */
import { limitMemory, requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { NetcdfFile, NetcdfVariable } from "../netcdf/netcdf.ts";
import { openNetcdfHdf5 } from "../netcdf/netcdf_hdf5.ts";
import { openSyncFile } from "../netcdf/sync_file.ts";
import { cubicResolution } from "./voxel_file.ts";
import { resizeVoxels } from "./voxels.ts";

/** A file, and what the worker may allocate. */
export interface ImnetFile {
  /** Name for messages. */
  readonly name: string;
  /** Path of the file, if it is read in place. */
  readonly path?: string | undefined;
  /** Bytes that the worker may allocate. */
  readonly available: number;
}

/** Shapes in memory. */
export interface ImnetVoxels {
  /** Points along each axis. */
  readonly resolution: number;
  /** 1 inside, 0 outside, `[items, x, y, z]`. */
  readonly voxels: Uint8Array;
}

/** Points with occupancy in memory. */
export interface ImnetPoints {
  /** Coordinates in [-1, 1], `[items, n, 3]`. */
  readonly positions: Float32Array;
  /** 1 inside, -1 outside, `[items, n]`. */
  readonly features: Float32Array;
}

/** Cells along each axis of the grid of which points are, whatever the resolution from which they were drawn. */
const CELLS = 256;

async function withFile<T>(
  bytes: Uint8Array,
  { name, path, available }: ImnetFile,
  read: (file: NetcdfFile) => Promise<T>,
): Promise<T> {
  // No `using`: not all runtimes of bundles support it
  const limit = limitMemory(available);
  try {
    const file = await openNetcdfHdf5(path === undefined ? bytes : await openSyncFile(path), name);
    try {
      return await read(file);
    } finally {
      file.close();
    }
  } finally {
    limit[Symbol.dispose]();
  }
}

function variableOf({ variables, name }: NetcdfFile, wanted: string): NetcdfVariable {
  const variable = variables.find((one) => one.name === wanted);
  if (variable) return variable;
  throw new DataError(`${name} has no array ${wanted}.`);
}

const shapeOf = ({ dimensions }: NetcdfVariable) => dimensions.map(({ length }) => length);

/**
 * Lists the arrays of numbers of a file.
 *
 * @param bytes File contents; empty if the request has its path.
 * @param request File.
 * @returns Name and shape of each.
 * @throws {DataError} If the file is damaged.
 */
export async function listImnet(
  bytes: Uint8Array,
  request: ImnetFile,
): Promise<readonly (readonly [name: string, shape: readonly number[]])[]> {
  return await withFile(
    bytes,
    request,
    ({ variables }) => Promise.resolve(variables.map((one) => [one.name, shapeOf(one)] as const)),
  );
}

/**
 * Reads the voxels of a file.
 *
 * @param bytes File contents; empty if the request has its path.
 * @param request File, name of the array, and points along each axis, if they are to be fewer than in the file.
 * @throws {DataError} If it is damaged, or the array has no cubes.
 * @throws {MemoryError} If the shapes do not fit in memory.
 */
export async function readImnetVoxels(
  bytes: Uint8Array,
  request: ImnetFile & { readonly array: string; readonly resolution?: number },
): Promise<ImnetVoxels> {
  return await withFile(bytes, request, async (file) => {
    const variable = variableOf(file, request.array), shape = shapeOf(variable);
    const from = cubicResolution(shape), items = shape.length === 3 ? 1 : shape[0]!;
    if (from === undefined) {
      throw new DataError(
        `${file.name}: ${variable.name} has the shape (${
          shape.join(", ")
        }): expected cubes, (items, S, S, S, 1).`,
      );
    }
    const resolution = Math.min(from, request.resolution ?? from), size = resolution ** 3;
    requireMemory({
      purpose: `${file.name}, ${items} shapes of ${resolution}³,`,
      bytes: items * size,
      parameters: [{
        name: "resolution",
        value: resolution,
        least: 2,
        bytes: (points) => items * points ** 3,
      }],
    });
    const voxels = new Uint8Array(items * size);
    for (let item = 0; item < items; item++) {
      const values = await file.read(variable, shape.length === 3 ? [] : [item]);
      voxels.set(
        resizeVoxels(Uint8Array.from(values, (value) => value > 0 ? 1 : 0), from, resolution),
        item * size,
      );
    }
    return { resolution, voxels };
  });
}

/**
 * Reads the points of a file.
 *
 * @param bytes File contents; empty if the request has its path.
 * @param request File, and the names of both arrays.
 * @throws {DataError} If it is damaged, or the arrays do not match.
 * @throws {MemoryError} If the points do not fit in memory.
 */
export async function readImnetPoints(
  bytes: Uint8Array,
  request: ImnetFile & { readonly points: string; readonly values: string },
): Promise<ImnetPoints> {
  return await withFile(bytes, request, async (file) => {
    const points = variableOf(file, request.points), values = variableOf(file, request.values);
    const [items = 0, count = 0, axes] = shapeOf(points), shape = shapeOf(values);
    const isMatch = points.dimensions.length === 3 && axes === 3 && shape[0] === items &&
      shape[1] === count &&
      (shape.length === 2 || (shape.length === 3 && shape[2] === 1));
    if (!isMatch || items * count === 0) {
      throw new DataError(
        `${file.name} has ${points.name} of shape (${
          shapeOf(points).join(", ")
        }) with ${values.name} of shape (${shape.join(", ")}): expected (items, n, 3) with (items, n, 1).`,
      );
    }
    requireMemory({
      purpose: `${file.name}, ${items} clouds of ${count} points,`,
      bytes: 16 * items * count,
    });
    const positions = new Float32Array(3 * items * count), features = new Float32Array(items * count);
    const isCells = points.type !== "f";
    for (let item = 0; item < items; item++) {
      const own = await file.read(points, [item]), occupancies = await file.read(values, [item]);
      const to = positions.subarray(3 * item * count, 3 * (item + 1) * count);
      for (let i = 0; i < to.length; i++) {
        const coordinate = isCells ? (2 * own[i]! + 1) / CELLS - 1 : 2 * own[i]!;
        if (!(Math.abs(coordinate) <= 1)) {
          throw new DataError(
            `${file.name}: ${points.name} has a coordinate ${own[i]} in shape ${item}: expected ${
              isCells ? `cells from 0 to ${CELLS - 1}` : "-0.5 to 0.5"
            }.`,
          );
        }
        to[i] = coordinate;
      }
      for (let i = 0; i < count; i++) features[item * count + i] = occupancies[i]! > 0.5 ? 1 : -1;
    }
    return { positions, features };
  });
}
