/**
 * Pictures of one size as bytes, and the data set that they make.
 *
 * @module
 */
import { featuresOfBytes } from "../core/byte_features.ts";
import { requireMemory } from "@gasp/tensor";
import { requireBatch } from "../core/batch_memory.ts";
import type { Dataset } from "../core/dataset.ts";
import { gridCoordinates } from "../core/grid.ts";

/** Pictures of one size, one byte a channel. */
export interface ImageSet {
  /** Number of pictures. */
  readonly count: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
  /** Values `[count, height, width, channels]`. */
  readonly pixels: Uint8Array;
  /** Class of each picture, `[count]`, where it is known. */
  readonly labels?: Uint8Array;
}

/**
 * Refuses pictures that do not fit in memory at the resolution asked for.
 *
 * @param name Name of the set.
 * @param count Number of pictures.
 * @param sizes Rows, columns and channels asked for.
 * @param sizes.height Rows.
 * @param sizes.width Columns.
 * @param sizes.channels Channels.
 * @param from Rows of the pictures before they are resized, where they are kept as well.
 * @throws {MemoryError} If they do not fit.
 */
export function requireImages(
  name: string,
  count: number,
  { height, width, channels }: Omit<ImageSet, "count" | "pixels" | "labels">,
  from: number = 0,
): void {
  // Resized along one axis; along both; coordinates and the features of one.
  const bytes = (rows: number) => {
    const columns = width / height * rows;
    return columns * (count * channels * (from + rows) + rows * (8 + 4 * channels));
  };
  requireMemory({
    purpose: `${name}, ${count} pictures at a resolution of ${height},`,
    bytes: bytes(height),
    parameters: [{ name: "resolution", value: height, least: 2, bytes }],
  });
}

/**
 * The data set of some pictures: a point is a pixel, in row-major order.
 *
 * @param name Name for people.
 * @param images The pictures.
 * @returns A set of `[height · width]` points with `channels` features each.
 * @throws {RangeError} If there is no picture, or the pixels are not as many as the sizes say.
 */
export function imageDataset(name: string, images: ImageSet): Dataset {
  const { count, height, width, channels, pixels } = images;
  const valuesPerItem = height * width * channels;
  if (count < 1) throw new RangeError(`The data set ${name} has no pictures.`);
  if (pixels.length !== count * valuesPerItem) {
    throw new RangeError(
      `${count} pictures of ${height}×${width}×${channels} are ${
        count * valuesPerItem
      } bytes, got ${pixels.length}.`,
    );
  }
  const pointCount = height * width, display = { kind: "image", height, width, channels } as const;
  return {
    name,
    items: count,
    coordinates: gridCoordinates([height, width]),
    pointCount,
    coordinateDim: 2,
    featureDim: channels,
    display,
    batch(indices) {
      return new Promise((resolve) => {
        requireBatch({ name, pointCount, display }, indices.length, channels);
        const features = new Float32Array(indices.length * valuesPerItem);
        for (let row = 0; row < indices.length; row++) {
          const item = indices[row]!;
          if (!Number.isInteger(item) || item < 0 || item >= count) {
            throw new RangeError(`The data set ${name} has items 0 to ${count - 1}, asked for ${item}.`);
          }
          const bytes = pixels.subarray(item * valuesPerItem, (item + 1) * valuesPerItem);
          featuresOfBytes(bytes, features, row * valuesPerItem);
        }
        resolve(features);
      });
    },
  };
}
