/**
 * Opens files as shapes: meshes, voxels, signed distances, and points with occupancy.
 *
 * @module
 */
import type { ArrayEntry, NumberArray } from "./arrays/array_file.ts";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import { filesOfFormat, formatOf } from "./core/file_formats.ts";
import { type FileTree, someFiles } from "./core/file_source.ts";
import { type OpenRequest, variablesOf } from "./open_request.ts";
import { isCloudLayout } from "./shapes/cloud_layouts.ts";
import type { Orientation } from "./shapes/formats/orientation.ts";
import { openImnet } from "./shapes/imnet.ts";
import { occupancyPointDataset, occupancyPointsFolder } from "./shapes/occupancy_points.ts";
import { shapeFolder } from "./shapes/shape_folder.ts";
import { cubicResolution, readVoxelFile } from "./shapes/voxel_file.ts";
import { resizeVoxels, voxelDataset, type VoxelGrids } from "./shapes/voxels.ts";

/** What to open as shapes. */
export interface ShapeRequest {
  /** Folder. */
  readonly files: FileTree;
  /** Points along each axis. */
  readonly resolution?: number;
  /** Array of an HDF5 file. */
  readonly variable?: string;
  /** Axes of the files. */
  readonly orientation?: Orientation;
  /** What is inside of a mesh. */
  readonly rule?: "winding" | "parity";
  /** Whether to leave out damaged and empty shapes instead of throwing; default false. */
  readonly skipDamaged?: boolean;
  /** Receives warnings. */
  readonly report?: (message: string) => void;
}

/**
 * Returns what to open as shapes.
 *
 * @param request What to open.
 */
export function shapeRequest(request: OpenRequest): ShapeRequest {
  const { files, resolution, report, read: { axes, inside, skipDamaged } = {} } = request;
  const [variable] = variablesOf(request);
  return {
    files,
    ...(variable !== undefined && { variable }),
    ...(resolution !== undefined && { resolution }),
    ...(report && { report }),
    ...(axes && { orientation: axes }),
    ...(inside && { rule: inside }),
    ...(skipDamaged && { skipDamaged }),
  };
}

/** A data set with the assumptions made. */
export interface OpenedShapes {
  /** Data set. */
  readonly dataset: Dataset;
  /** Assumptions, as clauses. */
  readonly assumptions: readonly string[];
}

/**
 * Opens meshes and voxel files.
 *
 * @param request Folder, and how it is read.
 * @param first Name of the first file.
 * @throws {DataError} If there are none, or one cannot be used.
 */
export async function openShapes(request: ShapeRequest, first: string): Promise<OpenedShapes> {
  const { files } = request;
  if (formatOf(first) === "hdf5") return await openHdf5(request, first, "shapes");
  const { grids, assumptions } = await shapeFolder(files, request);
  return { dataset: voxelDataset(files.location, grids), assumptions };
}

/**
 * Opens an HDF5 file of IM-NET.
 *
 * @param request Folder, and how it is read.
 * @param first Name of the first file.
 * @param kind Voxels, or points with occupancy.
 * @throws {DataError} If it cannot be used.
 */
export async function openHdf5(
  request: ShapeRequest,
  first: string,
  kind: "shapes" | "occupancy",
): Promise<OpenedShapes> {
  const { files, variable, resolution, orientation } = request;
  const all = filesOfFormat(await files.list(), "hdf5");
  const opened = await openImnet({ files, file: first, kind, variable, resolution, orientation });
  if (all.length === 1) return opened;
  const note = `of ${all.length} HDF5 files ${first} is read: pass another to read that`;
  return { ...opened, assumptions: [note, ...opened.assumptions] };
}

/**
 * Opens arrays of shapes: one file, or all of a folder.
 *
 * @param request Folder, and how it is read.
 * @param names Names of the files.
 * @param kind Voxels or signed distances (`shapes`), or points with occupancy.
 * @throws {DataError} If one cannot be used.
 */
