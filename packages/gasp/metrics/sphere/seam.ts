/**
 * Continuity of fields on the sphere across the meridian of 0°. Functions of latitude and longitude may have a seam where
 * 360° meets 0°; functions of points of the sphere in space (section 5.3 of the paper) do not.
 *
 * @module
 */

/**
 * Absolute differences between neighbouring values on a circle of latitude.
 *
 * @category Metrics
 */
export interface SeamJumps {
  /** Maximum across the meridian of 0°. */
  readonly across: number;
  /** Maximum over all other pairs of neighbours. */
  readonly elsewhere: number;
  /** Mean over all other pairs of neighbours. */
  readonly mean: number;
}

/**
 * Compares the differences across the meridian of 0° with all others. Without a seam, the maximum across it is a few times
 * the mean, as at any meridian, and not above the maximum elsewhere.
 *
 * @param fields Values `[fields, latitudes, longitudes]` on a grid that includes both poles and runs eastwards from 0°,
 * without 360°. The rows at the poles are ignored: each is a single point.
 * @param latitudes Number of rows, at least 3.
 * @param longitudes Number of columns, at least 3.
 * @throws {RangeError} If there are fewer rows or columns, or the number of values is not a multiple of the grid's size.
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
      `seamJumps() requires fields of at least 3×3 values, got ${fields.length} values for ${latitudes}×${longitudes}.`,
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

/**
 * Finds the date line on a grid.
 *
 * @param coordinates (x, y, z) of the points of the grid, `[latitudes · longitudes, 3]`, circle of latitude by circle.
 * @param latitudes Number of rows.
 * @param longitudes Number of columns.
 * @returns The column whose eastern neighbour, the first column for the last one, is on the other side of the meridian of
 * 180°: there `atan2(y, x)` jumps from π to -π.
 * @throws {RangeError} If the columns do not go once around the sphere.
 *
 * @example
 * ```ts
 * import { dateLineColumn } from "@gasp/gasp/metrics";
 * import { sphereCoordinates } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * // Columns at 0°, 72°, 144°, 216°, 288°
 * assertEquals(dateLineColumn(sphereCoordinates(3, 5), 3, 5), 2);
 * ```
 *
 * @category Metrics
 */
export function dateLineColumn(coordinates: Float32Array, latitudes: number, longitudes: number): number {
  const equator = Math.floor(latitudes / 2) * longitudes;
  const longitudeOf = (column: number) => {
    const at = 3 * (equator + column % longitudes);
    return Math.atan2(coordinates[at + 1]!, coordinates[at]!);
  };
  for (let column = 0; column < longitudes; column++) {
    if (Math.abs(longitudeOf(column) - longitudeOf(column + 1)) > Math.PI) return column;
  }
  throw new RangeError(`the ${longitudes} columns of the grid do not go around the sphere`);
}
