/**
 * Coordinates of regular grids over [-1, 1]^d.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";

/**
 * Returns the points of a grid in row-major order. Index `i` maps to `2 · (i / (S - 1) - 0.5)`, rounded to float32 after
 * each operation, where `S` is the length of the *first* axis for every axis: the end points of a square grid are exactly
 * -1 and 1. The first coordinate of an image is therefore the vertical one.
 *
 * @param shape Points along each axis: `[height, width]` of an image.
 * @returns Coordinates `[points, axes]`.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If a length is not a positive integer, or the first is 1, which leaves the spacing undefined.
 *
 * @example
 * ```ts
 * import { gridCoordinates } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gridCoordinates([3]), Float32Array.of(-1, 0, 1));
 * assertEquals(gridCoordinates([28, 28]).length, 28 * 28 * 2);
 * ```
 *
 * @category Data
 */
export function gridCoordinates(shape: readonly number[]): Float32Array {
  const first = checkShape(shape), axes = shape.length;
  const points = shape.reduce((product, length) => product * length, 1);
  const bytes = (resolution: number) => 4 * axes * points * (resolution / first) ** axes;
  requireMemory({
    purpose: `a grid of ${shape.join("×")} points`,
    bytes: bytes(first),
    parameters: [{ name: "resolution", value: first, least: 2, bytes }],
  });
  return gridRows(shape, 0, first);
}

/**
 * Returns the points of {@link gridCoordinates} in a range of the first axis, such as some rows of an image, without the
 * others.
 *
 * @param shape Points along each axis.
 * @param begin First index along the first axis.
 * @param end Index after the last.
 * @returns Coordinates `[(end - begin) · points per index, axes]`.
 * @throws {MemoryError} If they do not fit in memory.
 * @throws {RangeError} If a length is not a positive integer, the first is 1, or the range is not within the grid.
 *
 * @example
 * ```ts
 * import { gridCoordinates, gridRows } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gridRows([3, 3], 1, 2), gridCoordinates([3, 3]).subarray(2 * 3, 2 * 6));
 * ```
 *
 * @category Data
 */
export function gridRows(shape: readonly number[], begin: number, end: number): Float32Array {
  const first = checkShape(shape), axes = shape.length;
  if (!(begin >= 0 && begin <= end && end <= first)) {
    throw new RangeError(`A grid of ${first} rows has no rows from ${begin} to ${end}.`);
  }
  const rest = shape.slice(1).reduce((product, length) => product * length, 1);
  requireMemory({
    purpose: `${end - begin} rows of a grid of ${shape.join("×")} points`,
    bytes: 4 * (end - begin) * rest * axes,
  });
  const coordinates = new Float32Array((end - begin) * rest * axes);
  let stride = 1;
  for (let axis = axes - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    const values = Float32Array.from(
      { length },
      (_, i) => 2 * Math.fround(Math.fround(i / (first - 1)) - 0.5),
    );
    for (let i = 0, point = begin * rest; point < end * rest; point++, i++) {
      coordinates[i * axes + axis] = values[Math.floor(point / stride) % length]!;
    }
    stride *= length;
  }
  return coordinates;
}

/** Returns the length of the first axis. */
function checkShape(shape: readonly number[]): number {
  const first = shape[0];
  if (first !== undefined && first >= 2 && shape.every((length) => Number.isInteger(length) && length > 0)) {
    return first;
  }
  throw new RangeError(
    `A grid needs positive integer lengths and at least 2 points along its first axis, got [${
      shape.join(", ")
    }].`,
  );
}
