/**
 * Reads `.binvox` files, the format of Patrick Min's voxeliser: a text header, then run lengths of 0 and 1, with x varying
 * slowest, then z, then y. Specified at https://www.patrickmin.com/binvox/binvox.html.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { filesOfFormat } from "../core/file_formats.ts";
import type { FileSource } from "../core/file_source.ts";
import { type Orientation, reorientGrid } from "./formats/orientation.ts";
import { unpackFile } from "../core/unpack_file.ts";
import { resizeBytes, resizeVoxels, type VoxelGrids, voxelGrids } from "./voxels.ts";

/**
 * Contents of a binvox file.
 *
 * @category Shapes
 */
export interface BinvoxGrid {
  /** Points along each axis. */
  readonly resolution: number;
  /** 1 inside and 0 outside, `[x, y, z]` along the project's axes. */
  readonly voxels: Uint8Array;
  /** First corner of the grid in the coordinates of the voxelised mesh, along the file's axes. */
  readonly translate: readonly [number, number, number];
  /** Side of the grid in the coordinates of the mesh. */
  readonly scale: number;
}

/** The header's `data` line must occur within this many bytes; headers have five short lines. */
const MAX_HEADER_BYTES = 4096;

/** Maximum length of a run. */
const MAX_RUN = 255;

interface Header {
  readonly fields: ReadonlyMap<string, readonly number[]>;
  readonly dataStart: number;
}

function readHeader(bytes: Uint8Array, name: string): Header {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, MAX_HEADER_BYTES));
  if (!text.startsWith("#binvox")) {
    throw new DataError(
      `${name} is not a binvox file: expected it to start with "#binvox 1", but ` +
        (text === "" ? "it is empty." : `starts with ${JSON.stringify(text.slice(0, 12))}.`),
    );
  }
  const end = /\r?\ndata\r?\n/.exec(text);
  if (end === null) {
    throw new DataError(`${name} is damaged or truncated: a binvox header ends with a line "data".`);
  }
  const fields = new Map<string, readonly number[]>();
  for (const line of text.slice(0, end.index).split(/\r?\n/).slice(1)) {
    const [key = "", ...values] = line.trim().split(/\s+/);
    fields.set(key, values.map(Number));
  }
  return { fields, dataStart: end.index + end[0].length };
}

/** Returns the numbers of a header line, or defaults if it is absent. */
function numbers(header: Header, key: string, defaults: readonly number[], name: string): readonly number[] {
  const values = header.fields.get(key) ?? defaults;
  if (values.length === defaults.length && values.every(Number.isFinite)) return values;
  throw new DataError(
    `${name} is damaged: the "${key}" line of its header must have ${defaults.length} numbers, ` +
      `got ${values.length === 0 ? "none" : values.join(" ")}.`,
  );
}

/** Decodes runs to `size` voxels, in the file's order. */
function expandRuns(runs: Uint8Array, size: number, name: string): Uint8Array {
  if (size > MAX_RUN * Math.floor(runs.length / 2)) {
    throw new DataError(
      `${name} is truncated: ${runs.length} bytes of run lengths cannot encode ${size} voxels. Copy it again.`,
    );
  }
  // The grid, and its copy along the project's axes.
  requireMemory({ purpose: `${name}, a grid of ${size} voxels,`, bytes: 2 * size });
  const voxels = new Uint8Array(size);
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const value = runs[i]!, length = runs[i + 1]!;
    if (value > 1) {
      throw new DataError(`${name} is damaged: voxels are 0 or 1, but byte ${i} of the data is ${value}.`);
    }
    if (at + length > size) {
      throw new DataError(
        `${name} is damaged: it has more voxels than the ${size} that its header declares.`,
      );
    }
    voxels.fill(value, at, at + length);
    at += length;
  }
  if (at !== size) {
    throw new DataError(`${name} is truncated: it has ${at} of ${size} voxels. Copy it again.`);
  }
  return voxels;
}

