/**
 * Files on a disk as a data set: what they are is told by their names, and for arrays by their shape.
 *
 * @module
 */
import { arrayDataset } from "./array_dataset.ts";
import { type ArrayEntry, isNpz, openArrayFile, openNpyFile, readNotes } from "./arrays/array_file.ts";
import { binvoxFolder } from "./shapes/binvox.ts";
import type { CacheStore } from "./core/cache_store.ts";
import { climateDataset } from "./fields/climate.ts";
import { wavFolder } from "./points/curves.ts";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import type { FileTree } from "./core/file_source.ts";
import { glyphDataset } from "./points/glyphs.ts";
import { imageFolder } from "./images/image_folder.ts";
import { imageDataset, requireImages } from "./images/images.ts";
import { manifoldFile } from "./points/manifold.ts";
import { meshFolder } from "./shapes/mesh.ts";
import { mnistFolder } from "./images/mnist_folder.ts";
import { occupancyPointDataset, readOccupancyPoints } from "./shapes/occupancy_points.ts";
import { resizeImages } from "./images/resize.ts";
import { readVoxelFile } from "./shapes/voxel_file.ts";
import { voxelDataset } from "./shapes/voxels.ts";

/** What files may hold. */
export const DATA_KINDS = [
  "digits",
  "images",
  "shapes",
  "occupancy",
  "climate",
  "curves",
  "glyphs",
  "points",
] as const;

/** What files hold. */
export type DataKind = typeof DATA_KINDS[number];

/** What to open. */
export interface OpenRequest {
  /** The files: a folder at any depth, or a folder of which one file is meant. */
  readonly files: FileTree;
  /** The file that is meant; by default all of the folder. */
  readonly file?: string;
  /** What they hold, where it should not be guessed. */
  readonly kind?: DataKind;
  /** Rows of a picture or of the sphere, points along an axis of a shape, samples of a curve. Default: the files'. */
  readonly resolution?: number;
  /** Where decoded pictures are kept. */
  readonly cache?: CacheStore;
  /** Is told of what is skipped. */
  readonly report?: (message: string) => void;
}

/** A data set, and how it was understood. */
export interface OpenedDataset {
  /** The data set. */
  readonly dataset: Dataset;
  /** What the files were taken for. */
  readonly kind: DataKind;
  /** What was taken for granted, in sentences. */
  readonly assumed: readonly string[];
}

/** Names of files by what they hold; the first kind that a name fits counts. */
const NAMES: readonly (readonly [DataKind, RegExp])[] = [
  ["digits", /idx[13]-ubyte(\.gz)?$/i],
  ["shapes", /\.(binvox|obj|ply|glb)$/i],
  ["curves", /\.wav$/i],
  ["climate", /\.(nc|nc3|nc4|cdf|netcdf|h5|hdf5)$/i],
  ["images", /\.(png|jpe?g)$/i],
];
const ARRAY = /\.(npy|npy\.gz|npz)$/i;

/**
 * Opens files as a data set.
 *
 * @param request What to open.
 * @returns The data set, and what was taken for granted.
 * @throws {DataError} If nothing is recognised, or the files cannot be used.
 *
 * @example A folder whose files are pictures
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
 */
export async function openDataset(request: OpenRequest): Promise<OpenedDataset> {
  const { files, file } = request;
  const names = file === undefined ? [...await files.list()].sort() : [file];
  const meant = names.find(namesData);
  if (meant === undefined) {
    const expected = "expected pictures (.png, .jpg), shapes (.binvox, .obj, .ply, .glb), fields (.nc), " +
      "sounds (.wav), arrays (.npy, .npz) or MNIST's files";
    const problem = file === undefined
      ? `has nothing that is read: ${expected}, found ${names.slice(0, 5).join(", ") || "nothing"}`
      : `has the name of no file that is read: ${expected}`;
    throw new DataError(`${file === undefined ? files.location : `${files.location}/${file}`} ${problem}.`);
  }
  const chosen: FileTree = file === undefined ? files : onlyFile(files, file);
  if (ARRAY.test(meant)) {
    const opened = await openArrays({ ...request, files: chosen }, meant);
    const isOfSet = (name: string) => opened.kind === "climate" ? ARRAY.test(name) : name === meant;
    reportUnread(request, names.filter((name) => namesData(name) && !isOfSet(name)));
    return opened;
  }
  const kind = request.kind ?? kindOfName(meant)!;
  reportUnread(request, names.filter((name) => namesData(name) && kindOfName(name) !== kindOfName(meant)));
  return { dataset: await openKind(kind, { ...request, files: chosen }, meant), kind, assumed: [] };
}

