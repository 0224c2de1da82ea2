/**
 * Opens files as a data set. Their kind follows from their names, and for arrays from their shape.
 *
 * @module
 */
import { archiveTree, isArchive } from "./archives/archive_tree.ts";
import { parquetTree } from "./archives/parquet_tree.ts";
import { inferKind } from "./array_kinds.ts";
import { metadataFile } from "./arrays/array_file.ts";
import { torchAsNumpy } from "./arrays/torch_arrays.ts";
import { wavFolder } from "./points/curves.ts";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import {
  type DataKind,
  describeFormats,
  filesOfFormat,
  formatOf,
  isLeftBehind,
  kindOf,
} from "./core/file_formats.ts";
import { type FileTree, visibleFiles } from "./core/file_source.ts";
import { imageFolder } from "./images/image_folder.ts";
import { mnistFolder } from "./images/sets/mnist_folder.ts";
import { isZarrStore } from "./netcdf/zarr_store.ts";
import { chosenArray, openArrays } from "./open_arrays.ts";
import { openClimate } from "./open_fields.ts";
import { type OpenedDataset, type OpenRequest, variablesOf } from "./open_request.ts";
import { openHdf5, openShapes, shapeRequest } from "./open_shapes.ts";
import { imnetKind } from "./shapes/imnet.ts";

/**
 * Opens files as a data set.
 *
 * @param request Files, and what is known about them.
 * @returns The data set and the assumptions made.
 * @throws {DataError} If no file is recognised, or the files cannot be used.
 *
 * @example A folder of images
 * ```ts
 * import { openDataset } from "@gasp/datasets";
 * import { encodePng } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const png = encodePng({ height: 4, width: 4, channels: 1, pixels: new Uint8Array(16) });
 * const files = {
 *   location: "pictures",
 *   list: () => Promise.resolve(["a.png"]),
 *   entries: () => Promise.resolve([{ name: "a.png", size: png.length, modified: 0 }]),
 *   read: () => Promise.resolve(png),
 *   readStart: (_: string, length: number) => Promise.resolve(png.subarray(0, length)),
 * };
 * const { dataset, kind } = await openDataset({ files, resolution: 2 });
 * assertEquals([kind, dataset.items, dataset.display.kind], ["images", 1, "image"]);
 * ```
 *
 * @category Data
 */
export async function openDataset(request: OpenRequest): Promise<OpenedDataset> {
  const container = await containerOf(request);
  if (container !== undefined) {
    const opened = await openDataset(container.request);
    return { ...opened, assumptions: [...container.notes, ...opened.assumptions] };
  }
  return await openFiles({ ...request, files: torchAsNumpy(request.files) });
}

/** Opens files that are no containers of others. */
async function openFiles(request: OpenRequest): Promise<OpenedDataset> {
  const { file } = request;
  const files = file === undefined ? visibleFiles(request.files) : request.files;
  const names = file === undefined ? [...await files.list()].sort() : [file];
  if (file === undefined && isZarrStore(await request.files.list())) {
    const assumptions: string[] = [];
    const dataset = await openClimate(request, assumptions, true);
    return { dataset, kind: "climate", assumptions };
  }
  const first = firstOfKind(names, request.kind);
  if (first === undefined) {
    throw new DataError(
      file === undefined
        ? `${files.location} holds no data that can be read: expected ${describeFormats()}, found ${
          names.slice(0, 5).join(", ") || "nothing"
        }.`
        : `${files.location}/${file} has a name of no known format: expected ${describeFormats()}.`,
    );
  }
  const kind = kindOf(first)!;
  const selected: FileTree = file === undefined ? files : onlyFile(files, file);
  if (kind === "arrays") {
    const arrays = names.filter((name) => kindOf(name) === "arrays");
    const opened = await openArrays({ ...request, files: selected }, first, arrays);
    const isWhole = ["climate", "shapes", "occupancy"].includes(opened.kind);
    reportUnread(request, names.filter((name) => isWhole ? kindOf(name) !== "arrays" : name !== first));
    return opened;
  }
  reportUnread(request, names.filter((name) => kindOf(name) !== kind));
  const openedKind = request.kind ?? await hdf5Kind(selected, first) ?? kind, assumptions: string[] = [];
  const dataset = await openKind(openedKind, { ...request, files: selected }, first, assumptions);
  return { dataset, kind: openedKind, assumptions };
}

/** Opens an archive, or the shards of a table, as a folder: the file, or what a folder without other data has. */
async function containerOf(
  request: OpenRequest,
): Promise<{ readonly request: OpenRequest; readonly notes: readonly string[] } | undefined> {
  const { file, member, ...others } = request;
  const listed = file === undefined ? await request.files.list() : [file];
  const names = listed.filter((name) => file !== undefined || !isLeftBehind(name)).sort();
  const first = firstOfKind(names, request.kind);
  if (first !== undefined && formatOf(first) === "parquet") {
    const shards = filesOfFormat(names, "parquet"), [column] = variablesOf(request);
    reportUnread(request, names.filter((name) => formatOf(name) !== "parquet"));
    const { files, notes } = await parquetTree(request.files, shards, column);
    return { request: { ...others, files }, notes };
  }
  const archive = archiveOf(request, names);
  if (archive === undefined) return undefined;
  const files = await archiveTree(request.files, archive);
  return { request: { ...others, files, ...(member !== undefined && { member }) }, notes: [] };
}

