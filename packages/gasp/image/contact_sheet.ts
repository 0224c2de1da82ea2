/**
 * Sheets of many samples.
 *
 * @module
 */
import { rasterFromValues, type RasterImage } from "./image.ts";

/**
 * Sizes and layout of a sheet.
 *
 * @category Pictures
 */
export interface SheetLayout {
  /** Height of a sample. */
  readonly height: number;
  /** Width of a sample. */
  readonly width: number;
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3;
  /** Samples per row. Default: about as many as rows. */
  readonly columns?: number;
  /** Integer enlargement of the samples. Default: the smallest that makes them at least 64 pixels high. */
  readonly zoom?: number;
}

/** Grey of the lines between samples. */
export const LINE = 64;
/** Pixels between samples. */
export const GAP = 2;

/** Where samples are on a sheet, in pixels. */
export interface SheetPlaces {
  /** Integer enlargement of the samples. */
  readonly zoom: number;
  /** Samples per row. */
  readonly columns: number;
  /** Rows of samples. */
  readonly rows: number;
  /** Height of the sheet. */
  readonly sheetHeight: number;
  /** Width of the sheet. */
  readonly sheetWidth: number;
}

/** Places samples on a sheet. @param count Number of samples. @param layout Sizes and layout. */
export function sheetPlaces(count: number, layout: SheetLayout): SheetPlaces {
  const { height, width } = layout, zoom = layout.zoom ?? Math.max(1, Math.ceil(64 / height));
  const columns = Math.min(count, layout.columns ?? Math.ceil(Math.sqrt(count)));
  const rows = Math.ceil(count / columns);
  return {
    zoom,
    columns,
    rows,
    sheetHeight: rows * (height * zoom + GAP) - GAP,
    sheetWidth: columns * (width * zoom + GAP) - GAP,
  };
}

/**
 * Arranges samples in rows on one image.
 *
 * @param samples Values in [-1, 1], `[samples, height, width, channels]`; values outside are clamped.
 * @param layout Sizes and layout.
 * @throws {RangeError} If the values are not a positive whole number of samples.
 *
 * @example Four images of one pixel
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
      `A sheet needs one or more samples of ${height}×${width}×${channels} = ${size} values, got ${samples.length} values.`,
    );
  }
  const { zoom, columns, sheetHeight, sheetWidth } = sheetPlaces(count, layout);
  const rowPitch = height * zoom + GAP, columnPitch = width * zoom + GAP;
  const { pixels: values } = rasterFromValues(samples, { height: height * count, width, channels });
  const pixels = new Uint8Array(sheetHeight * sheetWidth * channels).fill(LINE);
  for (let sample = 0; sample < count; sample++) {
    const top = Math.floor(sample / columns) * rowPitch, left = (sample % columns) * columnPitch;
    for (let row = 0; row < height * zoom; row++) {
      const source = values.subarray(sample * size + Math.floor(row / zoom) * width * channels);
      const target = pixels.subarray(((top + row) * sheetWidth + left) * channels);
      enlargeRow(target, source, { width, channels, zoom });
    }
  }
  return { height: sheetHeight, width: sheetWidth, channels, pixels };
}

/**
 * Copies a row of pixels, each `zoom` times.
 *
 * @param target Begins with the copy, `[width · zoom, channels]`.
 * @param source Begins with the row, `[width, channels]`.
 * @param sizes Sizes of the row, and the enlargement.
 * @param sizes.width Pixels of the row.
 * @param sizes.channels Values of a pixel.
 * @param sizes.zoom Integer enlargement.
 */
export function enlargeRow(
  target: Uint8Array | Uint8ClampedArray,
  source: Uint8Array | Uint8ClampedArray,
  { width, channels, zoom }: { readonly width: number; readonly channels: number; readonly zoom: number },
): void {
  for (let column = 0, at = 0; column < width; column++) {
    for (let i = 0; i < zoom; i++) {
      for (let channel = 0; channel < channels; channel++) {
        target[at++] = source[column * channels + channel]!;
      }
    }
  }
}
