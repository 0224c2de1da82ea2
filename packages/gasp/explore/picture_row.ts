/**
 * Pictures side by side with labels, in memory or row by row.
 * @module
 */
import type { ImageRows, RasterImage } from "../image/mod.ts";
import { Canvas } from "../show/draw/canvas.ts";
import { GLYPH_HEIGHT } from "../show/draw/font.ts";

/** A picture whose rows are computed when they are asked for, from the top. */
export interface PictureRows extends Omit<RasterImage, "pixels"> {
  /** Values of a row, `[width, channels]`. @param index Index of the row. */
  row(index: number): Promise<RasterImage["pixels"]>;
}

/** A picture with the label above it. */
export interface Labelled<Picture> {
  /** Label. */
  readonly label: string;
  /** The picture. */
  readonly picture: Picture;
}

type Size = Omit<RasterImage, "pixels">;

/** Minimum height of a picture, and gap between pictures, in pixels. */
export const LEAST_HEIGHT = 224;
const GAP = 6, TOP = GLYPH_HEIGHT + 2 * GAP, CHANNELS = 3;

/** Where each picture is: its first column, and how much it is enlarged, by an integer. */
interface Layout {
  readonly width: number;
  /** Of the pictures, without labels. */
  readonly height: number;
  readonly places: readonly { readonly left: number; readonly zoom: number }[];
}

function layoutOf(pictures: readonly Labelled<Size>[]): Layout {
  const height = Math.max(LEAST_HEIGHT, ...pictures.map(({ picture }) => picture.height));
  let left = GAP;
  const places = pictures.map(({ picture }) => {
    const place = { left, zoom: Math.floor(height / picture.height) };
    left += place.zoom * picture.width + GAP;
    return place;
  });
  return { width: left, height, places };
}

function drawLabels(canvas: Canvas, pictures: readonly Labelled<Size>[], { places }: Layout): void {
  pictures.forEach(({ label }, i) => canvas.text(label, places[i]!.left, GAP));
}

/** Copies a row of a picture, enlarged, into a row of the sheet. */
function paint(
  line: Uint8ClampedArray,
  row: RasterImage["pixels"],
  { width, channels }: Size,
  { left, zoom }: Layout["places"][number],
): void {
  const step = channels === 1 ? 0 : 1;
  for (let column = 0, at = CHANNELS * left; column < width; column++) {
    const from = column * channels;
    for (let i = 0; i < zoom; i++, at += CHANNELS) {
      line[at] = row[from]!;
      line[at + 1] = row[from + step]!;
      line[at + 2] = row[from + 2 * step]!;
    }
  }
}

/** Draws pictures side by side; smaller ones are enlarged by an integer. @param pictures From left to right. */
export function pictureRow(pictures: readonly Labelled<RasterImage>[]): RasterImage {
  const layout = layoutOf(pictures), { width, height, places } = layout;
  const sheet = new Canvas(TOP + height + GAP, width);
  drawLabels(sheet, pictures, layout);
  pictures.forEach(({ picture }, i) => {
    const place = places[i]!;
    for (let y = 0; y < picture.height * place.zoom; y++) {
      const line = sheet.pixels.subarray(CHANNELS * width * (TOP + y), CHANNELS * width * (TOP + y + 1));
      paint(line, rowOf(picture, Math.floor(y / place.zoom)), picture, place);
    }
  });
  return sheet;
}

/**
 * Draws what {@link pictureRow} does, row by row.
 *
 * @param pictures From left to right; rows are asked for in order, those of all pictures in turn.
 */
export function pictureRows(pictures: readonly Labelled<RasterImage | PictureRows>[]): ImageRows {
  const layout = layoutOf(pictures), { width, height, places } = layout, size = CHANNELS * width;
  async function* rows() {
    const header = new Canvas(TOP, width);
    drawLabels(header, pictures, layout);
    for (let y = 0; y < TOP; y++) yield header.pixels.subarray(size * y, size * (y + 1));
    const blank = new Uint8ClampedArray(size).fill(255), line = new Uint8ClampedArray(size);
    for (let y = 0; y < height; y++) {
      line.set(blank);
      for (const [i, { picture }] of pictures.entries()) {
        const place = places[i]!, index = Math.floor(y / place.zoom);
        if (index >= picture.height) continue;
        const row = "row" in picture ? await picture.row(index) : rowOf(picture, index);
        paint(line, row, picture, place);
      }
      yield line;
    }
    for (let y = 0; y < GAP; y++) yield blank;
  }
  return { height: TOP + height + GAP, width, channels: CHANNELS, rows: rows() };
}

/**
 * Bytes of memory that {@link pictureRows} needs besides the pictures.
 *
 * @param pictures Sizes of the pictures.
 */
export function rowBytes(pictures: readonly Size[]): number {
  const { width } = layoutOf(pictures.map((picture) => ({ label: "", picture })));
  // Labels, blank, line
  return CHANNELS * width * (TOP + 2);
}

function rowOf({ pixels, width, channels }: RasterImage, index: number): RasterImage["pixels"] {
  return pixels.subarray(index * width * channels, (index + 1) * width * channels);
}