/** Returns the archive that is to be opened: the file, or the only one of a folder without other data. */
function archiveOf({ files, file }: OpenRequest, names: readonly string[]): string | undefined {
  if (file !== undefined) return isArchive(file) ? file : undefined;
  if (names.some((name) => kindOf(name) !== undefined)) return undefined;
  const archives = names.filter((name) => /\.(zip|tar)$/i.test(name));
  if (archives.length < 2) return archives[0];
  throw new DataError(
    `${files.location} has several archives (${archives.slice(0, 5).join(", ")}): pass one of them.`,
  );
}

/**
 * Finds the kind of data that files hold: from their names, and for arrays from the shape of the first.
 *
 * @param request Files, and what is known about them.
 * @returns The kind; `undefined` if no file is recognised.
 * @throws {DataError} If an array cannot be read.
 *
 * @example
 * ```ts
 * import { inferDataKind } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const files = {
 *   location: "sounds",
 *   list: () => Promise.resolve(["a.wav"]),
 *   entries: () => Promise.resolve([]),
 *   read: () => Promise.resolve(new Uint8Array(0)),
 *   readStart: () => Promise.resolve(new Uint8Array(0)),
 * };
 * assertEquals(await inferDataKind({ files }), "curves");
 * ```
 *
 * @category Data
 */
export async function inferDataKind(request: OpenRequest): Promise<DataKind | undefined> {
  if (request.kind !== undefined) return request.kind;
  const container = await containerOf(request);
  if (container !== undefined) return await inferDataKind(container.request);
  const { file } = request, source = torchAsNumpy(request.files);
  const files = file === undefined ? visibleFiles(source) : source;
  const names = file === undefined ? [...await files.list()].sort() : [file];
  if (file === undefined && isZarrStore(await source.list())) return "climate";
  const first = firstOfKind(names, undefined), kind = first && kindOf(first);
  if (first === undefined || kind !== "arrays") {
    const inner = first === undefined ? undefined : await hdf5Kind(files, first);
    return inner ?? kind as DataKind | undefined;
  }
  const path = `${files.location}/${first}`, arrays = names.filter((name) => kindOf(name) === "arrays");
  return inferKind(chosenArray(await files.read(first), path, request), path, arrays.length, []);
}

/** Returns the kind of shapes that a file of HDF5 holds; `undefined` for other files, and for fields. */
async function hdf5Kind(files: FileTree, name: string): Promise<DataKind | undefined> {
  return formatOf(name) === "hdf5" ? await imnetKind(files, name) : undefined;
}

/**
 * Returns the first file of the requested kind, else the first of any. Without a request pictures come last beside shapes,
 * whose textures they are, and beside a larger number of other data.
 */
function firstOfKind(names: readonly string[], kind: DataKind | undefined): string | undefined {
  const readable = names.filter((name) => kindOf(name) !== undefined);
  if (kind !== undefined) {
    return readable.find((name) => kindOf(name) === kind) ?? readable.find((name) =>
      kindOf(name) === "arrays"
    ) ??
      readable[0];
  }
  const others = readable.filter((name) => kindOf(name) !== "images");
  const pictures = readable.length - others.length;
  const shape = others.find((name) => kindOf(name) === "shapes");
  if (shape !== undefined && pictures > 0) return shape;
  if (others.length === pictures) return readable[0];
  return others.length > pictures ? others[0] : readable.find((name) => kindOf(name) === "images");
}

/** Reports data files of the folder that are not read. Images are exempt: they may be there for illustration. */
function reportUnread({ files, report }: OpenRequest, names: readonly string[]): void {
  const unread = names.filter((name) => kindOf(name) !== undefined && kindOf(name) !== "images");
  if (unread.length === 0) return;
  const some = unread.slice(0, 3).join(", ") + (unread.length > 3 ? ", …" : "");
  report?.(`${files.location} holds other data that is not read (${some}): pass a single file to read it.`);
}

async function openKind(
  kind: DataKind,
  request: OpenRequest,
  first: string,
  assumptions: string[],
): Promise<Dataset> {
  const { files, resolution, cache, report, read: { rate, cut, fit, asStored, skipDamaged } = {} } = request;
  if (kind === "shapes" || (kind === "occupancy" && formatOf(first) === "hdf5")) {
    const wanted = shapeRequest(request);
    const shapes = await (kind === "shapes" ? openShapes(wanted, first) : openHdf5(wanted, first, kind));
    assumptions.push(...shapes.assumptions);
    return shapes.dataset;
  }
  const sized = { ...(resolution !== undefined && { resolution }) };
  switch (kind) {
    case "digits":
      return await mnistFolder(files, sized);
    case "images":
      return await imageFolder(files, {
        resolution: resolution ?? 64,
        ...(cache && { cache }),
        ...(report && { report }),
        ...(fit && { fit }),
        ...(asStored && { asStored }),
        check: "all",
        ...(skipDamaged && { skipDamaged }),
      });
    case "climate":
      return await openClimate(request, assumptions);
    case "curves":
      return await wavFolder(files, {
        ...(resolution !== undefined && { samples: resolution }),
        ...(rate !== undefined && { rate }),
        ...(cut && { cut }),
        note: (sentence) => assumptions.push(sentence),
      });
    default:
      throw new DataError(`${files.location}/${first} cannot hold ${kind}: expected a .npy or .npz array.`);
  }
}

/** Restricts a folder to one file and its metadata. */
function onlyFile(files: FileTree, file: string): FileTree {
  const metadata = metadataFile(file);
  const isVisible = (name: string) => name === file || name === metadata;
  return {
    ...files,
    list: async () => (await files.list()).filter(isVisible),
    entries: async () => (await files.entries()).filter(({ name }) => isVisible(name)),
  };
}
