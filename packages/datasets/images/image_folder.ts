/**
 * Folders of image files as data sets: images at any depth are resized and centre-cropped to a square. Files are
 * decoded when a batch first needs them, so that training starts at once, and cached.
 *
 * @module
 */
import type { CacheStore } from "../core/cache_store.ts";
import { DataError } from "../core/data_error.ts";
import { checkImages, describeDamaged } from "./check_images.ts";
import { decodeImage } from "./decode_image.ts";
import { filesOfFormat, isLeftBehind } from "../core/file_formats.ts";
import type { FileEntry, FileTree } from "../core/file_source.ts";
import { type ImageHeader, imageHeader } from "./image_header.ts";
import type { PictureFit } from "../core/read_options.ts";
import { fitToSquare, withChannels } from "./picture.ts";
import { type StreamedImages, streamedImages } from "./streamed_images.ts";

/**
 * How a folder of images is read.
 *
 * @category Pictures
 */
export interface ImageFolderOptions {
  /** Height and width of the items. */
  readonly resolution: number;
  /** 1 for grey, 3 for RGB; default: 1 if no file has colour, else 3. */
  readonly channels?: 1 | 3;
  /** Cache for decoded images; without it files are decoded again for each batch. */
  readonly cache?: CacheStore;
  /** What happens to images that are not square: `crop` to the centre (default), `pad` with white, or `squeeze`. */
  readonly fit?: PictureFit;
  /** Whether to ignore the orientation that cameras store in JPEG and TIFF files, as the reference does; default false. */
  readonly asStored?: boolean;
  /**
   * `all`: to check all files first, report those that are not square, and throw if one is damaged, or leave it out with
   * `skipDamaged`; `none` (default): a damaged file is found when a batch needs it.
   */
  readonly check?: "all" | "none";
  /** Whether to replace a damaged file by the next intact one instead of throwing; default false. */
  readonly skipDamaged?: boolean;
  /** Receives one warning for each skipped file and for a failing cache. */
  readonly report?: (message: string) => void;
}

/** Bytes that nearly always include a file's header. */
const HEADER_BYTES = 4096;
/** Headers read concurrently. */
const CONCURRENCY = 32;

/** Returns the image files, sorted by name. */
function imageFiles(entries: readonly FileEntry[], location: string): readonly FileEntry[] {
  const visible = new Map(
    entries.filter(({ name }) => !isLeftBehind(name)).map((entry) => [entry.name, entry]),
  );
  const names = [...visible.keys()];
  const images = filesOfFormat(names, "png", "jpeg", "webp", "gif", "bmp", "tiff", "avif").map((name) =>
    visible.get(name)!
  );
  if (images.length > 0) return images;
  const found = names.length === 0
    ? "the folder is empty"
    : `found ${names.slice(0, 5).join(", ")}${names.length > 5 ? `, … (${names.length} files)` : ""}`;
  throw new DataError(
    `${location} has no images: expected files ending in .png, .jpg, .webp, .gif, .bmp, .tif or .avif, ${found}.`,
  );
}

async function headerOf(files: FileTree, { name, size }: FileEntry): Promise<ImageHeader | undefined> {
  const start = await files.readStart(name, HEADER_BYTES);
  return imageHeader(start, name) ??
    (size > start.length ? imageHeader(await files.read(name), name) : undefined);
}

