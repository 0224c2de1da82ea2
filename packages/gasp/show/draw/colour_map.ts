/**
 * Numbers as colours that look evenly spaced, also to people who tell few colours apart: viridis, by Nathaniel Smith,
 * Stéfan van der Walt and Eric Firing, which is free of rights.
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
 * The colour of a feature.
 *
 * @param value From -1, which is dark, to 1; what lies outside has the colour of the end, no number is black.
 */
export function colourOf(value: number): Colour {
  if (Number.isNaN(value)) return [0, 0, 0];
  const place = Math.min(1, Math.max(0, (value + 1) / 2)) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(place)), part = place - low;
  const mix = (i: 0 | 1 | 2) => STOPS[low]![i] + part * (STOPS[low + 1]![i] - STOPS[low]![i]);
  return [mix(0), mix(1), mix(2)];
}
