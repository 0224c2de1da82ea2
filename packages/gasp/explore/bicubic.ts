/**
 * Bicubic interpolation by Catmull–Rom splines (Keys, 1981, a = -1/2), of pictures whose outer points stay at the border:
 * what grid models have instead of functions.
 * @module
 */

/**
 * Sizes of a picture.
 *
 * @category Exploration
 */
export interface GridSize {
  /** Rows. */
  readonly height: number;
  /** Points in a row. */
  readonly width: number;
  /** Numbers at a point. */
  readonly channels: number;
}

/** Four neighbours and their weights. */
interface Tap {
  readonly index: number;
  readonly weight: number;
}

/**
 * A picture on a finer or coarser grid over the same square. Beyond the border the outer values go on.
 *
 * @param values `[height, width, channels]`.
 * @param from Sizes of the picture.
 * @param to Rows and points of the new grid, at least 2 each.
 * @returns `[to.height, to.width, channels]`.
 *
 * @example
 * ```ts
 * import { bicubic } from "@gasp/gasp/explore";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const from = { height: 2, width: 2, channels: 1 }, flat = new Float32Array(4).fill(0.5);
 * const values = bicubic(flat, from, { height: 3, width: 3 });
 * assertEquals(values.length, 9);
 * assertAlmostEquals(values[4]!, 0.5, 1e-6);
 * ```
 *
 * @category Exploration
 */
export function bicubic(
  values: Float32Array,
  from: GridSize,
  to: { readonly height: number; readonly width: number },
): Float32Array {
  const { channels } = from;
  const rows = taps(from.height, to.height), columns = taps(from.width, to.width);
  const output = new Float32Array(to.height * to.width * channels);
  let at = 0;
  for (const vertical of rows) {
    for (const horizontal of columns) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (const row of vertical) {
          for (const column of horizontal) {
            const value = values[(row.index * from.width + column.index) * channels + channel]!;
            sum += row.weight * column.weight * value;
          }
        }
        output[at++] = sum;
      }
    }
  }
  return output;
}

/** What each new point of an axis is made of. */
function taps(from: number, to: number): Tap[][] {
  return Array.from({ length: to }, (_, i) => {
    const position = i * (from - 1) / (to - 1), left = Math.min(from - 2, Math.floor(position));
    return [-1, 0, 1, 2].map((offset) => ({
      index: Math.min(from - 1, Math.max(0, left + offset)),
      weight: catmullRom(position - left - offset),
    }));
  });
}

function catmullRom(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}
