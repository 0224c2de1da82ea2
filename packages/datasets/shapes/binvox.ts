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
import { fileAxes, type Orientation, reorientGrid } from "./formats/orientation.ts";
import { unpackFile } from "../core/unpack_file.ts";
import {
  interpolateVoxels,
  linearTaps,
  resizeBytes,
  resizeVoxels,
  type VoxelGrids,
  voxelGrids,
} from "./voxels.ts";

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

/**
 * Decodes runs to planes of the file's slowest axis, one after another in the same buffer.
 *
 * @param runs Pairs of a value and a length.
 * @param resolution Points along each axis.
 * @param name File name for messages.
 * @param plane Buffer of a plane, `resolution²`, or of the whole grid.
 * @param visit Called with the index of each full buffer.
 */
function expandRuns(
  runs: Uint8Array,
  resolution: number,
  name: string,
  plane: Uint8Array,
  visit: (index: number) => void,
): void {
  const size = resolution ** 3;
  let at = 0, inPlane = 0, index = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const value = runs[i]!;
    let length = runs[i + 1]!;
    if (value > 1) {
      throw new DataError(`${name} is damaged: voxels are 0 or 1, but byte ${i} of the data is ${value}.`);
    }
    at += length;
    if (at > size) {
      throw new DataError(
        `${name} is damaged: it has more voxels than the ${size} that its header declares.`,
      );
    }
    while (length > 0) {
      const part = Math.min(length, plane.length - inPlane);
      plane.fill(value, inPlane, inPlane + part);
      inPlane += part;
      length -= part;
      if (inPlane < plane.length) continue;
      visit(index++);
      inPlane = 0;
    }
  }
  if (at !== size) {
    throw new DataError(`${name} is truncated: it has ${at} of ${size} voxels. Copy it again.`);
  }
}

/** Throws if runs are too short for the voxels that the header declares. */
function requireRuns(runs: Uint8Array, size: number, name: string): void {
  if (size <= MAX_RUN * Math.floor(runs.length / 2)) return;
  throw new DataError(
    `${name} is truncated: ${runs.length} bytes of run lengths cannot encode ${size} voxels. Copy it again.`,
  );
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
  const { header, resolution, runs } = openBinvox(bytes, name);
  const [tx = 0, ty = 0, tz = 0] = numbers(header, "translate", [0, 0, 0], name);
  const [scale = 1] = numbers(header, "scale", [1], name);
  // The grid, and its copy along the project's axes.
  requireMemory({ purpose: `${name}, a grid of ${resolution ** 3} voxels,`, bytes: 2 * resolution ** 3 });
  const voxels = new Uint8Array(resolution ** 3);
  expandRuns(runs, resolution, name, voxels, () => {});
  const strides = [resolution * resolution, 1, resolution] as const;
  return {
    resolution,
    voxels: reorientGrid(voxels, resolution, orientation, strides),
    translate: [tx, ty, tz],
    scale,
  };
}

interface OpenedBinvox {
  readonly header: Header;
  readonly resolution: number;
  readonly runs: Uint8Array;
}

function openBinvox(bytes: Uint8Array, name: string): OpenedBinvox {
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
  const runs = content.subarray(header.dataStart);
  requireRuns(runs, resolution ** 3, name);
  return { header, resolution, runs };
}

/**
 * Reads a binvox file at another resolution, as `resizeVoxels` would resize it, in the memory of the result: interpolation
 * uses two samples per axis and output voxel, and only these are stored.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @param to Points along each axis.
 * @param orientation Axes of the voxelised mesh.
 * @returns 1 inside and 0 outside, `[x, y, z]` along the project's axes.
 * @throws {DataError} If it is not a binvox file, is damaged, or is not a cube.
 * @throws {MemoryError} If it does not fit in memory.
 */
