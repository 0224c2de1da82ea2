/**
 * The perceptually uniform, colour-blind friendly colour map viridis, by Nathaniel Smith, Stéfan van der Walt and Eric Firing
 * (CC0).
 * @module
 */
import type { Colour } from "./canvas.ts";

/** Viridis at 0, 1/9, ..., 1. */
const STOPS: readonly Colour[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];

/**
 * Returns the colour of a feature.
 *
 * @param value Feature from -1 (dark) to 1 (bright), clamped; NaN is black.
 * @category Files of samples
 */
export function colourOf(value: number): Colour {
  if (Number.isNaN(value)) return [0, 0, 0];
  const position = Math.min(1, Math.max(0, (value + 1) / 2)) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(position)), part = position - low;
  const mix = (i: 0 | 1 | 2) => STOPS[low]![i] + part * (STOPS[low + 1]![i] - STOPS[low]![i]);
  return [mix(0), mix(1), mix(2)];
}