export async function openShapeArrays(
  request: ShapeRequest,
  names: readonly string[],
  kind: "shapes" | "occupancy",
): Promise<OpenedShapes> {
  const { files, resolution, orientation, report } = request;
  const single = names.length === 1 ? `${files.location}/${names[0]}` : files.location;
  const many = names.length === 1 ? [] : [`the shapes of ${names.length} files are the items`];
  if (kind === "occupancy") {
    const clouds = await occupancyPointsFolder(someFiles(files, pointFiles(names)), {
      ...(orientation && { orientation }),
      ...(report && { report }),
    });
    return {
      dataset: occupancyPointDataset(single, clouds, { resolution: resolution ?? 32 }),
      assumptions: [...many, "x, y, z and occupancy of points"],
    };
  }
  const parts: VoxelGrids[] = [], assumptions = new Set<string>();
  let points = resolution, skipped = 0;
  for (const name of names) {
    const path = `${files.location}/${name}`;
    try {
      const part = readVoxelFile(await files.read(name), path, orientation, (text) => assumptions.add(text));
      points ??= part.resolution;
      if (part.resolution !== points && resolution === undefined) {
        throw new DataError(
          `${files.location} has shapes of different sizes: ${path} has ${part.resolution}³ voxels, others ` +
            `${points}³. Specify a resolution.`,
        );
      }
      parts.push(part);
    } catch (error) {
      if (!request.skipDamaged || !(error instanceof DataError)) throw error;
      skipped++;
      if (skipped <= 3) report?.(`Skipped: ${error.message}`);
    }
  }
  if (skipped > 3) report?.(`In all, ${skipped} files were skipped.`);
  if (parts.length === 0) throw new DataError(`All ${names.length} files of ${files.location} are unusable.`);
  return {
    dataset: voxelDataset(single, concatenated(parts, points!), { resolution: points! }),
    assumptions: [...many, ...assumptions],
  };
}

/** Of the files of Occupancy Networks, those with occupancies: `pointcloud.npz` has points of the surface. */
function pointFiles(names: readonly string[]): readonly string[] {
  const points = names.filter((name) => /(?:^|\/)points(?:_iou_?\d*)?\.npz$/.test(name));
  return points.length > 0 ? points : names;
}

function concatenated(parts: readonly VoxelGrids[], resolution: number): VoxelGrids {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const items = parts.flatMap((part) => Array.from({ length: part.count }, (_, item) => ({ part, item })));
  return {
    count: items.length,
    resolution,
    grid(index) {
      const { part, item } = items[index]!;
      return resizeVoxels(part.grid(item), part.resolution, resolution);
    },
  };
}

/** Points whose last column is examined. */
const EXAMINED = 10_000;

/**
 * Whether an array is a cloud `[points, 4]` of coordinates in [-0.5, 0.5] and occupancy 0 or 1.
 *
 * @param array Array.
 */
export function isOccupancyCloud({ shape, dtype, read }: ArrayEntry): boolean {
  if (shape.length !== 2 || shape[1] !== 4 || shape[0]! < 8 || !dtype.startsWith("f")) return false;
  const { data } = read(), count = Math.min(EXAMINED, shape[0]!);
  let inside = 0;
  for (let i = 0; i < 4 * count; i += 4) {
    for (let axis = 0; axis < 3; axis++) if (!(Math.abs(data[i + axis]!) <= 0.5 + 1e-5)) return false;
    if (data[i + 3] !== 0 && data[i + 3] !== 1) return false;
    inside += data[i + 3]!;
  }
  return inside > 0;
}

/** Whether an array holds booleans, or integers of which none is above 1. */
export function isBinary({ dtype, read }: ArrayEntry): boolean {
  if (dtype === "b1") return true;
  if (!/^[iu]/.test(dtype)) return false;
  const { data }: NumberArray = read();
  for (let i = 0; i < data.length; i++) if (data[i]! < 0 || data[i]! > 1) return false;
  return true;
}

/**
 * Infers whether a file of arrays holds shapes.
 *
 * @param arrays Arrays of the file by name.
 * @param files Number of array files in the folder.
 * @returns The kind; `undefined` if it holds something else.
 */
export function shapeKind(
  arrays: ReadonlyMap<string, ArrayEntry>,
  files: number,
): "shapes" | "occupancy" | undefined {
  if (isCloudLayout(arrays)) return "occupancy";
  const [array, second] = arrays.values();
  if (array === undefined || second !== undefined) return undefined;
  const { shape } = array;
  const points = cubicResolution(shape);
  if (points !== undefined && points > 1) {
    // One cube may also be as many images as it has rows.
    return shape.length > 3 || files > 1 || isBinary(array) ? "shapes" : undefined;
  }
  if (shape.length === 3 && shape[2] === 4) return "occupancy";
  return isOccupancyCloud(array) ? "occupancy" : undefined;
}
