/**
 * Jumps of fields between neighbouring meridians.
 * @module
 */

import { dateLineColumn } from "@gasp/gasp/metrics";

/** Jumps of a set of fields. */
export interface JumpProfile {
  /** Mean absolute difference across each pair of neighbouring meridians, poles excluded, west to east, `[longitudes]`. */
  readonly jumps: Float64Array;
  /** Longitude between each pair, in degrees from -180 to 180. */
  readonly longitudes: Float64Array;
  /** Jump across the date line over the mean jump elsewhere: 1 without a seam. */
  readonly ratio: number;
}

/**
 * Computes the mean jump across each meridian.
 *
 * @param fields `[fields, latitudes, longitudes]`.
 * @param coordinates (x, y, z) of the grid, `[latitudes · longitudes, 3]`.
 * @param latitudes Rows, at least 3.
 * @param longitudes Columns.
 */
export function jumpProfile(
  fields: Float32Array,
  coordinates: Float32Array,
  latitudes: number,
  longitudes: number,
): JumpProfile {
  const size = latitudes * longitudes, count = fields.length / size;
  const dateLine = dateLineColumn(coordinates, latitudes, longitudes);
  const pairs = Array.from({ length: longitudes }, (_, column) => {
    let sum = 0;
    for (let field = 0; field < count; field++) {
      for (let row = 1; row < latitudes - 1; row++) {
        const start = field * size + row * longitudes;
        sum += Math.abs(fields[start + (column + 1) % longitudes]! - fields[start + column]!);
      }
    }
    const turns = (column - dateLine) / longitudes;
    const longitude = 180 + 360 * (turns > 0 ? turns - 1 : turns);
    return { longitude, crosses: column === dateLine, jump: sum / (count * (latitudes - 2)) };
  });
  const across = pairs.filter(({ crosses }) => crosses), elsewhere = pairs.filter(({ crosses }) => !crosses);
  const mean = (rows: typeof pairs) => rows.reduce((total, { jump }) => total + jump, 0) / rows.length;
  pairs.sort((a, b) => a.longitude - b.longitude);
  return {
    jumps: Float64Array.from(pairs, ({ jump }) => jump),
    longitudes: Float64Array.from(pairs, ({ longitude }) => longitude),
    ratio: mean(across) / Math.max(mean(elsewhere), Number.MIN_VALUE),
  };
}
