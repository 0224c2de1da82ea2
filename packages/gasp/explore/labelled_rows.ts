/**
 * Rows of pictures with labels.
 * @module
 */
import type { RasterImage } from "../image/mod.ts";
import { Canvas } from "../show/draw/canvas.ts";
import { GLYPH_HEIGHT, textWidth } from "../show/draw/font.ts";

/**
 * A labelled row of pictures.
 *
 * @category Exploration
 */
export interface LabelledRow {
  /** Label, drawn to the left. */
  readonly label: string;
  /** Pictures of the row; those in the same column must have the same size. */
  readonly pictures: readonly RasterImage[];
}

const GAP = 4;

/**
 * Draws rows of pictures onto one sheet.
 *
 * @param rows Rows with equally many pictures.
 * @category Exploration
 */
export function labelledRows(rows: readonly LabelledRow[]): RasterImage {
  const words = Math.max(...rows.map(({ label }) => textWidth(label))) + 2 * GAP;
  const heights = rows.map(({ pictures }) => Math.max(...pictures.map(({ height }) => height)));
  const widths = rows[0]!.pictures.map((_, i) => Math.max(...rows.map(({ pictures }) => pictures[i]!.width)));
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size + GAP, 0);
  const sheet = new Canvas(GAP + sum(heights), words + sum(widths));
  let top = GAP;
  rows.forEach(({ label, pictures }, row) => {
    sheet.text(label, GAP, top + Math.floor((heights[row]! - GLYPH_HEIGHT) / 2));
    let left = words;
    pictures.forEach((picture, column) => {
      sheet.paste(picture, left, top);
      left += widths[column]! + GAP;
    });
    top += heights[row]! + GAP;
  });
  return sheet;
}

/**
 * Enlarges an image by an integer factor (nearest neighbour).
 *
 * @param image Image to enlarge.
 * @param times Integer factor.
 * @category Exploration
 */
export function enlarge(image: RasterImage, times: number): RasterImage {
  const { channels } = image, height = image.height * times, width = image.width * times;
  const pixels = new Uint8Array(height * width * channels);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (Math.floor(row / times) * image.width + Math.floor(column / times)) * channels;
      for (let channel = 0; channel < channels; channel++) pixels[at++] = image.pixels[from + channel]!;
    }
  }
  return { height, width, channels, pixels };
}
