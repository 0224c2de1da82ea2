/**
 * The HDF5 files of IM-NET and its successors (BSP-NET, DECOR-GAN, …) as shapes, or as points with occupancy.
 *
 * @module
 */
import { availableMemory, requireMemory } from "@gasp/tensor";
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import type { FileTree } from "../core/file_source.ts";
import { GuardedParser, type GuardOptions } from "../core/guarded_worker.ts";
import { unpackFile } from "../core/unpack_file.ts";
import { type Orientation, reorientGrid, reorientPositions } from "./formats/orientation.ts";
import type { ImnetFile, ImnetPoints, ImnetVoxels } from "./imnet_worker.ts";
import { occupancyPointDataset } from "./occupancy_points.ts";
import { cubicResolution } from "./voxel_file.ts";
import { voxelDataset, voxelGrids } from "./voxels.ts";

/** Arrays of a file: shapes by name. */
export type ImnetArrays = ReadonlyMap<string, readonly number[]>;

/** Kinds of data that such files hold. */
export type ImnetKind = "shapes" | "occupancy";

/** What to open. */
export interface ImnetRequest {
  /** Folder. */
  readonly files: FileTree;
  /** Name of the file. */
  readonly file: string;
  /** Voxels, or points. */
  readonly kind: ImnetKind;
  /** Array to read; default: `voxels`, or the points of the highest resolution. */
  readonly variable?: string | undefined;
  /** Points along each axis. */
  readonly resolution?: number | undefined;
  /** Axes of the file; default: the project's. */
  readonly orientation?: Orientation | undefined;
}

/** A data set, and what was assumed, as clauses. */
export interface OpenedImnet {
  /** Data set. */
  readonly dataset: Dataset;
  /** Assumptions. */
  readonly assumptions: readonly string[];
}

/** Seconds for a file: a minute, and one a mebibyte of the file or of its numbers. */
function secondsFor(fileBytes: number, numbers: number): number {
  return 60 + (fileBytes + numbers) / 2 ** 20;
}

async function inWorker<T>(
  parser: GuardedParser,
  { files, file }: Pick<ImnetRequest, "files" | "file">,
  functionName: string,
  argument: object = {},
  numbers = 0,
): Promise<T> {
  const name = `${files.location}/${file}`;
  const path = file.toLowerCase().endsWith(".gz") ? undefined : files.path?.(file);
  const bytes = path === undefined ? unpackFile(await files.read(file), name) : new Uint8Array(0);
  // One copy for the worker, one for the library.
  const copies = 2 * bytes.length;
  if (copies > 0) requireMemory({ purpose: `${name}, an HDF5 file,`, bytes: copies });
  const fileBytes = (await files.entries()).find((entry) => entry.name === file)?.size ?? bytes.length;
  const request: ImnetFile = { name, path, available: availableMemory() - copies };
  const options: GuardOptions = {
    seconds: secondsFor(fileBytes, numbers),
    name,
    argument: { ...request, ...argument },
    fileBytes: Math.max(fileBytes, bytes.length),
  };
  return await parser.call<T>(functionName, bytes, options);
}

function newParser(): GuardedParser {
  return new GuardedParser(new URL("./imnet_worker.ts", import.meta.url));
}

/** Lists the arrays of a file. */
async function arraysOf(
  parser: GuardedParser,
  request: Pick<ImnetRequest, "files" | "file">,
): Promise<ImnetArrays> {
  return new Map(await inWorker<[string, number[]][]>(parser, request, "listImnet"));
}

/** Names of points by their resolution, highest first: `points_64`, `points_32`, `points_16`. */
function pointNames(arrays: ImnetArrays): readonly string[] {
  const names = [...arrays.keys()].filter((name) => /^points_\d+$/.test(name) && arrays.has(valuesOf(name)));
  return names.sort((a, b) => Number(b.slice(7)) - Number(a.slice(7)));
}

function valuesOf(points: string): string {
  return points.replace("points", "values");
}

/** Names of cubes, `voxels` first. */
function voxelNames(arrays: ImnetArrays): readonly string[] {
  const names = [...arrays].filter(([name, shape]) =>
    /voxel/i.test(name) && cubicResolution(shape) !== undefined
  ).map(([name]) => name);
  return names.sort((a, b) => Number(b === "voxels") - Number(a === "voxels"));
}

