/**
 * A field on a grid of the sphere, and its value between the points of the grid.
 * @module
 */

/**
 * Values on the grid of latitudes from 90° down to -90° and longitudes from 0° eastwards.
 *
 * @category Files of samples
 */
export interface SphereField {
  /** Features `[latitudes, longitudes]`. */
  readonly values: Float32Array;
  /** Rows, both poles included. */
  readonly latitudes: number;
  /** Columns, 360° not included. */
  readonly longitudes: number;
}

/**
 * The value at any place, linear between the four points around it.
 *
 * @param field The field.
 * @param latitude Degrees north.
 * @param longitude Degrees east, in any turn.
 *
 * @example Halfway between two latitudes
 * ```ts
 * import { fieldAt } from "@gasp/gasp";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const field = { values: Float32Array.of(1, 1, 0, 0, -1, -1), latitudes: 3, longitudes: 2 };
 * assertAlmostEquals(fieldAt(field, 45, 0), 0.5, 1e-6);
 * ```
 *
 * @category Files of samples
 */
export function fieldAt(field: SphereField, latitude: number, longitude: number): number {
  const { values, latitudes, longitudes } = field;
  const row = Math.min(1, Math.max(0, (90 - latitude) / 180)) * (latitudes - 1);
  const turns = longitude / 360, column = (turns - Math.floor(turns)) * longitudes;
  const top = Math.min(latitudes - 2, Math.floor(row)), left = Math.floor(column) % longitudes;
  const right = (left + 1) % longitudes, part = column - Math.floor(column);
  const between = (start: number) => values[start + left]! * (1 - part) + values[start + right]! * part;
  return between(top * longitudes) * (top + 1 - row) + between((top + 1) * longitudes) * (row - top);
}
