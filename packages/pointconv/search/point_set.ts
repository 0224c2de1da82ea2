/**
 * Coordinates on the host: one cloud of points that a whole batch shares, or one cloud per example.
 * @module
 */
import { showShape } from "@gasp/tensor";

/**
 * Points of one or more clouds of equal size.
 *
 * @category Points
 */
export interface PointSet {
  /** `[clouds, points, dimension]`, row-major. */
  readonly coordinates: Float32Array;
  /** 1 if the examples of a batch share their coordinates, else the batch size. */
  readonly clouds: number;
  /** Points per cloud. */
  readonly points: number;
  /** Dimension of the points. */
  readonly dimension: number;
}

/**
 * Creates a point set, checking its coordinates.
 *
 * @param coordinates Row-major coordinates.
 * @param shape `[points, dimension]` for one shared cloud, or `[clouds, points, dimension]`.
 * @throws {RangeError} If the number of values does not match the shape, there is no point, or a value is not finite.
 *
 * @example One cloud that all examples share
 * ```ts
 * import { pointSet } from "@gasp/pointconv";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 0, 1, 0, 0, 1), [3, 2]);
 * assertEquals([points.clouds, points.points, points.dimension], [1, 3, 2]);
 * ```
 *
 * @category Points
 */
export function pointSet(coordinates: Float32Array, shape: readonly number[]): PointSet {
  const [clouds, points, dimension] = shape.length === 2 ? [1, ...shape] : shape;
  const valid = (shape.length === 2 || shape.length === 3) &&
    shape.every((size) => Number.isInteger(size) && size > 0);
  if (!valid || clouds === undefined || points === undefined || dimension === undefined) {
    throw new RangeError(
      `coordinates need shape [points, dimension] or [clouds, points, dimension], got ${showShape(shape)}`,
    );
  }
  if (coordinates.length !== clouds * points * dimension) {
    throw new RangeError(
      `coordinates of shape ${showShape(shape)} are ${
        clouds * points * dimension
      } values, got ${coordinates.length}`,
    );
  }
  checkCoordinates(coordinates, dimension);
  return { coordinates, clouds, points, dimension };
}

/**
 * Checks that every coordinate is a finite number.
 *
 * @param coordinates Row-major, `dimension` values per point.
 * @param dimension Dimension of the points.
 * @throws {RangeError} If one is NaN or infinite; the message names it.
 */
export function checkCoordinates(coordinates: Float32Array, dimension: number): void {
  for (let i = 0; i < coordinates.length; i++) {
    if (!Number.isFinite(coordinates[i])) {
      const place = `coordinate ${i % dimension} of point ${Math.floor(i / dimension)}`;
      throw new RangeError(`${place} is ${coordinates[i]}; coordinates must be finite numbers`);
    }
  }
}

/**
 * Returns the coordinates of one cloud.
 *
 * @param set Points.
 * @param cloud Index of the cloud.
 * @returns A view, `[points, dimension]`.
 *
 * @example
 * ```ts
 * import { cloudOf, pointSet } from "@gasp/pointconv";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 1, 2, 3), [2, 2, 1]);
 * assertEquals(cloudOf(points, 1), Float32Array.of(2, 3));
 * ```
 *
 * @category Points
 */
export function cloudOf(set: PointSet, cloud: number): Float32Array {
  const size = set.points * set.dimension;
  return set.coordinates.subarray(cloud * size, (cloud + 1) * size);
}

/**
 * Replaces equal clouds by one: detects from the data whether the examples of a batch share their coordinates.
 *
 * @param set Points.
 * @returns The first cloud alone if all are equal, else the set itself.
 *
 * @example
 * ```ts
 * import { mergeEqualClouds, pointSet } from "@gasp/pointconv";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 1, 0, 1), [2, 2, 1]);
 * assertEquals(mergeEqualClouds(points).clouds, 1);
 * ```
 *
 * @category Points
 */
export function mergeEqualClouds(set: PointSet): PointSet {
  const first = cloudOf(set, 0), size = first.length;
  const areEqual = set.coordinates.every((value, i) => value === first[i % size]);
  return areEqual ? { ...set, coordinates: first, clouds: 1 } : set;
}
