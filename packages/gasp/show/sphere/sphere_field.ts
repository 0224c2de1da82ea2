/**
 * Fields on a latitude-longitude grid of the sphere, with interpolation.
 * @module
 */

import type { SphereBounds } from "@gasp/datasets";

/**
 * Values on the grid of latitudes from 90° down to -90° and longitudes from 0° eastwards, or within bounds.
 *
 * @category Files of samples
 */
export interface SphereField {
  /** Features `[latitudes, longitudes]`. */
  readonly values: Float32Array;
  /** Rows, both poles or bounds included. */
  readonly latitudes: number;
  /** Columns, 360° not included, or both bounds included. */
  readonly longitudes: number;
  /** Part of the globe; absent: all of it. */
  readonly bounds?: SphereBounds;
}

/** Sizes of a field. */
type FieldGrid = Omit<SphereField, "values">;

/**
 * Returns the latitude of a row.
 *
 * @param grid Grid of the field.
 * @param row Index of the row.
 */
export function latitudeOf({ latitudes, bounds }: FieldGrid, row: number): number {
  const { north, south } = bounds ?? { north: 90, south: -90 };
  return north - (north - south) * row / (latitudes - 1);
}

/**
 * Returns the longitude of a column.
 *
 * @param grid Grid of the field.
 * @param column Index of the column.
 */
export function longitudeOf({ longitudes, bounds }: FieldGrid, column: number): number {
  if (bounds === undefined) return 360 * column / longitudes;
  return bounds.west + (bounds.east - bounds.west) * column / Math.max(1, longitudes - 1);
}

/** The whole globe. */
export const WHOLE_GLOBE: SphereBounds = { north: 90, south: -90, west: -180, east: 180 };

/** Largest ratio of the sides of a map: bands and strips are stretched. */
const MAX_RATIO = 4;

/**
 * Returns the columns of a map.
 *
 * @param bounds Part of the globe; absent: all of it.
 * @param height Rows of the map.
 */
export function mapWidth(bounds: SphereBounds | undefined, height: number): number {
  const { north, south, west, east } = bounds ?? WHOLE_GLOBE, ratio = (east - west) / (north - south);
  return Math.max(1, Math.round(height * Math.min(MAX_RATIO, Math.max(1 / MAX_RATIO, ratio))));
}

/** Tolerance for points on bounds, in degrees. */
const ROUNDING = 1e-6;

/**
 * Evaluates a field by bilinear interpolation.
 *
 * @param field Field.
 * @param latitude Degrees north.
 * @param longitude Degrees east; periodic.
 * @returns The value; NaN outside of bounds.
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
  const { values, latitudes, longitudes, bounds } = field;
  if (bounds !== undefined) return fieldWithin(field, bounds, latitude, longitude);
  const row = Math.min(1, Math.max(0, (90 - latitude) / 180)) * (latitudes - 1);
  const turns = longitude / 360, column = (turns - Math.floor(turns)) * longitudes;
  const top = Math.min(latitudes - 2, Math.floor(row)), left = Math.floor(column) % longitudes;
  const right = (left + 1) % longitudes, part = column - Math.floor(column);
  const between = (start: number) => values[start + left]! * (1 - part) + values[start + right]! * part;
  return between(top * longitudes) * (top + 1 - row) + between((top + 1) * longitudes) * (row - top);
}

/** Evaluates a field within bounds. */
function fieldWithin(field: SphereField, bounds: SphereBounds, latitude: number, longitude: number): number {
  const { values, latitudes, longitudes } = field, { north, south, west, east } = bounds;
  const turns = (longitude - west + ROUNDING) / 360, from = 360 * (turns - Math.floor(turns)) - ROUNDING;
  const isInside = latitude <= north + ROUNDING && latitude >= south - ROUNDING &&
    from <= east - west + ROUNDING;
  if (!isInside) return NaN;
  const clamped = (part: number, count: number) => Math.min(1, Math.max(0, part)) * (count - 1);
  const row = clamped((north - latitude) / (north - south), latitudes);
  const column = east > west ? clamped(from / (east - west), longitudes) : 0;
  const top = Math.min(latitudes - 2, Math.floor(row)),
    left = Math.min(Math.max(0, longitudes - 2), Math.floor(column));
  const right = Math.min(left + 1, longitudes - 1), part = column - left;
  const between = (start: number) => values[start + left]! * (1 - part) + values[start + right]! * part;
  return between(top * longitudes) * (top + 1 - row) + between((top + 1) * longitudes) * (row - top);
}
