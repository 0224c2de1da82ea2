/**
 * Signed distance fields of glyphs as a data set of single-channel images: the distance of each pixel from the outline,
 * positive inside. Unlike images of letters they are smooth at edges, so a learnt function renders sharply at any size: its
 * zero set is the outline.
 *
 * @module
 */
import { openNpyFile } from "../arrays/array_file.ts";
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset } from "../core/item_dataset.ts";

/**
 * Encoding of distance fields.
 *
 * @category Curves and sounds
 */
export interface GlyphOptions {
  /** Integer steps per pixel; default 8. */
  readonly stepsPerPixel?: number;
}

/**
 * Creates a data set of distance fields.
 *
 * @param bytes Contents of a `.npy` or `.npy.gz` file of signed bytes `[items, height, width]`, clamped to ±127.
 * @param name Display name, also used in messages.
 * @param options Encoding of distances.
 * @returns Images with the feature `element / 127`; `display.scale` is in pixels.
 * @throws {DataError} If the array has another shape or type.
 * @throws {MemoryError} If it does not fit in memory.
 * @throws {RangeError} If the steps per pixel are not positive.
 *
 * @example Signed distances in eighths of a pixel
 * ```ts
 * import { glyphDataset } from "@gasp/datasets";
 * import { writeNpy } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Int8Array.of(-127, 0, 0, 127);
 * const set = glyphDataset(writeNpy({ shape: [1, 2, 2], data }), "glyphs.npy");
 * assertEquals(await set.batch([0]), Float32Array.of(-1, 0, 0, 1));
 * ```
 *
 * @category Curves and sounds
 */
export function glyphDataset(bytes: Uint8Array, name: string, options: GlyphOptions = {}): Dataset {
  const { stepsPerPixel = 8 } = options;
  if (!(stepsPerPixel > 0)) throw new RangeError(`stepsPerPixel must be positive, got ${stepsPerPixel}`);
  const entry = openNpyFile(bytes, name), { shape, dtype } = entry;
  const [items, height, width] = shape;
  if (dtype !== "i1" || shape.length !== 3 || !items || !height || !width || height < 2) {
    throw new DataError(
      `${name}: distance fields must be signed bytes (i1) of shape (items, height, width), got ${dtype} of shape (${
        shape.join(", ")
      }).`,
    );
  }
  const { data } = entry.read();
  const points = height * width, reach = 127 / stepsPerPixel;
  return itemDataset(
    {
      name,
      items,
      coordinates: gridCoordinates([height, width]),
      pointCount: points,
      coordinateDim: 2,
      featureDim: 1,
      display: {
        kind: "image",
        height,
        width,
        channels: 1,
        scale: {
          low: -reach,
          high: reach,
          units: "pixels",
          quantity: "distance from the outline, inside positive",
        },
      },
    },
    (item, features) => {
      for (let i = 0; i < points; i++) features[i] = Math.max(-1, data[item * points + i]! / 127);
    },
  );
}
