/**
 * Surfaces of triangles: what the readers of meshes give, and which reader a file needs.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { FileSource } from "../core/file_source.ts";
import { parseGlb } from "./mesh_glb.ts";
import { parseObj } from "./mesh_obj.ts";
import { parsePly } from "./mesh_ply.ts";
import type { Orientation } from "./orientation.ts";
import type { TriangleMesh } from "./triangle_mesh.ts";
import { voxelise, voxeliseBytes } from "./voxelise.ts";
import { volumeBytes, type VoxelGrids, voxelGrids } from "./voxels.ts";

const KINDS: readonly {
  readonly extension: RegExp;
  readonly magic: string | undefined;
  readonly parse: (bytes: Uint8Array, name: string) => TriangleMesh;
  readonly orientation: Orientation;
}[] = [
  { extension: /\.glb$/i, magic: "glTF", parse: parseGlb, orientation: "y-up" },
  { extension: /\.ply$/i, magic: "ply", parse: parsePly, orientation: "z-up" },
  { extension: /\.obj$/i, magic: undefined, parse: parseObj, orientation: "y-up" },
];

function kindOf(bytes: Uint8Array, name: string): (typeof KINDS)[number] {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 4));
  const kind = KINDS.find(({ magic }) => magic !== undefined && start.startsWith(magic)) ??
    KINDS.find(({ extension, magic }) => magic === undefined && extension.test(name));
  if (kind) return kind;
  const expected = KINDS.find(({ extension }) => extension.test(name));
  throw new DataError(
    expected
      ? `${name} is damaged or of another kind: it should start with "${expected.magic}", but starts with ` +
        `${JSON.stringify(start)}.`
      : `${name} is not a mesh that can be read: expected a .obj, .ply or .glb file.`,
  );
}

/**
 * Reads a mesh: GLB and PLY files are known by their first bytes, OBJ files by their name.
 *
 * @param bytes The file.
 * @param name Name of the file.
 * @returns The triangles, along the file's axes.
 * @throws {DataError} If the file is of another kind or damaged.
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
 */
export function parseMesh(bytes: Uint8Array, name: string): TriangleMesh {
  return kindOf(bytes, name).parse(bytes, name);
}

/** How a folder of meshes is read. */
export interface MeshFolderOptions {
  /** Points along each axis. */
  readonly resolution: number;
  /** Axes of the files; by default `y-up` for GLB and OBJ, `z-up` for PLY. */
  readonly orientation?: Orientation;
  /** Part of the box left empty at each side: see {@link voxelise}. */
  readonly margin?: number;
}

/**
 * Reads and voxelises all OBJ, PLY and GLB files of a folder, in the order of their names.
 *
 * @param files The folder.
 * @param options Resolution, axes and margin.
 * @returns The shapes.
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
 */
export async function meshFolder(files: FileSource, options: MeshFolderOptions): Promise<VoxelGrids> {
  const listed = await files.list();
  const names = listed.filter((name) => KINDS.some(({ extension }) => extension.test(name))).sort();
  if (names.length === 0) {
    throw new DataError(
      `${files.location} has no .obj, .ply or .glb files: ${listed.length} files of other kinds.`,
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
    const bytes = await files.read(name), kind = kindOf(bytes, name);
    const grid = voxelise(kind.parse(bytes, name), { orientation: kind.orientation, ...options, name });
    voxels.set(grid, item * grid.length);
  }
  return voxelGrids(resolution, voxels);
}
