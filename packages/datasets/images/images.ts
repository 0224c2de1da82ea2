/**
 * Images of one size in memory, and data sets of them.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { bytesToFeatures } from "../core/byte_features.ts";
import type { Dataset } from "../core/dataset.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset } from "../core/item_dataset.ts";

/**
 * Images of one size, one byte per channel.
 *
 * @category Pictures
 */
export interface ImageSet {
  /** Number of images. */
  readonly count: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Columns of pixels. */
  readonly width: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
  /** Values `[count, height, width, channels]`. */
  readonly pixels: Uint8Array;
  /** Class of each image, `[count]`, if known. */
  readonly labels?: Uint8Array;
}

/**
 * Throws unless images fit in memory at the requested resolution.
 *
 * @param name Name of the data set.
 * @param count Number of images.
 * @param sizes Requested height, width and channels.
 * @param sizes.height Rows.
 * @param sizes.width Columns.
 * @param sizes.channels Channels.
 * @param from Rows of the images before resizing, if those stay in memory; default 0.
 * @throws {MemoryError} If they do not fit.
 */
export function requireImages(
  name: string,
  count: number,
  { height, width, channels }: Omit<ImageSet, "count" | "pixels" | "labels">,
  from: number = 0,
): void {
  // Images resized along one axis, and along both; coordinates, and the features of one image.
  const bytes = (rows: number) => {
    const columns = width / height * rows;
    return columns * (count * channels * (from + rows) + rows * (8 + 4 * channels));
  };
  requireMemory({
    purpose: `${name}, ${count} images at a resolution of ${height},`,
    bytes: bytes(height),
    parameters: [{ name: "resolution", value: height, least: 2, bytes }],
  });
}

/**
 * Creates a data set of images: points are pixels in row-major order.
 *
 * @param name Display name.
 * @param images Images.
 * @returns A data set with `height · width` points of `channels` features.
 * @throws {RangeError} If there are no images, or the number of pixels does not match the sizes.
 *
 * @example Bytes become features in [-1, 1]
 * ```ts
 * import { imageDataset } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const set = imageDataset("one", { count: 1, height: 2, width: 1, channels: 1, pixels: Uint8Array.of(0, 255) });
 * assertEquals(await set.batch([0]), Float32Array.of(-1, 1));
 * ```
 *
 * @category Pictures
 */
export function imageDataset(name: string, images: ImageSet): Dataset {
  const { count, height, width, channels, pixels } = images;
  const itemBytes = height * width * channels;
  if (count < 1) throw new RangeError(`The data set ${name} has no images.`);
  if (pixels.length !== count * itemBytes) {
    throw new RangeError(
      `${count} images of ${height}×${width}×${channels} have ${
        count * itemBytes
      } bytes, got ${pixels.length}.`,
    );
  }
  return itemDataset(
    {
      name,
      items: count,
      coordinates: gridCoordinates([height, width]),
      pointCount: height * width,
      coordinateDim: 2,
      featureDim: channels,
      display: { kind: "image", height, width, channels },
    },
    (item, features) => bytesToFeatures(pixels.subarray(item * itemBytes, (item + 1) * itemBytes), features),
  );
}
