/**
 * Folders of shapes, with one item per model where a model has several files, as in ShapeNet: `SYNSET/MODEL/models/` with
 * `model_normalized.obj`, `.solid.binvox` and `.surface.binvox` (ShapeNetCore v2), or `SYNSET/MODEL/model.obj` (v1).
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { filesOfFormat, formatOf } from "../core/file_formats.ts";
import { type FileTree, someFiles } from "../core/file_source.ts";
import { binvoxFolder } from "./binvox.ts";
import { MESH_FORMATS, meshFolder } from "./mesh.ts";
import type { Orientation } from "./formats/orientation.ts";
import type { VoxelGrids } from "./voxels.ts";

/** How a folder of shapes is read. */
export interface ShapeFolderOptions {
  /** Points along each axis; default: that of voxel files, 32 for meshes. */
  readonly resolution?: number;
  /** Axes of the files; default: the usual ones of their format, and ShapeNet's in its layout. */
  readonly orientation?: Orientation;
  /** What is inside of a mesh: see `voxelise`. */
  readonly rule?: "winding" | "parity";
  /** Whether to leave out damaged and empty shapes instead of throwing; default false. */
  readonly skipDamaged?: boolean;
  /** Receives warnings. */
  readonly report?: (message: string) => void;
}

/** Files that hold a model, best first: filled voxels are exact and fast to read; those of the surface alone are hollow. */
const PREFERENCE = [
  ".solid.binvox",
  ".binvox",
  ".glb",
  ".gltf",
  ".obj",
  ".ply",
  ".off",
  ".stl",
  ".surface.binvox",
];

/** Default resolution of voxelised meshes. */
const MESH_RESOLUTION = 32;

/** Path of a model in a layout like ShapeNet's. */
const SHAPENET = /(?:^|\/)(?:models\/)?model(?:_normalized)?(?:\.solid|\.surface)?\.(?:binvox|obj)(?:\.gz)?$/;

function endingOf(name: string): string {
  const lower = name.toLowerCase().replace(/\.gz$/, "");
  const endings = PREFERENCE.filter((ending) => lower.endsWith(ending));
  return endings.reduce((longest, ending) => ending.length > longest.length ? ending : longest, "");
}

/**
 * Selects one file per model: files in one folder whose names differ in their endings only are the same model.
 *
 * @param names Names of files.
 * @returns Selected files, sorted, and a sentence if others were left out.
 */
export function filePerModel(
  names: readonly string[],
): { readonly selected: readonly string[]; readonly note?: string } {
  const models = new Map<string, string>();
  const shapes = filesOfFormat(names, "binvox", ...MESH_FORMATS);
  for (const name of shapes) {
    const ending = endingOf(name), stem = name.replace(/\.gz$/i, "").slice(0, -ending.length);
    const other = models.get(stem);
    if (other === undefined || PREFERENCE.indexOf(ending) < PREFERENCE.indexOf(endingOf(other))) {
      models.set(stem, name);
    }
  }
  const selected = [...models.values()].sort();
  if (selected.length === shapes.length) return { selected };
  const counted = (list: readonly string[]) =>
    [...new Set(list.map(endingOf))].map((ending) =>
      `${ending} (${list.filter((name) => endingOf(name) === ending).length})`
    ).join(", ");
  const chosen = new Set(selected), rest = shapes.filter((name) => !chosen.has(name));
  return {
    selected,
    note: `each of ${selected.length} models is one item: read ${counted(selected)}, not ${counted(rest)}`,
  };
}

/**
 * Reads all shapes of a folder: voxels, then meshes, each sorted by name.
 *
 * @param files Folder.
 * @param options Resolution, axes, and how damaged files are treated.
 * @returns Shapes of one size, and the assumptions made.
 * @throws {DataError} If there are none, or one is damaged or empty.
 * @throws {MemoryError} If they do not fit in memory.
 */
export async function shapeFolder(
  files: FileTree,
  options: ShapeFolderOptions = {},
): Promise<{ readonly grids: VoxelGrids; readonly assumptions: readonly string[] }> {
  const { selected, note } = filePerModel(await files.list());
  const assumptions = note === undefined ? [] : [note];
  const isVoxels = (name: string) => formatOf(name) === "binvox";
  const voxels = selected.filter(isVoxels), meshes = selected.filter((name) => !isVoxels(name));
  const parts: VoxelGrids[] = [];
  if (voxels.length > 0) parts.push(await binvoxFolder(someFiles(files, voxels), options));
  if (meshes.length > 0 || voxels.length === 0) {
    const isShapeNet = meshes.length > 0 && meshes.every((name) => SHAPENET.test(name));
    if (isShapeNet && options.orientation === undefined) {
      assumptions.push("the axes are ShapeNet's (y up, front -z)");
    }
    parts.push(
      await meshFolder(someFiles(files, meshes), {
        ...(isShapeNet && { orientation: "shapenet" }),
        ...options,
        resolution: options.resolution ?? parts[0]?.resolution ?? MESH_RESOLUTION,
      }),
    );
  }
  return { grids: joinGrids(parts), assumptions };
}

function joinGrids(parts: readonly VoxelGrids[]): VoxelGrids {
  const [first, second] = parts;
  if (first === undefined) throw new DataError("There are no shapes.");
  if (second === undefined) return first;
  return {
    count: first.count + second.count,
    resolution: first.resolution,
    grid: (item) => item < first.count ? first.grid(item) : second.grid(item - first.count),
  };
}