/** The kind that a name stands for; `undefined` for arrays and for what is no data. */
function kindOfName(name: string): DataKind | undefined {
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0];
}

function namesData(name: string): boolean {
  return ARRAY.test(name) || kindOfName(name) !== undefined;
}

/** Tells of files of a folder that hold data, but not of the set that is opened. Pictures may be there to be looked at. */
function reportUnread({ files, report }: OpenRequest, names: readonly string[]): void {
  const unread = names.filter((name) => kindOfName(name) !== "images");
  if (unread.length === 0) return;
  const some = unread.slice(0, 3).join(", ") + (unread.length > 3 ? ", …" : "");
  report?.(
    `${files.location} holds data besides those that are read (${some}): give one file to read another.`,
  );
}

async function openKind(kind: DataKind, request: OpenRequest, meant: string): Promise<Dataset> {
  const { files, resolution, cache, report } = request;
  const sized = { ...(resolution !== undefined && { resolution }) };
  switch (kind) {
    case "digits":
      return await mnistFolder(files, sized);
    case "images":
      return await imageFolder(files, {
        resolution: resolution ?? 64,
        ...(cache && { cache }),
        ...(report && { report }),
      });
    case "shapes":
      return /\.binvox$/i.test(meant)
        ? voxelDataset(files.location, await binvoxFolder(files, sized))
        : voxelDataset(files.location, await meshFolder(files, { resolution: resolution ?? 32 }));
    case "climate":
      return await openClimate(files, resolution);
    case "curves":
      return await wavFolder(files, resolution === undefined ? {} : { samples: resolution });
    default:
      throw new DataError(`${files.location}/${meant} is no file of ${kind}: those are .npy or .npz arrays.`);
  }
}

/** Arrays: one file, or a folder of fields as the authors keep them. */
async function openArrays(request: OpenRequest, name: string): Promise<OpenedDataset> {
  const { files, resolution } = request;
  const bytes = await files.read(name), where = `${files.location}/${name}`;
  const assumed: string[] = [];
  const kind = request.kind ?? guessKind(bytes, where, assumed);
  const notes = await readNotes(files, name);
  const open = async (): Promise<Dataset> => {
    switch (kind) {
      case "climate":
        return await openClimate(files, resolution);
      case "shapes":
        return voxelDataset(
          where,
          readVoxelFile(bytes, where),
          resolution === undefined ? {} : { resolution },
        );
      case "occupancy":
        return occupancyPointDataset(where, readOccupancyPoints(bytes, where), {
          resolution: resolution ?? 32,
        });
      case "glyphs":
        return glyphDataset(bytes, where);
      case "points":
        return manifoldFile(bytes, where);
      case "images": {
        const pictures = bytePictures(bytes, where, resolution);
        if (pictures) return pictures;
        break;
      }
      case "curves":
        break;
      case "digits":
        throw new DataError(`${where} is an array, not one of MNIST's files.`);
    }
    const opened = arrayDataset(bytes, where, notes);
    assumed.push(...opened.assumed);
    return opened.dataset;
  };
  const dataset = await open();
  reportSize(request, dataset);
  return { dataset, kind, assumed };
}