/**
 * Reads a binvox file, plain or gzipped.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @param orientation Axes of the voxelised mesh, which the format does not specify; default: those of ShapeNet, the source
 * of most binvox files.
 * @returns The grid along the project's axes.
 * @throws {DataError} If it is not a binvox file, is damaged, or is not a cube.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example Eight voxels, all of them full
 * ```ts
 * import { readBinvox } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const header = "#binvox 1\ndim 2 2 2\ntranslate 0 0 0\nscale 1\ndata\n";
 * const { voxels } = readBinvox(Uint8Array.of(...new TextEncoder().encode(header), 1, 8));
 * assertEquals(voxels, new Uint8Array(8).fill(1));
 * ```
 *
 * @category Shapes
 */
export function readBinvox(
  bytes: Uint8Array,
  name: string = "the file",
  orientation: Orientation = "shapenet",
): BinvoxGrid {
  const content = unpackFile(bytes, name);
  const header = readHeader(content, name);
  const sizes = header.fields.get("dim") ?? [];
  const [resolution = 0] = sizes;
  if (sizes.length !== 3 || !sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw new DataError(
      `${name} is damaged: the "dim" line of its header must have three positive integers, ` +
        `got ${sizes.length === 0 ? "none" : sizes.join(" ")}.`,
    );
  }
  if (!sizes.every((size) => size === resolution)) {
    throw new DataError(`${name} is a grid of ${sizes.join("×")} voxels: only cubes are supported.`);
  }
  const [tx = 0, ty = 0, tz = 0] = numbers(header, "translate", [0, 0, 0], name);
  const [scale = 1] = numbers(header, "scale", [1], name);
  const voxels = expandRuns(content.subarray(header.dataStart), resolution ** 3, name);
  const strides = [resolution * resolution, 1, resolution] as const;
  return {
    resolution,
    voxels: reorientGrid(voxels, resolution, orientation, strides),
    translate: [tx, ty, tz],
    scale,
  };
}

/**
 * How a folder of binvox files is read.
 *
 * @category Shapes
 */
export interface BinvoxFolderOptions {
  /** Points along each axis; default: as in the files, which must then agree. */
  readonly resolution?: number;
  /** Axes of the files; default: those of ShapeNet. */
  readonly orientation?: Orientation;
}

/**
 * Reads all binvox files of a folder, sorted by name.
 *
 * @param files Folder.
 * @param options Resolution and axes.
 * @returns The shapes, resized if a resolution is given.
 * @throws {DataError} If there are none, one is damaged, or sizes differ and no resolution is given.
 * @throws {MemoryError} If they do not fit in memory.
 * @category Shapes
 */
export async function binvoxFolder(
  files: FileSource,
  options: BinvoxFolderOptions = {},
): Promise<VoxelGrids> {
  const listed = await files.list();
  const names = filesOfFormat(listed, "binvox");
  const [first] = names;
  if (first === undefined) {
    throw new DataError(`${files.location} has no .binvox files among its ${listed.length} files.`);
  }
  let { resolution } = options;
  let voxels = new Uint8Array(0);
  for (const [item, name] of names.entries()) {
    const grid = readBinvox(await files.read(name), name, options.orientation);
    resolution ??= grid.resolution;
    if (options.resolution === undefined && grid.resolution !== resolution) {
      throw new DataError(
        `${files.location} has shapes of different sizes: ${first} has ${resolution}³ voxels, ${name} has ` +
          `${grid.resolution}³. Specify a resolution.`,
      );
    }
    if (item === 0) voxels = allocateVoxels(files.location, names.length, resolution, grid.resolution);
    voxels.set(resizeVoxels(grid.voxels, grid.resolution, resolution), item * resolution ** 3);
  }
  return voxelGrids(resolution!, voxels);
}

/** Allocates the voxels of all shapes, if these and the resizing of one fit in memory. */
function allocateVoxels(
  location: string,
  count: number,
  resolution: number,
  from: number,
): Uint8Array<ArrayBuffer> {
  const bytes = (to: number) => count * to ** 3 + resizeBytes(from, to);
  requireMemory({
    purpose: `${location}, ${count} shapes at a resolution of ${resolution},`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  return new Uint8Array(count * resolution ** 3);
}
