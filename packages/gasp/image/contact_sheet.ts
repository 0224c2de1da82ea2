/**
 * Many samples on one picture.
 *
 * @module
 */
import { rasterFromValues, type RasterImage } from "./image.ts";

/**
 * How samples lie on a sheet.
 *
 * @category Pictures
 */
export interface SheetLayout {
  /** Height of a sample. */
  readonly height: number;
  /** Width of a sample. */
  readonly width: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
  /** Samples in a row; by default so many that there are about as many rows. */
  readonly columns?: number;
  /** Each value becomes a square of so many pixels; by default the least that makes a sample 64 pixels high. */
  readonly zoom?: number;
}

/** Grey of the lines between samples. */
const LINE = 64;
/** Pixels between samples. */
const GAP = 2;

/**
 * Arranges samples in rows on one picture.
 *
 * @param samples Values in [-1, 1], `[samples, height, width, channels]`; what lies outside is cut off.
 * @param layout Sizes and arrangement.
 * @throws {RangeError} If there is no sample, or the values are not a whole number of them.
 *
 * @example Four pictures of one pixel
 * ```ts
 * import { contactSheet } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { height, width } = contactSheet([-1, 0, 0, 1], { height: 1, width: 1, channels: 1, zoom: 1 });
 * assertEquals([height, width], [4, 4]); // two rows and columns, with lines of two pixels between
 * ```
 *
 * @category Pictures
 */
export function contactSheet(samples: ArrayLike<number>, layout: SheetLayout): RasterImage {
  const { height, width, channels } = layout;
  const size = height * width * channels;
  const count = samples.length / size;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(
      `A sheet needs one sample or more of ${height}×${width}×${channels} = ${size} values, got ${samples.length} values.`,
    );
  }
  const zoom = layout.zoom ?? Math.max(1, Math.ceil(64 / height));
  const columns = Math.min(count, layout.columns ?? Math.ceil(Math.sqrt(count)));
  const rows = Math.ceil(count / columns);
  const rowPitch = height * zoom + GAP, columnPitch = width * zoom + GAP;
  const sheetHeight = rows * rowPitch - GAP, sheetWidth = columns * columnPitch - GAP;
  const { pixels: values } = rasterFromValues(samples, { height: height * count, width, channels });
  const pixels = new Uint8Array(sheetHeight * sheetWidth * channels).fill(LINE);
  for (let sample = 0; sample < count; sample++) {
    const top = Math.floor(sample / columns) * rowPitch, left = (sample % columns) * columnPitch;
    for (let row = 0; row < height * zoom; row++) {
      for (let column = 0; column < width * zoom; column++) {
        const source = sample * size +
          (Math.floor(row / zoom) * width + Math.floor(column / zoom)) * channels;
        const target = ((top + row) * sheetWidth + left + column) * channels;
        for (let channel = 0; channel < channels; channel++) {
          pixels[target + channel] = values[source + channel]!;
        }
      }
    }
  }
  return { height: sheetHeight, width: sheetWidth, channels, pixels };
}
