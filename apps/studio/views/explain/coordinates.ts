/**
 * From a position on a picture to the coordinates of the function.
 *
 * @module
 */
import type { PadPosition } from "../../ui/pad.tsx";
import type { ModelInfo } from "../../worker/core/models.ts";

/**
 * Returns the coordinates at a position.
 *
 * @param display Display of the samples.
 * @param position Right and up, in [-1, 1].
 * @returns Rows first for images; (x, y, z) on the sphere; (0, y, z) for shapes, as they are cut in half.
 */
export function coordinatesAt(display: ModelInfo["display"], [right, up]: PadPosition): readonly number[] {
  if (display.kind === "volume") return [0, right, up];
  if (display.kind === "sphere") {
    const latitude = up * Math.PI / 2, longitude = right * Math.PI;
    return [
      Math.cos(latitude) * Math.cos(longitude),
      Math.cos(latitude) * Math.sin(longitude),
      Math.sin(latitude),
    ];
  }
  const wide = display.kind === "image" ? (display.width - 1) / (display.height - 1) : 1;
  return [-up, right * wide];
}

/**
 * Evaluates the Fourier features of a point (section 2 of the paper).
 *
 * @param frequencies B, `[count, dimension]`.
 * @param at Coordinates, `[dimension]`.
 * @returns cos 2πBx and sin 2πBx of each frequency, `[count][2]`.
 */
export function featuresAt(frequencies: Float32Array, at: readonly number[]): (readonly [number, number])[] {
  const dimension = at.length;
  return Array.from({ length: frequencies.length / dimension }, (_, row) => {
    const turns = at.reduce((sum, value, axis) => sum + value * frequencies[row * dimension + axis]!, 0);
    return [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
  });
}
