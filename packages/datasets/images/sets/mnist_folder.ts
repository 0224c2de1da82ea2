/**
 * Folders of MNIST files, named as MNIST and its relatives (Fashion-MNIST, KMNIST) are distributed:
 * `train-images-idx3-ubyte.gz`, `t10k-images-idx3-ubyte`, and so on, with optional label files beside them.
 *
 * @module
 */
import type { Dataset } from "../../core/dataset.ts";
import { DataError } from "../../core/data_error.ts";
import { filesOfFormat, withoutGz } from "../../core/file_formats.ts";
import type { FileSource } from "../../core/file_source.ts";
import { readIdx } from "./idx.ts";
import { imageDataset, type ImageSet, requireImages } from "../images.ts";
import { resizeImages } from "../resize.ts";

/**
 * Split of the data.
 *
 * @category Pictures
 */
export type MnistSplit = "train" | "test";

const IMAGES = /(^|[^a-z])images[-.]idx3/i;
const SPLIT_NAMES: Readonly<Record<MnistSplit, RegExp>> = { train: /train/i, test: /t10k|test/i };

/** Chooses the image file: that of the requested split, else the training images, else the only one. */
function chooseImages(names: readonly string[], split: MnistSplit | undefined, location: string): string {
  const plainFirst = filesOfFormat(names, "idx").filter((name) => IMAGES.test(name));
  const images = plainFirst.filter((name) =>
    withoutGz(name) === name || !plainFirst.includes(withoutGz(name))
  );
  const inSplit = images.filter((name) => SPLIT_NAMES[split ?? "train"].test(name));
  const chosen = split === undefined && inSplit.length === 0 ? images : inSplit;
  const [only] = chosen;
  if (chosen.length === 1 && only !== undefined) return only;
  const expected = split === "test" ? "t10k-images-idx3-ubyte" : "train-images-idx3-ubyte";
  if (chosen.length > 1) {
    throw new DataError(
      `${location} has several image files (${chosen.join(", ")}): leave only one of them in the folder.`,
    );
  }
  const found = names.length === 0
    ? "the folder is empty"
    : `found ${names.slice(0, 5).join(", ")}${names.length > 5 ? `, … (${names.length} files)` : ""}`;
  throw new DataError(`${location} has no MNIST images: expected ${expected} or ${expected}.gz, ${found}.`);
}

async function readLabels(
  files: FileSource,
  names: readonly string[],
  imageFile: string,
  count: number,
): Promise<Uint8Array | undefined> {
  const stem = withoutGz(imageFile).replace(/images([-.])idx3/i, "labels$1idx1");
  const labelFile = [stem, `${stem}.gz`].find((name) => names.includes(name));
  if (labelFile === undefined) return undefined;
  const { shape, data } = readIdx(await files.read(labelFile), labelFile);
  if (shape.length !== 1) {
    throw new DataError(
      `${labelFile} must have one axis, one label per image, got ${shape.join("×")}.`,
    );
  }
  if (data.length !== count) {
    throw new DataError(
      `${imageFile} has ${count} images but ${labelFile} has ${data.length} labels: the files do not match.`,
    );
  }
  return data;
}

/**
 * Reads the images of a folder of MNIST files, and their labels if present.
 *
 * @param files Folder.
 * @param split Split; default: the training images, else the only image file.
 * @returns Grey images.
 * @throws {DataError} If there are none, or a file is damaged or has another format.
 * @throws {MemoryError} If they do not fit in memory.
 *
 * @example
 * ```ts
 * import { mnistFolderImages } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const file = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20);
 * const files = {
 *   location: "digits",
 *   list: () => Promise.resolve(["train-images-idx3-ubyte"]),
 *   read: () => Promise.resolve(file),
 * };
 * const { height, width, pixels } = await mnistFolderImages(files);
 * assertEquals([height, width, [...pixels]], [1, 2, [10, 20]]);
 * ```
 *
 * @category Pictures
 */
export async function mnistFolderImages(files: FileSource, split?: MnistSplit): Promise<ImageSet> {
  const names = await files.list();
  const imageFile = chooseImages(names, split, files.location);
  const { shape, data: pixels } = readIdx(await files.read(imageFile), imageFile);
  const [count, height, width] = shape;
  if (shape.length !== 3 || count === undefined || height === undefined || width === undefined) {
    throw new DataError(
      `${imageFile} must have three axes (images, rows, columns), got ${shape.join("×")}.`,
    );
  }
  if (pixels.length === 0) {
    throw new DataError(`${imageFile} has no images: its axes are ${shape.join("×")}.`);
  }
  const labels = await readLabels(files, names, imageFile, count);
  return { count, height, width, channels: 1, pixels, ...(labels === undefined ? {} : { labels }) };
}

/**
 * How a folder of MNIST files is read.
 *
 * @category Pictures
 */
export interface MnistFolderOptions {
  /** Split; default: the training images, else the only image file. */
  readonly split?: MnistSplit;
  /** Height and width to resample to; default: as in the file. */
  readonly resolution?: number;
}

/**
 * Creates the data set of a folder of MNIST files.
 *
 * @param files Folder.
 * @param options Split and resolution.
 * @throws {DataError} If there are no images, or a file is damaged or has another format.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If the resolution is not an integer above 1.
 *
 * @example A folder with two digits of 28 × 28 pixels
 * ```ts
 * import { mnistFolder } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new Uint8Array(16 + 2 * 28 * 28);
 * file.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]);
 * const files = {
 *   location: "digits",
 *   list: () => Promise.resolve(["train-images-idx3-ubyte"]),
 *   read: () => Promise.resolve(file),
 * };
 * const set = await mnistFolder(files, { resolution: 14 });
 * assertEquals([set.items, set.pointCount], [2, 14 * 14]);
 * ```
 *
 * @category Pictures
 */
export async function mnistFolder(files: FileSource, options: MnistFolderOptions = {}): Promise<Dataset> {
  const images = await mnistFolderImages(files, options.split);
  const { resolution } = options;
  if (resolution !== undefined) {
    const { count, channels, height } = images;
    requireImages(files.location, count, { height: resolution, width: resolution, channels }, height);
  }
  return imageDataset(
    files.location,
    resolution === undefined ? images : resizeImages(images, resolution, resolution),
  );
}
