/**
 * Colour bars.
 * @module
 */
import type { ValueScale } from "@gasp/datasets";
import { type Canvas, INK } from "./canvas.ts";
import { colourOf } from "./colour_map.ts";
import { GLYPH_HEIGHT, textWidth } from "./font.ts";
import { describeScale, inUnits, ticksBetween } from "./ticks.ts";

/** Height of {@link drawColourBar} in pixels per text size. */
export const BAR_HEIGHT = 34;

/**
 * Draws a colour bar with ticks and units below it.
 *
 * @param canvas Canvas to draw on.
 * @param place First column, first row, width and text size.
 * @param scale Values of the features -1 and 1.
 */
export function drawColourBar(
  canvas: Canvas,
  place: { readonly left: number; readonly top: number; readonly width: number; readonly size: number },
  scale: ValueScale | undefined,
): void {
  const { left, top, width, size } = place, height = 8 * size;
  for (let column = 0; column < width; column++) {
    canvas.fill(left + column, top, 1, height, colourOf(2 * column / (width - 1) - 1));
  }
  canvas.frame(left, top, width, height);
  const low = inUnits(-1, scale), high = inUnits(1, scale);
  for (const { value, label } of ticksBetween(low, high, Math.max(2, Math.floor(width / (50 * size))))) {
    const column = Math.round(left + (value - low) / (high - low) * (width - 1));
    canvas.fill(column, top + height, 1, 3 * size, INK);
    const wide = textWidth(label) * size;
    const start = Math.min(canvas.width - wide, Math.max(0, column - Math.floor(wide / 2)));
    canvas.text(label, start, top + height + 4 * size, INK, size);
  }
  const words = describeScale(scale);
  const start = left + Math.max(0, Math.floor((width - textWidth(words) * size) / 2));
  canvas.text(words, start, top + height + (GLYPH_HEIGHT + 9) * size, INK, size);
}
