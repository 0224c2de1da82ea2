/**
 * Contact sheets of completed digits: truth, observation and completions in rows.
 *
 * @module
 */
import { contactSheet, type RasterImage } from "@gasp/gasp";

/** Contents of a sheet. */
export interface Completions {
  /** The true digits, then completions, each `[digits, size, size]` in [-1, 1]. */
  readonly columns: readonly Float32Array[];
  /** Indices of each digit's observed pixels. */
  readonly chosen: readonly (readonly number[])[];
  /** Height and width. */
  readonly size: number;
  /** Number of rows. */
  readonly count: number;
}

/** Grey value of unobserved pixels. */
const HIDDEN = -0.4;

/**
 * Draws a sheet with a row for each digit: the digit, its observed pixels, the completions.
 *
 * @param completions Contents.
 */
export function completionSheet({ columns, chosen, size, count }: Completions): RasterImage {
  const pixels = size ** 2, tiles: number[] = [];
  for (let digit = 0; digit < count; digit++) {
    const [truth, ...completions] = columns.map((
      values,
    ) => [...values.subarray(digit * pixels, (digit + 1) * pixels)]);
    const shown = new Set(chosen[digit]);
    const observed = truth!.map((value, pixel) => shown.has(pixel) ? value : HIDDEN);
    tiles.push(...truth!, ...observed, ...completions.flat());
  }
  return contactSheet(tiles, { height: size, width: size, channels: 1, columns: columns.length + 1 });
}
