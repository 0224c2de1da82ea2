/**
 * Sheets of images that are evaluated by blocks of rows while the file is written, so that memory does not depend on the
 * number of rows.
 * @module
 */
import { atResolution, type Display, gridRows, type ImageDisplay } from "@gasp/datasets/display";
import type { Tree } from "@gasp/tensor";
import { GAP, LINE, sheetPlaces } from "../image/contact_sheet.ts";
import { rasterFromValues } from "../image/image.ts";
import type { ImageRows } from "../image/mod.ts";
import type { Sampler } from "../sampling/sampler.ts";

/** Pixels of a file from which on it is written by rows. */
const LARGE = 2 ** 22;
/** Samples per row of a sheet up to which it is: their functions are on the device at the same time. */
const MOST_COLUMNS = 64;
/** Points that are evaluated at the same time, over all samples, in whole rows. */
const BLOCK = 2 ** 18;
/** Bytes of a number. */
const NUMBER = 4;

/** What {@link imageRows} draws. */
export interface ImageSheet {
  /** Display of the data. */
  readonly display: Display;
  /** Rows of each sample. */
  readonly resolution: number;
  /** Number of samples. */
  readonly count: number;
  /** Samples per row. Default: about as many as rows. */
  readonly columns?: number;
}

/**
 * Whether a sheet is large enough to be written by rows.
 *
 * @param sheet Sizes.
 */
export function isByRows({ display, resolution, count, columns }: ImageSheet): boolean {
  if (display.kind !== "image") return false;
  const shown = atResolution(display, resolution);
  const places = sheetPlaces(count, { ...shown, ...(columns !== undefined && { columns }) });
  return places.columns <= MOST_COLUMNS && places.sheetHeight * places.sheetWidth > LARGE;
}

/** Rows of each sample that are evaluated at the same time. */
function blockRows({ height, width }: ImageDisplay, columns: number): number {
  return Math.min(height, Math.max(1, Math.floor(BLOCK / (columns * width))));
}

/**
 * Bytes that {@link imageRows} needs, besides the functions of a row of samples.
 *
 * @param sheet Sizes; its display must be an image.
 * @param dimensions Dimensions of the model.
 * @param dimensions.coordinateDim Coordinate dimension.
 * @param dimensions.featureDim Feature dimension.
 */
export function imageRowBytes(
  { display, resolution, count, columns }: ImageSheet & { readonly display: ImageDisplay },
  { coordinateDim, featureDim }: { readonly coordinateDim: number; readonly featureDim: number },
): number {
  const shown = atResolution(display, resolution);
  const places = sheetPlaces(count, { ...shown, ...(columns !== undefined && { columns }) });
  const points = blockRows(shown, places.columns) * shown.width;
  // Coordinates; features of all samples, twice, and as pixels; two rows of the sheet
  return NUMBER * points * (coordinateDim + 2 * places.columns * featureDim) +
    shown.channels * (places.columns * points + 2 * places.sheetWidth);
}

/**
 * Draws what `sheetOf` does, row by row.
 *
 * @param sampler Sampler of the generator.
 * @param weights Weights of the generator; faster if on the device.
 * @param latents `[count, latentDim]`.
 * @param sheet Sizes; its display must be an image.
 */
export function imageRows(
  sampler: Sampler,
  weights: Tree,
  latents: Float32Array,
  { display, resolution, columns: most }: Omit<ImageSheet, "count"> & { readonly display: ImageDisplay },
): ImageRows {
  const shown = atResolution(display, resolution), { height, width, channels } = shown;
  const { latentDim } = sampler.generator, count = latents.length / latentDim;
  const places = sheetPlaces(count, { ...shown, ...(most !== undefined && { columns: most }) });
  const { zoom, columns, sheetHeight, sheetWidth } = places;
  const block = blockRows(shown, columns), pitch = width * zoom + GAP;
  const blank = new Uint8ClampedArray(sheetWidth * channels).fill(LINE), line = blank.slice();

  /** Rows of the samples from `first` on, side by side. */
  async function* rowsOf(first: number) {
    const members = Math.min(columns, count - first);
    const functions = await sampler.functions(
      weights,
      latents.slice(first * latentDim, (first + members) * latentDim),
    );
    try {
      for (let top = 0; top < height; top += block) {
        // The last block ends with the image and has the same size, so that one program serves all
        const start = Math.min(top, height - block);
        const values = await functions.sample(gridRows([height, width], start, start + block));
        const { pixels } = rasterFromValues(values, { height: members * block, width, channels });
        for (let row = top - start; row < block; row++) {
          line.set(blank);
          for (let member = 0; member < members; member++) {
            const source = pixels.subarray((member * block + row) * width * channels);
            enlarge(line.subarray(member * pitch * channels), source, { width, channels, zoom });
          }
          for (let i = 0; i < zoom; i++) yield line;
        }
      }
    } finally {
      functions.release();
    }
  }

  async function* rows() {
    for (let first = 0; first < count; first += columns) {
      if (first > 0) { for (let i = 0; i < GAP; i++) yield blank; }
      yield* rowsOf(first);
    }
  }
  return { height: sheetHeight, width: sheetWidth, channels, rows: rows() };
}

/** Copies a row of pixels, each `zoom` times. */
function enlarge(
  target: Uint8ClampedArray,
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
