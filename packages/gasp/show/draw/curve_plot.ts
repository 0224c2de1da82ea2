/**
 * Line plots of functions of one variable.
 * @module
 */
import type { CurveDisplay } from "@gasp/datasets";
import { Canvas, type Colour, INK, PALE } from "./canvas.ts";
import { textWidth } from "./font.ts";
import { describeScale, inUnits, ticksBetween } from "./ticks.ts";

const LINE: Colour = [33, 102, 172];

/** Rectangle of a canvas. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a curve into a rectangle whose lower edge is the feature -1 and whose upper edge is 1.
 *
 * @param canvas Canvas to draw on.
 * @param values Features at evenly spaced times.
 * @param frame Rectangle.
 */
export function drawCurve(canvas: Canvas, values: ArrayLike<number>, frame: Frame): void {
  const { left, top, width, height } = frame, last = values.length - 1;
  const place = (i: number): [number, number] => [
    left + 0.5 + i / last * (width - 1),
    top + 0.5 + (1 - Math.min(1, Math.max(-1, values[i]!))) / 2 * (height - 1),
  ];
  const middle = top + Math.floor(height / 2);
  canvas.fill(left, middle, width, 1, PALE);
  for (let i = 0; i < last; i++) canvas.line(place(i), place(i + 1), LINE, 1);
}

const PLOT: Frame = { left: 60, top: 12, width: 640, height: 240 };

/**
 * Draws a curve with axes, ticks and units.
 *
 * @param values Features, `[samples]`.
 * @param display Sampling rate and units.
 */
export function curvePlot(values: ArrayLike<number>, { rate, samples, scale }: CurveDisplay): Canvas {
  const { left, top, width, height } = PLOT;
  const canvas = new Canvas(top + height + 40, left + width + 20);
  drawCurve(canvas, values, PLOT);
  canvas.frame(left, top, width, height);
  const low = inUnits(-1, scale), high = inUnits(1, scale);
  for (const { value, label } of ticksBetween(low, high, 6)) {
    const row = Math.round(top + (high - value) / (high - low) * (height - 1));
    canvas.fill(left - 5, row, 4, 1, INK);
    canvas.text(label, left - 8 - textWidth(label), row - 3);
  }
  const [begin, end, name] = rate === undefined ? [-1, 1, "t"] : [0, (samples - 1) / rate, "seconds"];
  for (const { value, label } of ticksBetween(begin, end, 8)) {
    const column = Math.round(left + (value - begin) / (end - begin) * (width - 1));
    canvas.fill(column, top + height + 1, 1, 4, INK);
    canvas.text(label, column - Math.floor(textWidth(label) / 2), top + height + 8);
  }
  canvas.text(name, left + Math.floor((width - textWidth(name)) / 2), top + height + 22);
  canvas.text(describeScale(scale), left, 2);
  return canvas;
}