/** Tells of a resolution that was asked for, where an array of its kind is not resampled. */
function reportSize({ resolution, report }: OpenRequest, { name, display }: Dataset): void {
  const size = display.kind === "image"
    ? display.height
    : display.kind === "curve"
    ? display.samples
    : undefined;
  if (resolution === undefined || size === undefined || size === resolution) return;
  const what = display.kind === "curve" ? "samples" : "rows";
  report?.(
    `${name} keeps its ${size} ${what} instead of ${resolution}: of arrays only pictures of bytes are resampled.`,
  );
}

/** Takes an array for what its shape and type say. */
function guessKind(bytes: Uint8Array, name: string, assumed: string[]): DataKind {
  const arrays = openArrayFile(bytes, name);
  if (isNpz(bytes)) {
    if (arrays.has("coordinates") && arrays.has("features")) return "points";
    if (arrays.has("latitude") && arrays.has("longitude")) return "climate";
    if (arrays.size !== 1) {
      throw new DataError(
        `${name} has the arrays ${
          [...arrays.keys()].join(", ")
        }: expected coordinates and features, latitude, longitude ` +
          "and temperature, or a single array. Say which kind it is: shapes:FILE, climate:FILE, ...",
      );
    }
  }
  return kindOfShape([...arrays.values()][0]!, assumed);
}

function kindOfShape({ shape, dtype }: ArrayEntry, assumed: string[]): DataKind {
  const [, second = 0, third = 0, fourth] = shape;
  const say = (kind: DataKind) => {
    assumed.push(
      `an array of (${
        shape.join(", ")
      }), ${dtype}, holds ${kind}; say ${kind}:FILE or another kind to be sure`,
    );
    return kind;
  };
  if (shape.length === 4 && second === third && third === fourth) return say("shapes");
  if (shape.length === 3 && third === 4) return say("occupancy");
  if (shape.length === 3 && dtype === "i1") return say("glyphs");
  const isWide = second !== third && !isByte(dtype);
  if (shape.length === 3 && isWide && third >= 1.5 * second && third <= 2.5 * second) return say("climate");
  return say(shape.length === 2 ? "curves" : "images");
}

/** Bytes and truth values. */
function isByte(dtype: string): boolean {
  return dtype === "u1" || dtype === "b1";
}

/** Pictures of bytes, which can be resized; `undefined` for others. */
function bytePictures(bytes: Uint8Array, name: string, resolution: number | undefined): Dataset | undefined {
  if (isNpz(bytes)) return undefined;
  const entry = openNpyFile(bytes, name), { shape, dtype } = entry;
  const [count, height, width, channels = 1] = shape;
  const isPicture = isByte(dtype) && (shape.length === 3 || shape.length === 4) &&
    (channels === 1 || channels === 3);
  if (!isPicture || !count || !height || !width) return undefined;
  const { data } = entry.read();
  if (!(data instanceof Uint8Array)) return undefined;
  const images = { count, height, width, channels: channels as 1 | 3, pixels: data };
  if (resolution === undefined) return imageDataset(name, images);
  const columns = Math.max(1, Math.round(resolution * width / height));
  requireImages(name, count, { height: resolution, width: columns, channels: images.channels }, height);
  return imageDataset(
    name,
    resizeImages(images, resolution, columns),
  );
}

/** Fields with so many rows; the authors' grid has 90 columns for 46 rows. */
function openClimate(files: FileTree, latitudes: number | undefined): Promise<Dataset> {
  if (latitudes === undefined) return climateDataset(files);
  return climateDataset(files, { resample: [latitudes, Math.round(latitudes * 90 / 46)] });
}

/** A folder of one file, and of the notes beside it, which are a file of the same name that ends in `.json`. */
function onlyFile(files: FileTree, file: string): FileTree {
  const notes = file.replace(ARRAY, ".json");
  const isMeant = (name: string) => name === file || name === notes;
  return {
    ...files,
    list: async () => (await files.list()).filter(isMeant),
    entries: async () => (await files.entries()).filter(({ name }) => isMeant(name)),
  };
}
