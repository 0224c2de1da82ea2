/**
 * Digits, what was observed of them and several guesses, in rows.
 *
 * @module
 */
import { contactSheet, type RasterImage } from "@gasp/gasp";

/** What {@link completionSheet} shows. */
export interface Completions {
  /** The digits, then guesses, each `[digits, size, size]` in [-1, 1]. */
  readonly columns: readonly Float32Array[];
  /** Pixels of each digit that were observed. */
  readonly chosen: readonly (readonly number[])[];
  /** Height and width. */
  readonly size: number;
  /** Digits to show. */
  readonly count: number;
}

/** Grey of pixels that were not observed. */
const HIDDEN = -0.4;

/**
 * A sheet with a row for each digit: the digit, its observed pixels, the guesses.
 *
 * @param completions What to show.
 */
export function completionSheet({ columns, chosen, size, count }: Completions): RasterImage {
  const pixels = size ** 2, tiles: number[] = [];
  for (let digit = 0; digit < count; digit++) {
    const [truth, ...guesses] = columns.map((
      values,
    ) => [...values.subarray(digit * pixels, (digit + 1) * pixels)]);
    const shown = new Set(chosen[digit]);
    const observed = truth!.map((value, pixel) => shown.has(pixel) ? value : HIDDEN);
    tiles.push(...truth!, ...observed, ...guesses.flat());
  }
  return contactSheet(tiles, { height: size, width: size, channels: 1, columns: columns.length + 1 });
}