/**
 * Finds what a file of HDF5 holds, by the names of its arrays.
 *
 * @param files Folder.
 * @param file Name of the file.
 * @returns The kind; `undefined` if it holds something else, or cannot be read.
 */
export async function imnetKind(files: FileTree, file: string): Promise<ImnetKind | undefined> {
  const parser = newParser();
  try {
    const arrays = await arraysOf(parser, { files, file });
    if (voxelNames(arrays).length > 0) return "shapes";
    return pointNames(arrays).length > 0 ? "occupancy" : undefined;
  } catch (error) {
    // The reader of fields says what is wrong.
    if (error instanceof DataError) return undefined;
    throw error;
  } finally {
    parser.stop();
  }
}

/**
 * Opens a file as shapes or as points with occupancy.
 *
 * @param request File, and what of it.
 * @throws {DataError} If it is damaged, or has no such arrays.
 * @throws {MemoryError} If it does not fit in memory.
 */
export async function openImnet(request: ImnetRequest): Promise<OpenedImnet> {
  const parser = newParser();
  try {
    return await openBy(parser, request);
  } finally {
    parser.stop();
  }
}

async function openBy(parser: GuardedParser, request: ImnetRequest): Promise<OpenedImnet> {
  const { files, file, kind, variable, resolution, orientation = "z-up" } = request;
  const name = `${files.location}/${file}`;
  const arrays = await arraysOf(parser, request);
  const voxels = voxelNames(arrays), points = pointNames(arrays);
  const names = kind === "shapes" ? voxels : points, chosen = variable ?? names[0];
  if (chosen === undefined || !arrays.has(chosen) || (kind === "occupancy" && !points.includes(chosen))) {
    const [other] = kind === "shapes" ? points : voxels;
    const cure = names.length > 0
      ? `say which of ${names.join(", ")} with --variable`
      : other === undefined
      ? "IM-NET's files have voxels, or points_64 and values_64"
      : `write ${kind === "shapes" ? "occupancy" : "shapes"}:FILE to read ${other}`;
    const found = [...arrays.keys()].slice(0, 12).join(", ") || "nothing";
    throw new DataError(
      `${name} has no ${
        variable ?? (kind === "shapes" ? 'array "voxels" of cubes' : "points with values")
      }: ` +
        `found ${found}; ${cure}.`,
    );
  }
  const unread = [...arrays.keys()].filter((one) => one !== chosen && one !== valuesOf(chosen));
  const rest = unread.length === 0
    ? []
    : [`${unread.slice(0, 8).join(", ")} of ${file} ${unread.length === 1 ? "is" : "are"} not read`];
  const numbers = arrays.get(chosen)!.reduce((all, length) => all * length, 1);
  if (kind === "shapes") {
    const argument = { array: chosen, ...(resolution !== undefined && { resolution }) };
    const read = await inWorker<ImnetVoxels>(parser, request, "readImnetVoxels", argument, numbers);
    const size = read.resolution ** 3;
    for (let start = 0; start < read.voxels.length; start += size) {
      const grid = read.voxels.subarray(start, start + size);
      read.voxels.set(reorientGrid(grid, read.resolution, orientation), start);
    }
    const grids = voxelGrids(read.resolution, read.voxels);
    return {
      dataset: voxelDataset(name, grids, resolution === undefined ? {} : { resolution }),
      assumptions: [`${chosen} holds the shapes, as in IM-NET's files: inside is above 0`, ...rest],
    };
  }
  const argument = { points: chosen, values: valuesOf(chosen) };
  const { positions, features } = await inWorker<ImnetPoints>(
    parser,
    request,
    "readImnetPoints",
    argument,
    2 * numbers,
  );
  const [count = 0, each = 0] = arrays.get(chosen)!;
  const clouds = { count, points: each, positions: reorientPositions(positions, orientation), features };
  return {
    dataset: occupancyPointDataset(name, clouds, { resolution: resolution ?? 32 }),
    assumptions: [
      `${chosen} holds cells of a grid of 256³, ${valuesOf(chosen)} their occupancy, as in IM-NET's files`,
      ...(points.length > 1 && variable === undefined
        ? [`of ${points.join(", ")} the first is read: choose another with --variable`]
        : []),
      ...rest,
    ],
  };
}