/** Whether a file has colour. Damaged files count as grey here; they throw when a batch needs them. */
async function hasColour(files: FileTree, image: FileEntry): Promise<boolean> {
  try {
    return (await headerOf(files, image))?.grey === false;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}

/** Whether no file has colour. Stops at the first that has. */
async function allGrey(files: FileTree, images: readonly FileEntry[]): Promise<boolean> {
  for (let first = 0; first < images.length; first += CONCURRENCY) {
    const some = images.slice(first, first + CONCURRENCY);
    const colours = await Promise.all(some.map((image) => hasColour(files, image)));
    if (colours.includes(true)) return false;
  }
  return true;
}

const FITS: Readonly<Record<PictureFit, string>> = {
  crop: "their centre is cropped; pad or squeeze them with --fit",
  pad: "they are padded with white",
  squeeze: "their proportions are changed",
};

/** Checks all files, and returns those that can be read. */
async function checked(
  files: FileTree,
  images: readonly FileEntry[],
  { skipDamaged, report, fit = "crop" }: ImageFolderOptions,
): Promise<readonly FileEntry[]> {
  const { intact, damaged, oblong } = await checkImages(files, images);
  if (damaged.length > 0) {
    if (intact.length === 0) throw new DataError(describeDamaged(damaged, images.length, ""));
    if (!skipDamaged) {
      throw new DataError(
        `${describeDamaged(damaged, images.length, "")} Replace them, or use --skip-damaged.`,
      );
    }
    report?.(describeDamaged(damaged, images.length, " and are skipped"));
  }
  if (oblong > 0) {
    const verb = oblong === 1 ? "is" : "are";
    report?.(`${files.location}: ${oblong} of ${intact.length} pictures ${verb} not square: ${FITS[fit]}.`);
  }
  return intact;
}

/** Pictures of formats that are not read: of phones, cameras and drawing programs. */
const OTHER_PICTURES = /\.(heic|heif|hif|jxl|jp2|svgz?|psd|dng|cr2|cr3|nef|arw)$/i;

/** Reports pictures that would be left out in silence. */
function reportOthers(
  entries: readonly FileEntry[],
  { location }: FileTree,
  report?: (text: string) => void,
): void {
  const endings = entries.flatMap(({ name }) => OTHER_PICTURES.exec(name)?.[0].toLowerCase() ?? []);
  if (endings.length === 0) return;
  const all = [...new Set(endings)].join(", ");
  report?.(
    `${location}: ${endings.length} pictures are of formats that are not read (${all}): convert them, for example with ` +
      `magick mogrify -format jpg "*${endings[0]}".`,
  );
}

/**
 * Creates the data set of a folder of image files, such as CelebA-HQ as distributed. Files may have any size: the
 * short side is resized to the resolution and the centre square cropped, as in torchvision. Transparency is composited over
 * white.
 *
 * @param files Folder.
 * @param options Resolution, channels, cache, and how damaged files are handled.
 * @returns One item per image, sorted by name.
 * @throws {DataError} If there are no images; from `batch`, if a file cannot be decoded.
 * @throws {RangeError} If the resolution is not an integer above 1.
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
 *
 * @category Pictures
 */
export async function imageFolder(files: FileTree, options: ImageFolderOptions): Promise<StreamedImages> {
  const { resolution, fit = "crop", asStored = false } = options;
  if (!Number.isInteger(resolution) || resolution < 2) {
    throw new RangeError(`The resolution must be an integer above 1, got ${resolution}.`);
  }
  const entries = await files.entries(), listed = imageFiles(entries, files.location);
  reportOthers(entries, files, options.report);
  const images = options.check === "all" ? await checked(files, listed, options) : listed;
  const channels = options.channels ?? (await allGrey(files, images) ? 1 : 3);
  return await streamedImages({
    name: files.location,
    items: images.length,
    resolution,
    channels,
    identity: [
      "folder",
      files.location,
      ...(fit === "crop" ? [] : [fit]),
      ...(asStored ? ["as stored"] : []),
    ],
    state: images.map(({ name, size, modified }) => [name, size, modified]),
    async pixels(item) {
      const { name } = images[item]!;
      const picture = await decodeImage(await files.read(name), `${files.location}/${name}`, { asStored });
      return fitToSquare(withChannels(picture, channels), resolution, fit).pixels;
    },
    // What the check did not find must not end a run in the middle.
  }, { ...options, skipDamaged: options.skipDamaged ?? options.check === "all" });
}
