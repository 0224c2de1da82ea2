/**
 * Sheets of images that are evaluated by blocks of rows while the file is written, so that memory does not depend on the
 * number of rows.
 * @module
 */
import { atResolution, type Display, gridRows, type ImageDisplay } from "@gasp/datasets/display";
import type { Tree } from "@gasp/tensor";
import { enlargeRow, GAP, LINE, sheetPlaces } from "../image/contact_sheet.ts";
import { rasterFromValues } from "../image/image.ts";
import type { ImageRows } from "../image/mod.ts";
import { chunksOf } from "../sampling/sampled_functions.ts";
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

/** A sheet of images. */
type SheetOfImages = ImageSheet & { readonly display: ImageDisplay };

/** What a sample looks like, and where samples are on the sheet. */
function layoutOf({ display, resolution, count, columns }: SheetOfImages) {
  const shown = atResolution(display, resolution);
  return { shown, places: sheetPlaces(count, { ...shown, ...(columns !== undefined && { columns }) }) };
}

/**
 * Whether a sheet is large enough to be written by rows.
 *
 * @param sheet Sizes.
 */
export function isByRows({ display, ...sizes }: ImageSheet): boolean {
  if (display.kind !== "image") return false;
  const { columns, sheetHeight, sheetWidth } = layoutOf({ ...sizes, display }).places;
  return columns <= MOST_COLUMNS && sheetHeight * sheetWidth > LARGE;
}

/**
 * Returns how many rows of images are evaluated at the same time.
 *
 * @param display Display of each image.
 * @param images Number of images. Default: 1.
 */
export function blockRows({ height, width }: ImageDisplay, images = 1): number {
  return Math.min(height, Math.max(1, Math.floor(BLOCK / (images * width))));
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
  sheet: SheetOfImages,
  { coordinateDim, featureDim }: { readonly coordinateDim: number; readonly featureDim: number },
): number {
  const { shown, places } = layoutOf(sheet);
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
  sheet: Omit<SheetOfImages, "count">,
): ImageRows {
  const { latentDim } = sampler.generator, count = latents.length / latentDim;
  const { shown, places } = layoutOf({ ...sheet, count }), { height, width, channels } = shown;
  const { zoom, columns, sheetHeight, sheetWidth } = places;
  const pitch = width * zoom + GAP;
  const blank = new Uint8ClampedArray(sheetWidth * channels).fill(LINE), line = blank.slice();

  /** Rows of the samples from `first` on, side by side. */
  async function* rowsOf(first: number) {
    const members = Math.min(columns, count - first);
    const functions = await sampler.functions(
      weights,
      latents.slice(first * latentDim, (first + members) * latentDim),
    );
    try {
      let done = 0;
      for (const [start, block] of chunksOf(height, blockRows(shown, columns))) {
        const values = await functions.sample(gridRows([height, width], start, start + block));
        const { pixels } = rasterFromValues(values, { height: members * block, width, channels });
        for (; done < start + block; done++) {
          const row = done - start;
          line.set(blank);
          for (let member = 0; member < members; member++) {
            const source = pixels.subarray((member * block + row) * width * channels);
            enlargeRow(line.subarray(member * pitch * channels), source, { width, channels, zoom });
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
