/**
 * A folder of PNG and JPEG files, at any depth, as a data set: each picture is resized and its middle square cut out. Files
 * are decoded when a batch first needs them, so training starts at once, and kept in a cache.
 *
 * @module
 */
import type { CacheStore } from "../core/cache_store.ts";
import { DataError } from "../core/data_error.ts";
import { decodeImage } from "./decode_image.ts";
import type { FileEntry, FileTree } from "../core/file_source.ts";
import { type ImageHeader, imageHeader } from "./image_header.ts";
import { squarePicture, withChannels } from "./picture.ts";
import { type StreamedImages, streamedImages } from "./streamed_images.ts";

/** How a folder of pictures is read. */
export interface ImageFolderOptions {
  /** Height and width of the items. */
  readonly resolution: number;
  /** 1 for grey, 3 for red, green, blue; unless given, 1 where all files are of a kind without colour, else 3. */
  readonly channels?: 1 | 3;
  /** Where decoded pictures are kept; without it files are decoded anew for each batch. */
  readonly cache?: CacheStore;
  /** Whether a file that cannot be decoded is replaced by the next in order, instead of ending the run. */
  readonly skipDamaged?: boolean;
  /** Is told, once for each, of files that are skipped and of a cache that fails. */
  readonly report?: (message: string) => void;
}

const IMAGE_FILE = /\.(?:png|jpe?g)$/i;
/** Files and folders that systems leave behind, such as `.DS_Store`, `._face.png` and `__MACOSX`. */
const HIDDEN = /(?:^|\/)(?:\.|__MACOSX\/)/;
/** Bytes in which a file's sizes are nearly always found. */
const HEADER_BYTES = 4096;
/** Headers read at the same time. */
const AT_ONCE = 32;

/** The pictures among the files, in the order of their names. */
function pictureFiles(entries: readonly FileEntry[], location: string): readonly FileEntry[] {
  const seen = entries.filter(({ name }) => !HIDDEN.test(name));
  const pictures = seen.filter(({ name }) => IMAGE_FILE.test(name));
  if (pictures.length > 0) return pictures.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const names = seen.slice(0, 5).map(({ name }) => name).join(", ");
  const found = seen.length === 0
    ? "the folder is empty"
    : `found ${names}${seen.length > 5 ? `, … (${seen.length} files)` : ""}`;
  throw new DataError(`${location} has no pictures: expected files ending in .png, .jpg or .jpeg, ${found}.`);
}

async function headerOf(files: FileTree, { name, size }: FileEntry): Promise<ImageHeader | undefined> {
  const start = await files.readStart(name, HEADER_BYTES);
  return imageHeader(start, name) ??
    (size > start.length ? imageHeader(await files.read(name), name) : undefined);
}

/** Whether a file is of a kind with colour. A damaged one is not: it is an error when a batch needs it. */
async function hasColour(files: FileTree, picture: FileEntry): Promise<boolean> {
  try {
    return (await headerOf(files, picture))?.grey === false;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}

/** Whether all files are of a kind without colour. The first with colour settles it. */
async function allGrey(files: FileTree, pictures: readonly FileEntry[]): Promise<boolean> {
  for (let first = 0; first < pictures.length; first += AT_ONCE) {
    const some = pictures.slice(first, first + AT_ONCE);
    const colours = await Promise.all(some.map((picture) => hasColour(files, picture)));
    if (colours.includes(true)) return false;
  }
  return true;
}

/**
 * The data set of a folder of PNG and JPEG files; CelebA-HQ as it is distributed is one. Files of any size are read: the short
 * side is resized to the resolution as torchvision does it, and the middle square cut out. Transparency is laid over white.
 *
 * @param files The folder.
 * @param options Resolution, channels, cache, and what to do about damaged files.
 * @returns One item for each picture, in the order of their names.
 * @throws {DataError} If there are no pictures; later, from `batch`, if a file cannot be decoded.
 * @throws {RangeError} If the resolution is not a whole number above 1.
 *
 * @example
 * ```ts
 * import { imageFolder } from "@gasp/datasets";
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
 * const set = await imageFolder(files, { resolution: 2 });
 * assertEquals([set.items, set.pointCount, set.featureDim], [1, 4, 1]);
 * await set.close();
 * ```
 */
export async function imageFolder(files: FileTree, options: ImageFolderOptions): Promise<StreamedImages> {
  const { resolution } = options;
  if (!Number.isInteger(resolution) || resolution < 2) {
    throw new RangeError(`The resolution must be a whole number above 1, got ${resolution}.`);
  }
  const pictures = pictureFiles(await files.entries(), files.location);
  const channels = options.channels ?? (await allGrey(files, pictures) ? 1 : 3);
  return await streamedImages({
    name: files.location,
    items: pictures.length,
    resolution,
    channels,
    identity: ["folder", files.location],
    state: pictures.map(({ name, size, modified }) => [name, size, modified]),
    async pixels(item) {
      const { name } = pictures[item]!;
      const picture = decodeImage(await files.read(name), `${files.location}/${name}`);
      return squarePicture(withChannels(picture, channels), resolution).pixels;
    },
  }, options);
}
