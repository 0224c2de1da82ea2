/**
 * Opens files as a data set. Their kind follows from their names, and for arrays from their shape.
 *
 * @module
 */
import { archiveTree, isArchive } from "./archives/archive_tree.ts";
import { arrayDataset } from "./array_dataset.ts";
import { byteImages, inferKind } from "./array_kinds.ts";
import { isNpz, metadataFile, readArrayMetadata } from "./arrays/array_file.ts";
import type { CacheStore } from "./core/cache_store.ts";
import { climateDataset } from "./fields/climate.ts";
import { wavFolder } from "./points/curves.ts";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import { type DataKind, describeFormats, isLeftBehind, kindOf } from "./core/file_formats.ts";
import { type FileTree, visibleFiles } from "./core/file_source.ts";
import { glyphDataset } from "./points/glyphs.ts";
import { imageFolder } from "./images/image_folder.ts";
import { manifoldFile } from "./points/manifold.ts";
import { mnistFolder } from "./images/sets/mnist_folder.ts";
import { openShapeArrays, openShapes, type ShapeRequest } from "./open_shapes.ts";
import { parseSelect, type ReadOptions } from "./core/read_options.ts";
import { zipMembers } from "./archives/zip_members.ts";
import { isZarrStore } from "./netcdf/zarr_store.ts";

/**
 * What to open.
 *
 * @category Data
 */
export interface OpenRequest {
  /** Folder with its subfolders. */
  readonly files: FileTree;
  /** File to open; default: all files of the folder. */
  readonly file?: string;
  /** Kind of data; default: inferred from names and shapes. */
  readonly kind?: DataKind;
  /** Rows of an image or of the sphere, points along an axis of a shape, samples of a curve. Default: as in the files. */
  readonly resolution?: number;
  /** What to read of files that hold several things. */
  readonly read?: ReadOptions;
  /** Member of the file, as in `PATH#name`: a variable, an array, or a file in an archive. */
  readonly member?: string;
  /** Cache for decoded images. */
  readonly cache?: CacheStore;
  /** Receives warnings, such as about skipped files. */
  readonly report?: (message: string) => void;
}

/**
 * A data set and how its files were interpreted.
 *
 * @category Data
 */
export interface OpenedDataset {
  /** Data set. */
  readonly dataset: Dataset;
  /** Kind of data. */
  readonly kind: DataKind;
  /** Assumptions made, as sentences. */
  readonly assumptions: readonly string[];
}

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
  const { file } = request;
  const archive = await archiveOf(request);
  if (archive !== undefined) {
    const { file: _, ...others } = request;
    return await openDataset({ ...others, files: await archiveTree(request.files, archive) });
  }
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
  const openedKind = request.kind ?? kind, assumptions: string[] = [];
  const dataset = await openKind(openedKind, { ...request, files: selected }, first, assumptions);
  return { dataset, kind: openedKind, assumptions };
}

