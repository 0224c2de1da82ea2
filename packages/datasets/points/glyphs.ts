/**
 * Signed distance fields of glyphs as a data set of pictures with one channel: how far a pixel is from the outline, inside
 * positive. They are smooth where pictures of letters have edges, so a function that learned them can be drawn sharp at any
 * size: the outline is where it is 0.
 *
 * @module
 */
import { openNpyFile } from "../arrays/array_file.ts";
import type { Dataset } from "../core/dataset.ts";
import { DataError } from "../core/data_error.ts";
import { gridCoordinates } from "../core/grid.ts";
import { itemDataset } from "../core/item_dataset.ts";

/** What the integers of a distance field are. */
export interface GlyphOptions {
  /** Steps of the integers in a pixel; 8 unless given. */
  readonly stepsPerPixel?: number;
}

/**
 * The data set of distance fields.
 *
 * @param bytes A `.npy` or `.npy.gz` file of `[items, height, width]` signed bytes, cut off at ±127.
 * @param name Its name.
 * @param options What the integers are.
 * @returns Pictures whose feature is the integer / 127; the distance in pixels is in `display.scale`.
 * @throws {DataError} If it is another kind of array.
 * @throws {RangeError} If there are no steps in a pixel.
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
 */
export function glyphDataset(bytes: Uint8Array, name: string, options: GlyphOptions = {}): Dataset {
  const { stepsPerPixel = 8 } = options;
  if (!(stepsPerPixel > 0)) throw new RangeError(`a pixel has more than 0 steps, got ${stepsPerPixel}`);
  const entry = openNpyFile(bytes, name), { shape, dtype } = entry;
  const [items, height, width] = shape;
  if (dtype !== "i1" || shape.length !== 3 || !items || !height || !width || height < 2) {
    throw new DataError(
      `${name}: distance fields are signed bytes (i1) of (items, height, width), got ${dtype} of (${
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
