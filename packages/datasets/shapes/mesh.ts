/**
 * Reads triangle meshes of all supported formats.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { filesOfFormat, type FormatName, formatOf } from "../core/file_formats.ts";
import type { FileSource } from "../core/file_source.ts";
import { parseGlb } from "./mesh_glb.ts";
import { parseObj } from "./mesh_obj.ts";
import { parsePly } from "./mesh_ply.ts";
import type { Orientation } from "./orientation.ts";
import type { TriangleMesh } from "./triangle_mesh.ts";
import { voxelise, voxeliseBytes } from "./voxelise.ts";
import { volumeBytes, type VoxelGrids, voxelGrids } from "./voxels.ts";

/** Reader of a mesh format. */
interface MeshReader {
  /** First characters of a file; absent for formats without a signature. */
  readonly magic?: string;
  readonly parse: (bytes: Uint8Array, name: string) => TriangleMesh;
  /** Usual axes of files. */
  readonly orientation: Orientation;
}

const READERS = {
  obj: { parse: parseObj, orientation: "y-up" },
  ply: { magic: "ply", parse: parsePly, orientation: "z-up" },
  glb: { magic: "glTF", parse: parseGlb, orientation: "y-up" },
} as const satisfies Partial<Record<FormatName, MeshReader>>;

/** Finds the reader of a file by its first bytes, else by its name. */
function readerOf(bytes: Uint8Array, name: string): MeshReader {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 4));
  const readers: readonly MeshReader[] = Object.values(READERS);
  const signed = readers.find(({ magic }) => magic !== undefined && start.startsWith(magic));
  if (signed) return signed;
  const format = formatOf(name);
  if (format !== "obj" && format !== "ply" && format !== "glb") {
    throw new DataError(`${name} is not a supported mesh: expected a .obj, .ply or .glb file.`);
  }
  const named: MeshReader = READERS[format];
  if (named.magic === undefined) return named;
  throw new DataError(
    `${name} is damaged or of another format: expected it to start with "${named.magic}", got ` +
      `${JSON.stringify(start)}.`,
  );
}

/**
 * Reads a mesh. GLB and PLY files are recognised by their first bytes, OBJ files by their name.
 *
 * @param bytes File contents.
 * @param name File name.
 * @returns Mesh along the file's axes.
 * @throws {DataError} If the file is of another format or damaged.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { parseMesh } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
 * const { positions, triangles } = parseMesh(new TextEncoder().encode(text), "one.obj");
 * assertEquals([positions.length, [...triangles]], [9, [0, 1, 2]]);
 * ```
 *
 * @category Shapes
 */
export function parseMesh(bytes: Uint8Array, name: string): TriangleMesh {
  return readerOf(bytes, name).parse(bytes, name);
}

/**
 * How a folder of meshes is read.
 *
 * @category Shapes
 */
export interface MeshFolderOptions {
  /** Points along each axis. */
  readonly resolution: number;
  /** Axes of the files; default: `y-up` for GLB and OBJ, `z-up` for PLY. */
  readonly orientation?: Orientation;
  /** Empty margin at each side of the box: see {@link voxelise}. */
  readonly margin?: number;
}

/**
 * Reads and voxelises all OBJ, PLY and GLB files of a folder, sorted by name.
 *
 * @param files Folder.
 * @param options Resolution, axes and margin.
 * @returns Voxel grids.
 * @throws {DataError} If there are none, or one is damaged or not watertight.
 * @throws {MemoryError} If they do not fit in memory.
 *
 * @example
 * ```ts
 * import { meshFolder } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n";
 * const files = {
 *   location: "shapes",
 *   list: () => Promise.resolve(["a.obj"]),
 *   read: () => Promise.resolve(new TextEncoder().encode(text)),
 * };
 * const grids = await meshFolder(files, { resolution: 8 });
 * assertEquals([grids.count, grids.grid(0).length], [1, 512]);
 * ```
 *
 * @category Shapes
 */
export async function meshFolder(files: FileSource, options: MeshFolderOptions): Promise<VoxelGrids> {
  const listed = await files.list();
  const names = filesOfFormat(listed, "obj", "ply", "glb");
  if (names.length === 0) {
    throw new DataError(
      `${files.location} has no .obj, .ply or .glb files among its ${listed.length} files.`,
    );
  }
  const { resolution } = options;
  const needed = (points: number) => names.length * points ** 3 + voxeliseBytes(points) + volumeBytes(points);
  requireMemory({
    purpose: `${files.location}, ${names.length} shapes at a resolution of ${resolution},`,
    bytes: needed(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes: needed }],
  });
  const voxels = new Uint8Array(names.length * resolution ** 3);
  for (const [item, name] of names.entries()) {
    const bytes = await files.read(name), { parse, orientation } = readerOf(bytes, name);
    const grid = voxelise(parse(bytes, name), { orientation, ...options, name });
    voxels.set(grid, item * grid.length);
  }
  return voxelGrids(resolution, voxels);
}
