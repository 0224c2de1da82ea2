/**
 * Whether fields on the sphere have a seam: functions of longitude need not meet where 360° becomes 0°, functions of
 * points in space do.
 *
 * @module
 */

/**
 * Differences between values next to each other on a circle of latitude.
 *
 * @category Metrics
 */
export interface SeamJumps {
  /** The largest across the meridian of 0°. */
  readonly across: number;
  /** The largest between any other two neighbours. */
  readonly elsewhere: number;
  /** The mean of those others. */
  readonly mean: number;
}

/**
 * Compares the jumps across the meridian of 0° with all others. Without a seam, the largest across is some times the mean,
 * as it is at any meridian, and about as large as the largest elsewhere, or smaller.
 *
 * @param fields Values `[fields, latitudes, longitudes]` on a grid with both poles and from 0° eastwards, 360° not
 * included. The rows of the poles are left out: each is one point.
 * @param latitudes Rows, at least 3.
 * @param longitudes Columns, at least 3.
 * @throws {RangeError} If there are fewer rows or columns, or values that are no whole number of fields.
 *
 * @example A constant field has no seam
 * ```ts
 * import { seamJumps } from "@gasp/gasp/metrics";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(seamJumps(new Float32Array(5 * 8), 5, 8), { across: 0, elsewhere: 0, mean: 0 });
 * ```
 *
 * @category Metrics
 */
export function seamJumps(fields: ArrayLike<number>, latitudes: number, longitudes: number): SeamJumps {
  const size = latitudes * longitudes;
  if (latitudes < 3 || longitudes < 3 || fields.length === 0 || fields.length % size !== 0) {
    throw new RangeError(
      `seamJumps() takes fields of at least 3×3 values, got ${fields.length} values for ${latitudes}×${longitudes}`,
    );
  }
  const count = fields.length / size;
  let across = 0, elsewhere = 0, sum = 0;
  for (let field = 0; field < count; field++) {
    for (let row = 1; row < latitudes - 1; row++) {
      const first = field * size + row * longitudes, last = first + longitudes - 1;
      across = Math.max(across, Math.abs(fields[first]! - fields[last]!));
      for (let at = first; at < last; at++) {
        const jump = Math.abs(fields[at + 1]! - fields[at]!);
        elsewhere = Math.max(elsewhere, jump);
        sum += jump;
      }
    }
  }
  return { across, elsewhere, mean: sum / (count * (latitudes - 2) * (longitudes - 1)) };
}
