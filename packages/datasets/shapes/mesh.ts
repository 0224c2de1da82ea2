/**
 * Reads triangle meshes of all supported formats.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { filesOfFormat, type FormatName, formatOf } from "../core/file_formats.ts";
import type { FileSource } from "../core/file_source.ts";
import { parseGlb } from "./formats/mesh_glb.ts";
import { parseObj } from "./formats/mesh_obj.ts";
import { parseOff } from "./formats/mesh_off.ts";
import { parsePly } from "./formats/mesh_ply.ts";
import { parseStl } from "./formats/mesh_stl.ts";
import type { ReadBeside } from "./formats/glb_container.ts";
import type { Orientation } from "./formats/orientation.ts";
import type { TriangleMesh } from "./formats/triangle_mesh.ts";
import { voxelise, voxeliseBytes, type VoxeliseOptions } from "./surface/voxelise.ts";
import { volumeBytes, type VoxelGrids, voxelGrids } from "./voxels.ts";

/** Reader of a mesh format. */
interface MeshReader {
  /** Whether a file begins like this format; absent for formats without a signature. */
  readonly signature?: RegExp;
  readonly parse: (
    bytes: Uint8Array,
    name: string,
    readBeside?: ReadBeside,
  ) => TriangleMesh | Promise<TriangleMesh>;
  /** Usual axes of files. */
  readonly orientation: Orientation;
}

/** STL and OBJ files have no signature that others could not have, and are found by their names. */
const READERS = {
  obj: { parse: parseObj, orientation: "y-up" },
  ply: { signature: /^ply\r?\n/, parse: parsePly, orientation: "z-up" },
  glb: { signature: /^glTF/, parse: parseGlb, orientation: "y-up" },
  gltf: { parse: parseGlb, orientation: "y-up" },
  off: { signature: /^(ST)?C?N?4?n?OFF/, parse: parseOff, orientation: "z-up" },
  stl: { parse: parseStl, orientation: "z-up" },
} as const satisfies Partial<Record<FormatName, MeshReader>>;

/** The formats of meshes. */
export const MESH_FORMATS = Object.keys(READERS) as readonly (keyof typeof READERS)[];

const ENDINGS = ".obj, .ply, .glb, .gltf, .off or .stl";

/** Bytes that are compared with signatures. */
const SIGNATURE_BYTES = 8;

/** Finds the reader of a file by its first bytes, else by its name. */
function readerOf(bytes: Uint8Array, name: string): MeshReader {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, SIGNATURE_BYTES));
  const readers: readonly MeshReader[] = Object.values(READERS);
  const signed = readers.find(({ signature }) => signature?.test(start));
  if (signed) return signed;
  const named = MESH_FORMATS.find((format) => format === formatOf(name));
  if (named === undefined) {
    throw new DataError(`${name} is not a supported mesh: expected a ${ENDINGS} file.`);
  }
  return READERS[named];
}

/**
 * Reads a mesh. GLB, PLY and OFF files are recognised by their first bytes, others by their name.
 *
 * @param bytes File contents.
 * @param name File name.
 * @param readBeside Reads the buffers of a `.gltf` file.
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
 * const { positions, triangles } = await parseMesh(new TextEncoder().encode(text), "one.obj");
 * assertEquals([positions.length, [...triangles]], [9, [0, 1, 2]]);
 * ```
 *
 * @category Shapes
 */
export async function parseMesh(
  bytes: Uint8Array,
  name: string,
  readBeside?: ReadBeside,
): Promise<TriangleMesh> {
  return await readerOf(bytes, name).parse(bytes, name, readBeside);
}

/**
 * How a folder of meshes is read.
 *
 * @category Shapes
 */
export interface MeshFolderOptions extends Pick<VoxeliseOptions, "margin" | "rule" | "weld"> {
  /** Points along each axis. */
  readonly resolution: number;
  /** Axes of the files; default: `y-up` for glTF and OBJ, `z-up` for PLY, OFF and STL. */
  readonly orientation?: Orientation;
  /** Whether to leave out files that are damaged or have nothing inside, instead of throwing; default false. */
  readonly skipDamaged?: boolean;
  /** Receives warnings: of the files left out, and of surfaces that are not watertight. */
  readonly report?: (message: string) => void;
}

/** Reports of single files before the rest are counted. */
const MAX_REPORTS = 3;

/**
 * Reads and voxelises all meshes of a folder, sorted by name.
 *
 * @param files Folder.
 * @param options Resolution, axes, margin, and how surfaces and damaged files are treated.
 * @returns Voxel grids.
 * @throws {DataError} If there are none, or one is damaged or has nothing inside.
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
  const names = filesOfFormat(listed, ...MESH_FORMATS);
  if (names.length === 0) {
    throw new DataError(
      `${files.location} has no ${ENDINGS} files among its ${listed.length} files.`,
    );
  }
  const { resolution, skipDamaged, report } = options;
  const needed = (points: number) => names.length * points ** 3 + voxeliseBytes(points) + volumeBytes(points);
  requireMemory({
    purpose: `${files.location}, ${names.length} shapes at a resolution of ${resolution},`,
    bytes: needed(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes: needed }],
  });
  const voxels = new Uint8Array(names.length * resolution ** 3);
  const open: string[] = [], damaged: string[] = [];
  let item = 0;
  for (const name of names) {
    try {
      const bytes = await files.read(name), { parse, orientation } = readerOf(bytes, name);
      const folder = name.slice(0, name.lastIndexOf("/") + 1);
      const mesh = await parse(bytes, name, (path) => files.read(folder + path));
      const notes = { name, report: (message: string) => open.push(message) };
      voxels.set(voxelise(mesh, { orientation, ...options, ...notes }), item * resolution ** 3);
      item++;
    } catch (error) {
      if (!skipDamaged || !(error instanceof DataError)) throw error;
      damaged.push(error.message);
    }
  }
  reportSome(open, "shapes are not watertight: inside is where their winding number is above 0.5", report);
  reportSome(damaged.map((message) => `Skipped: ${message}`), "shapes were skipped", report);
  if (item === 0) {
    throw new DataError(`All ${names.length} meshes of ${files.location} are unusable: ${damaged[0]}`);
  }
  return voxelGrids(resolution, voxels.subarray(0, item * resolution ** 3));
}

/** Reports the first messages and the number of all. */
function reportSome(messages: readonly string[], what: string, report: MeshFolderOptions["report"]): void {
  for (const message of messages.slice(0, MAX_REPORTS)) report?.(message);
  if (messages.length > MAX_REPORTS) report?.(`In all, ${messages.length} ${what}.`);
}