export function readBinvoxAt(
  bytes: Uint8Array,
  name: string,
  to: number,
  orientation: Orientation = "shapenet",
): Uint8Array {
  const { resolution: from, runs } = openBinvox(bytes, name);
  if (2 * to >= from) return resizeVoxels(readBinvox(bytes, name, orientation).voxels, from, to);
  const taps = linearTaps(from, to), wide = 2 * to;
  requireMemory({
    purpose: `${name} at a resolution of ${to}`,
    bytes: readBytes(from, to),
    parameters: [{ name: "resolution", value: to, least: 2, bytes: (side) => readBytes(from, side) }],
  });
  // Samples along each of the file's axes, with their place in the grid of samples.
  const places = [0, 1, 2].map((fileAxis) => {
    const project = fileAxes(orientation).findIndex(({ axis }) => axis === fileAxis);
    const { sign } = fileAxes(orientation)[project]!, stride = wide ** (2 - project);
    return taps.flatMap(({ low, high }, i) =>
      [low, high].map((sample, j) => ({
        sample: sign > 0 ? sample : from - 1 - sample,
        place: (2 * i + j) * stride,
      }))
    );
  });
  const [alongX, alongY, alongZ] = places as [Place[], Place[], Place[]];
  const samples = new Uint8Array(wide ** 3), plane = new Uint8Array(from * from);
  const planes = Map.groupBy(alongX, ({ sample }) => sample);
  expandRuns(runs, from, name, plane, (index) => {
    for (const { place: x } of planes.get(index) ?? []) {
      for (const { sample, place: z } of alongZ) {
        for (const { sample: y, place } of alongY) samples[x + z + place] = plane[sample * from + y]!;
      }
    }
  });
  return interpolateVoxels(samples, wide, taps.map(({ part }, i) => ({ low: 2 * i, high: 2 * i + 1, part })));
}

/** Bytes that {@link readBinvoxAt} allocates. */
function readBytes(from: number, to: number): number {
  if (2 * to >= from) return 2 * from ** 3 + resizeBytes(from, to);
  return from * from + 8 * to ** 3 + resizeBytes(2 * to, to);
}

/** A sample of an axis, and its offset in the grid of samples. */
interface Place {
  readonly sample: number;
  readonly place: number;
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
  /** Whether to leave out files that are damaged or have nothing inside, instead of throwing; default false. */
  readonly skipDamaged?: boolean;
  /** Receives warnings about the files left out. */
  readonly report?: (message: string) => void;
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
  let voxels: Uint8Array | undefined, item = 0;
  const damaged: string[] = [];
  for (const name of names) {
    try {
      const bytes = await files.read(name);
      const { resolution: from } = openBinvox(bytes, name);
      resolution ??= from;
      if (options.resolution === undefined && from !== resolution) {
        throw new DataError(
          `${files.location} has shapes of different sizes: ${first} has ${resolution}³ voxels, ${name} has ` +
            `${from}³. Specify a resolution.`,
        );
      }
      voxels ??= allocateVoxels(files.location, names.length, resolution, from);
      const grid = readBinvoxAt(bytes, name, resolution, options.orientation);
      if (!grid.includes(1)) {
        throw new DataError(
          `${name} has nothing inside: all its voxels are 0. Remove it, or voxelise its mesh anew.`,
        );
      }
      voxels.set(grid, item * resolution ** 3);
      item++;
    } catch (error) {
      if (!options.skipDamaged || !(error instanceof DataError)) throw error;
      damaged.push(error.message);
      options.report?.(`Skipped: ${error.message}`);
    }
  }
  if (item === 0 || voxels === undefined) {
    throw new DataError(`All ${names.length} shapes of ${files.location} are unusable: ${damaged[0]}`);
  }
  return voxelGrids(resolution!, voxels.subarray(0, item * resolution! ** 3));
}

/** Allocates the voxels of all shapes, if they fit in memory and one can be read. */
function allocateVoxels(
  location: string,
  count: number,
  resolution: number,
  from: number,
): Uint8Array<ArrayBuffer> {
  const bytes = (to: number) => count * to ** 3 + readBytes(from, to);
  requireMemory({
    purpose: `${location}, ${count} shapes at a resolution of ${resolution},`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
  return new Uint8Array(count * resolution ** 3);
}