/** Returns the archive that is to be opened: the file, or the only one of a folder without other data. */
async function archiveOf({ files, file }: OpenRequest): Promise<string | undefined> {
  if (file !== undefined) return isArchive(file) ? file : undefined;
  const names = (await files.list()).filter((name) => !isLeftBehind(name));
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
  const { file } = request;
  if (request.kind !== undefined) return request.kind;
  const files = file === undefined ? visibleFiles(request.files) : request.files;
  const names = file === undefined ? [...await files.list()].sort() : [file];
  if (file === undefined && isZarrStore(await request.files.list())) return "climate";
  const first = firstOfKind(names, undefined), kind = first && kindOf(first);
  if (first === undefined || kind !== "arrays") return kind as DataKind | undefined;
  const path = `${files.location}/${first}`, arrays = names.filter((name) => kindOf(name) === "arrays");
  return inferKind(chosenArray(await files.read(first), path, request), path, arrays.length, []);
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
  if (kind === "shapes") {
    const shapes = await openShapes(shapeRequest(request), first);
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

function shapeRequest(
  { files, resolution, report, read: { axes, inside, skipDamaged } = {} }: OpenRequest,
): ShapeRequest {
  return {
    files,
    ...(resolution !== undefined && { resolution }),
    ...(report && { report }),
    ...(axes && { orientation: axes }),
    ...(inside && { rule: inside }),
    ...(skipDamaged && { skipDamaged }),
  };
}

/** Opens arrays: one file, a folder of shapes, or a folder of fields in the paper's format. */
async function openArrays(
  request: OpenRequest,
  name: string,
  names: readonly string[],
): Promise<OpenedDataset> {
  const { files, resolution } = request;
  const bytes = chosenArray(await files.read(name), `${files.location}/${name}`, request),
    path = `${files.location}/${name}`;
  const assumptions: string[] = [];
  const kind = request.kind ?? inferKind(bytes, path, names.length, assumptions);
  if (kind === "shapes" || kind === "occupancy") {
    const named = variablesOf(request).length > 0 && names.length === 1;
    const source = named ? { ...request, files: { ...files, read: () => Promise.resolve(bytes) } } : request;
    const opened = await openShapeArrays(shapeRequest(source), names, kind);
    return { ...opened, kind, assumptions: [...assumptions, ...opened.assumptions] };
  }
  const metadata = await readArrayMetadata(files, name);
  const open = async (): Promise<Dataset> => {
    switch (kind) {
      case "climate":
        return await openClimate(request, assumptions);
      case "glyphs":
        return glyphDataset(bytes, path);
      case "points":
        return manifoldFile(bytes, path);
      case "images": {
        const images = byteImages(bytes, path, resolution);
        if (images) return images;
        break;
      }
      case "curves":
        break;
      case "digits":
        throw new DataError(`${path} is an array, not an IDX file of MNIST.`);
    }
    const opened = arrayDataset(bytes, path, metadata);
    assumptions.push(...opened.assumptions);
    return opened.dataset;
  };
  const dataset = await open();
  reportResolution(request, dataset);
  return { dataset, kind, assumptions };
}

/**
 * Reduces an `.npz` file to the array that was named: as if it were a `.npy` file. Arrays that belong together stay.
 *
 * @throws {DataError} If there is no such array, or a `.npy` file has names.
 */
function chosenArray(bytes: Uint8Array, path: string, request: OpenRequest): Uint8Array {
  const name = arrayOf(request, path);
  if (name === undefined || request.kind === "climate") return bytes;
  if (!isNpz(bytes)) throw new DataError(`${path} is one array without a name: omit --variable.`);
  const members = zipMembers(bytes, path), isTogether = members.has("latitude.npy") || members.has("lat.npy");
  if (isTogether && request.kind === undefined) return bytes;
  const member = members.get(`${name}.npy`) ?? members.get(name);
  if (member !== undefined) return member();
  throw new DataError(
    `${path} has no array ${name}: found ${
      [...members.keys()].map((key) => key.replace(/\.npy$/, "")).join(", ")
    }.`,
  );
}

/** Reports a requested resolution that was ignored because arrays of that kind are not resampled. */
function reportResolution({ resolution, report }: OpenRequest, { name, display }: Dataset): void {
  const size = display.kind === "image"
    ? display.height
    : display.kind === "curve"
    ? display.samples
    : undefined;
  if (resolution === undefined || size === undefined || size === resolution) return;
  const what = display.kind === "curve" ? "samples" : "rows";
  report?.(
    `${name} has ${size} ${what}, not the requested ${resolution}: of arrays, only images of bytes are resampled.`,
  );
}

/** Opens fields, resampled to a number of latitudes if given; the paper's grid has 90 longitudes for 46 latitudes. */
function openClimate(request: OpenRequest, assumptions: string[], isZarr = false): Promise<Dataset> {
  const { files, resolution: latitudes, read: { select = [], gaps } = {} } = request;
  return climateDataset(files, {
    variable: variablesOf(request),
    select: parseSelect(select),
    gaps,
    partial: "keep",
    isZarr,
    note: (sentence) => assumptions.push(sentence),
    ...(latitudes !== undefined && { resample: [latitudes, Math.round(latitudes * 90 / 46)] }),
  });
}

/** Returns the variables, or arrays, that are named by the options or as `PATH#name`. */
function variablesOf({ read, member }: OpenRequest): readonly string[] {
  return read?.variable ?? (member === undefined ? [] : member.split(",").map((name) => name.trim()));
}

/** Returns the name of an array, of which there can be one. */
function arrayOf(request: OpenRequest, file: string): string | undefined {
  const [name, ...others] = variablesOf(request);
  if (others.length > 0) throw new DataError(`${file}: of arrays, one is read: name one with --variable.`);
  return name;
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
