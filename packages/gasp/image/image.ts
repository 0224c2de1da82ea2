/**
 * Raster images.
 *
 * @module
 */

/**
 * An image with one byte per channel.
 *
 * @category Pictures
 */
export interface RasterImage {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
  /** Values from 0 to 255, `[height, width, channels]`. */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/**
 * Converts values in [-1, 1] to an image; values outside are clamped.
 *
 * @param values Values, `[height, width, channels]`.
 * @param size Height, width and channels.
 * @throws {RangeError} If the number of values does not match the size.
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
      `An image of ${height}×${width}×${channels} has ${expected} values, got ${values.length}.`,
    );
  }
  const pixels = new Uint8ClampedArray(expected);
  for (let i = 0; i < expected; i++) pixels[i] = (values[i]! + 1) * 127.5;
  return { height, width, channels, pixels };
}
