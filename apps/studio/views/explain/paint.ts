/**
 * Pictures of matrices.
 *
 * @module
 */
import type { Pictures } from "../../worker/core/rgba.ts";
import type { LayerWeights } from "../../worker/handlers/explain.ts";

type Colour = readonly [red: number, green: number, blue: number];

/** Colours of -1, 0 and 1; the middle is the paper, and the ends are as dark as each other. */
const NEGATIVE: Colour = [33, 92, 130], ZERO: Colour = [246, 242, 234], POSITIVE: Colour = [169, 58, 33];

/**
 * Paints a matrix, one pixel per weight: blue is negative, red is positive.
 *
 * @param layer The matrix.
 * @param scale Weight of full colour.
 */
export function paintMatrix({ rows, columns, weight }: LayerWeights, scale: number): Pictures {
  const pixels = new Uint8ClampedArray(4 * rows * columns);
  weight.forEach((value, i) => {
    const t = Math.max(-1, Math.min(1, value / scale)), end = t < 0 ? NEGATIVE : POSITIVE;
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = ZERO[c]! + Math.abs(t) * (end[c]! - ZERO[c]!);
    pixels[4 * i + 3] = 255;
  });
  return { count: 1, height: rows, width: columns, pixels };
}

/**
 * Returns the scale at which few weights are of full colour: twice their root mean square.
 *
 * @param layer A matrix.
 */
export function scaleOf({ weight }: LayerWeights): number {
  const square = weight.reduce((sum, value) => sum + value * value, 0) / weight.length;
  return 2 * Math.sqrt(square) || 1;
}

/**
 * Subtracts a matrix of the same size.
 *
 * @param layer From which.
 * @param other Which.
 */
export function minus(layer: LayerWeights, other: LayerWeights): LayerWeights {
  return { ...layer, weight: layer.weight.map((value, i) => value - other.weight[i]!) };
}
