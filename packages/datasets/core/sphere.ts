/**
 * Latitude–longitude grids as points on the unit sphere.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import type { SphereBounds } from "./dataset.ts";

/** π in float32: the reference rounds it before multiplying. */
const PI = Math.fround(Math.PI);

/** Converts degrees to radians, rounding to float32 after each operation. */
function radians(degrees: number): number {
  return Math.fround(Math.fround(PI * Math.fround(degrees)) / 180);
}

/**
 * Returns the points `(cos φ cos λ, cos φ sin λ, sin φ)` of a grid of latitudes φ and longitudes λ in row-major order.
 * Degrees are converted to radians in float32, as in the reference.
 *
 * @param latitudes Latitudes of the rows, in degrees north.
 * @param longitudes Longitudes of the columns, in degrees east.
 * @returns Coordinates `[latitudes · longitudes, 3]`.
 * @throws {MemoryError} If they do not fit in memory.
 *
 * @example The point where the equator meets the prime meridian
 * ```ts
 * import { sphereCoordinatesAt } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sphereCoordinatesAt([0], [0]), Float32Array.of(1, 0, 0));
 * ```
 *
 * @category Fields
 */
export function sphereCoordinatesAt(
  latitudes: ArrayLike<number>,
  longitudes: ArrayLike<number>,
): Float32Array {
  const bytes = (rows: number) => 12 * longitudes.length / latitudes.length * rows ** 2;
  requireMemory({
    purpose: `a grid of ${latitudes.length} latitudes and ${longitudes.length} longitudes`,
    bytes: bytes(latitudes.length),
    parameters: [{ name: "resolution", value: latitudes.length, least: 2, bytes }],
  });
  const coordinates = new Float32Array(latitudes.length * longitudes.length * 3);
  for (let row = 0, at = 0; row < latitudes.length; row++) {
    const latitude = radians(latitudes[row]!);
    const around = Math.fround(Math.cos(latitude));
    for (let column = 0; column < longitudes.length; column++) {
      const longitude = radians(longitudes[column]!);
      coordinates[at++] = around * Math.fround(Math.cos(longitude));
      coordinates[at++] = around * Math.fround(Math.sin(longitude));
      coordinates[at++] = Math.sin(latitude);
    }
  }
  return coordinates;
}

/**
 * Returns points on the sphere, one for each latitude and longitude. Computed as in {@link sphereCoordinatesAt}.
 *
 * @param latitudes Latitudes in degrees north.
 * @param longitudes Longitudes in degrees east, as many.
 * @returns Coordinates `[points, 3]`, NaN where a latitude or longitude is not finite or beyond 90° or 540°.
 * @throws {MemoryError} If they do not fit in memory.
 *
 * @example The north pole, and a point on the equator
 * ```ts
 * import { spherePoints } from "@gasp/datasets/display";
 * import { assertEquals } from "@std/assert";
 *
 * const points = spherePoints(Float64Array.of(90, 0), Float64Array.of(0, 0));
 * assertEquals(points.subarray(3), Float32Array.of(1, 0, 0));
 * ```
 *
 * @category Fields
 */
export function spherePoints(latitudes: Float64Array, longitudes: Float64Array): Float32Array {
  requireMemory({ purpose: `${latitudes.length} points on the sphere`, bytes: 12 * latitudes.length });
  const coordinates = new Float32Array(3 * latitudes.length);
  for (let point = 0; point < latitudes.length; point++) {
    const exists = Math.abs(latitudes[point]!) <= 90.001 && Math.abs(longitudes[point]!) <= 540;
    const latitude = exists ? radians(latitudes[point]!) : NaN, longitude = radians(longitudes[point]!);
    const around = Math.fround(Math.cos(latitude));
    coordinates[3 * point] = around * Math.fround(Math.cos(longitude));
    coordinates[3 * point + 1] = around * Math.fround(Math.sin(longitude));
    coordinates[3 * point + 2] = Math.sin(latitude);
  }
  return coordinates;
}

/** Equal steps from one end to the other, both included. */
function steps(from: number, to: number, count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => count === 1 ? from : from + (to - from) * i / (count - 1),
  );
}

/**
 * Returns the points of the regular grid: latitudes from 90° to -90° with both poles, longitudes from 0° eastwards without
 * 360°; or of a grid within bounds, both included. Computed as in {@link sphereCoordinatesAt}.
 *
 * @param latitudes Rows, at least 2.
 * @param longitudes Columns, at least 1.
 * @param bounds Part of the globe; default: all of it.
 * @returns Coordinates `[latitudes · longitudes, 3]`.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If a size is too small.
 *
 * @example The first point is the north pole
 * ```ts
 * import { sphereCoordinates } from "@gasp/datasets";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const coordinates = sphereCoordinates(3, 4);
 * assertEquals(coordinates.length, 3 * 4 * 3);
 * assertAlmostEquals(coordinates[2]!, 1, 1e-6);
 * ```
 *
 * @category Fields
 */
export function sphereCoordinates(
  latitudes: number,
  longitudes: number,
  bounds?: SphereBounds,
): Float32Array {
  if (!Number.isInteger(latitudes) || latitudes < 2 || !Number.isInteger(longitudes) || longitudes < 1) {
    throw new RangeError(
      `a grid on the sphere needs at least 2 latitudes and 1 longitude, got ${latitudes} and ${longitudes}`,
    );
  }
  if (bounds !== undefined) {
    const { north, south, west, east } = bounds;
    return sphereCoordinatesAt(steps(north, south, latitudes), steps(west, east, longitudes));
  }
  return sphereCoordinatesAt(
    Float64Array.from({ length: latitudes }, (_, row) => 90 - 180 * row / (latitudes - 1)),
    Float64Array.from({ length: longitudes }, (_, column) => 360 * column / longitudes),
  );
}
