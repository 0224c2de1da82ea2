/**
 * A colour image to draw on: lines, text, other images.
 * @module
 */
import type { RasterImage } from "../../image/mod.ts";
import { textDots } from "./font.ts";

/**
 * Red, green and blue from 0 to 255.
 *
 * @category Files of samples
 */
export type Colour = readonly [red: number, green: number, blue: number];

/** Background. */
export const WHITE: Colour = [255, 255, 255];
/** Text and axes. */
export const INK: Colour = [40, 40, 40];
/** Guide lines. */
export const PALE: Colour = [205, 205, 205];

/** An RGB image of `height` rows of `width` pixels; columns count from the left, rows from the top. */
export class Canvas implements RasterImage {
  /** Always RGB. */
  readonly channels = 3;
  /** Values, `[height, width, 3]`. */
  readonly pixels: Uint8ClampedArray;

  /**
   * Constructs a uniform image.
   *
   * @param height Rows.
   * @param width Columns.
   * @param colour Colour of all pixels.
   */
  constructor(readonly height: number, readonly width: number, colour: Colour = WHITE) {
    this.pixels = new Uint8ClampedArray(height * width * 3);
    for (let i = 0; i < this.pixels.length; i++) this.pixels[i] = colour[i % 3]!;
  }

  /**
   * Blends a colour into a pixel; pixels outside the image are ignored.
   *
   * @param column Column.
   * @param row Row.
   * @param colour Colour.
   * @param part Coverage, from 0 to 1.
   */
  dot(column: number, row: number, colour: Colour, part = 1): void {
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return;
    const at = (row * this.width + column) * 3;
    for (let i = 0; i < 3; i++) this.pixels[at + i] = this.pixels[at + i]! * (1 - part) + colour[i]! * part;
  }

  /**
   * Fills a rectangle.
   *
   * @param left First column.
   * @param top First row.
   * @param width Columns.
   * @param height Rows.
   * @param colour Its colour.
   */
  fill(left: number, top: number, width: number, height: number, colour: Colour): void {
    for (let row = top; row < top + height; row++) {
      for (let column = left; column < left + width; column++) this.dot(column, row, colour);
    }
  }

  /**
   * Draws the border of a rectangle, one pixel wide and directly outside of it.
   *
   * @param left First column inside.
   * @param top First row inside.
   * @param width Columns inside.
   * @param height Rows inside.
   * @param colour Its colour.
   */
  frame(left: number, top: number, width: number, height: number, colour: Colour = INK): void {
    this.fill(left - 1, top - 1, width + 2, 1, colour);
    this.fill(left - 1, top + height, width + 2, 1, colour);
    this.fill(left - 1, top, 1, height, colour);
    this.fill(left + width, top, 1, height, colour);
  }

  /**
   * Draws an antialiased line.
   *
   * @param from Start, in pixels; the centre of the first pixel is (0.5, 0.5).
   * @param to End.
   * @param colour Colour.
   * @param width Width in pixels.
   */
  line(from: readonly [number, number], to: readonly [number, number], colour: Colour, width = 1): void {
    const [x0, y0] = from, [x1, y1] = to, reach = width / 2 + 0.5;
    const dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
    const isSteep = Math.abs(dy) > Math.abs(dx);
    const [low, high] = isSteep ? [Math.min(y0, y1), Math.max(y0, y1)] : [Math.min(x0, x1), Math.max(x0, x1)];
    const limit = isSteep ? this.height : this.width;
    for (let main = Math.max(0, Math.floor(low - reach)); main <= Math.min(limit - 1, high + reach); main++) {
      const along = isSteep
        ? (dy === 0 ? 0 : (main + 0.5 - y0) / dy)
        : (dx === 0 ? 0 : (main + 0.5 - x0) / dx);
      const part = Math.min(1, Math.max(0, along));
      const middle = isSteep ? x0 + part * dx : y0 + part * dy, spread = 1.5 * reach + 1;
      for (let side = Math.floor(middle - spread); side <= middle + spread; side++) {
        const x = isSteep ? side + 0.5 : main + 0.5, y = isSteep ? main + 0.5 : side + 0.5;
        const nearest = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
        const distance = Math.hypot(x - x0 - nearest * dx, y - y0 - nearest * dy);
        const cover = Math.min(1, reach - distance);
        if (cover > 0) this.dot(Math.floor(x), Math.floor(y), colour, cover);
      }
    }
  }

  /**
   * Draws an antialiased disc.
   *
   * @param x Centre, in pixels from the left.
   * @param y Centre, in pixels from the top.
   * @param radius Radius in pixels.
   * @param colour Colour.
   */
  disc(x: number, y: number, radius: number, colour: Colour): void {
    for (let row = Math.floor(y - radius - 1); row <= y + radius + 1; row++) {
      for (let column = Math.floor(x - radius - 1); column <= x + radius + 1; column++) {
        const cover = Math.min(1, radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y));
        if (cover > 0) this.dot(column, row, colour, cover);
      }
    }
  }

  /**
   * Copies an image onto the canvas.
   *
   * @param image Image to copy; cropped if it does not fit.
   * @param left First column, from 0.
   * @param top First row, from 0.
   */
  paste(image: RasterImage, left: number, top: number): void {
    const { channels, pixels } = image, step = channels === 1 ? 0 : 1;
    const height = Math.min(image.height, this.height - top),
      width = Math.min(image.width, this.width - left);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const from = (row * image.width + column) * channels;
        const to = ((top + row) * this.width + left + column) * 3;
        for (let i = 0; i < 3; i++) this.pixels[to + i] = pixels[from + i * step]!;
      }
    }
  }

  /**
   * Draws a line of text.
   *
   * @param text Text to draw.
   * @param left First column.
   * @param top First row.
   * @param colour Colour.
   * @param size Pixels per dot of the font.
   */
  text(text: string, left: number, top: number, colour: Colour = INK, size = 1): void {
    for (const [column, row] of textDots(text)) {
      this.fill(left + column * size, top + row * size, size, size, colour);
    }
  }
}
