/**
 * Pictures as bytes.
 *
 * @module
 */

/**
 * A picture, one byte a channel, row by row.
 *
 * @category Pictures
 */
export interface RasterImage {
  /** Rows of pixels. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
  /** Values `[height, width, channels]`. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/**
 * The byte picture of values in [-1, 1]; what lies outside is cut off.
 *
 * @param values Values `[height, width, channels]`.
 * @param size Height, width and channels.
 * @throws {RangeError} If there are not as many values as the sizes say.
 *
 * @example
 * ```ts
 * import { rasterFromValues } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { pixels } = rasterFromValues([-1, 1], { height: 1, width: 2, channels: 1 });
 * assertEquals([...pixels], [0, 255]);
 * ```
 *
 * @category Pictures
 */
export function rasterFromValues(values: ArrayLike<number>, size: Omit<RasterImage, "pixels">): RasterImage {
  const { height, width, channels } = size;
  const expected = height * width * channels;
  if (values.length !== expected) {
    throw new RangeError(
      `A picture of ${height}×${width}×${channels} has ${expected} values, got ${values.length}.`,
    );
  }
  const pixels = new Uint8ClampedArray(expected);
  for (let i = 0; i < expected; i++) pixels[i] = (values[i]! + 1) * 127.5;
  return { height, width, channels, pixels };
}
