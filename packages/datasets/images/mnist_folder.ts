/**
 * A folder with MNIST's files, under the names that the set and its relatives (Fashion-MNIST, KMNIST) come with:
 * `train-images-idx3-ubyte.gz`, `t10k-images-idx3-ubyte`, and so on, labels beside them where there are any.
 *
 * @module
 */
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import type { FileSource } from "../core/file_source.ts";
import { readIdx } from "./idx.ts";
import { imageDataset, type ImageSet, requireImages } from "./images.ts";
import { resizeImages } from "./resize.ts";

/** Which of the files of a folder to take. */
export type MnistSplit = "train" | "test";

const IMAGE_FILE = /(^|[^a-z])images[-.]idx3[-.]ubyte(\.gz)?$/i;
const SPLIT_NAMES: Readonly<Record<MnistSplit, RegExp>> = { train: /train/i, test: /t10k|test/i };

function withoutGz(name: string): string {
  return name.replace(/\.gz$/i, "");
}

/** The file of images to read: of the split asked for, else the training images, else the only ones there are. */
function chooseImages(names: readonly string[], split: MnistSplit | undefined, location: string): string {
  const plainFirst = names.filter((name) => IMAGE_FILE.test(name)).sort();
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
      `${location} has several files of images (${chosen.join(", ")}): keep one of them in the folder.`,
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
      `${labelFile} should have one axis, one label for each image, but has ${shape.join("×")}.`,
    );
  }
  if (data.length !== count) {
    throw new DataError(
      `${imageFile} has ${count} images but ${labelFile} has ${data.length} labels: they do not belong together.`,
    );
  }
  return data;
}

/**
 * The pictures of a folder with MNIST's files, with their labels where these are there.
 *
 * @param files The folder.
 * @param split Which files to take; by default the training images, else the only ones there are.
 * @returns Grey pictures.
 * @throws {DataError} If there are none, or a file is damaged or of another kind.
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
 */
export async function mnistFolderImages(files: FileSource, split?: MnistSplit): Promise<ImageSet> {
  const names = await files.list();
  const imageFile = chooseImages(names, split, files.location);
  const { shape, data: pixels } = readIdx(await files.read(imageFile), imageFile);
  const [count, height, width] = shape;
  if (shape.length !== 3 || count === undefined || height === undefined || width === undefined) {
    throw new DataError(
      `${imageFile} should have three axes (images, rows, columns), but has ${shape.join("×")}.`,
    );
  }
  if (pixels.length === 0) {
    throw new DataError(`${imageFile} has no images: its axes are ${shape.join("×")}.`);
  }
  const labels = await readLabels(files, names, imageFile, count);
  return { count, height, width, channels: 1, pixels, ...(labels === undefined ? {} : { labels }) };
}

/** What to read from a folder of MNIST's files. */
export interface MnistFolderOptions {
  /** Which files to take; by default the training images, else the only ones there are. */
  readonly split?: MnistSplit;
  /** Height and width of the pictures, resampled where they have another; by default their own. */
  readonly resolution?: number;
}

/**
 * The data set of a folder with MNIST's files.
 *
 * @param files The folder.
 * @param options What to read.
 * @throws {DataError} If there are no pictures, or a file is damaged or of another kind.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If the resolution is not a whole number above 1.
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
