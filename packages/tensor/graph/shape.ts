/**
 * Shapes: sizes, strides and NumPy's broadcasting rule.
 * @module
 */

/**
 * Sizes of the axes, outermost first; `[]` for a scalar.
 *
 * @category Tensors
 */
export type Shape = readonly number[];

/**
 * Returns the number of elements.
 *
 * @param shape Any shape; 0 if an axis is empty.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sizeOf } from "@gasp/tensor";
 *
 * assertEquals([sizeOf([2, 3]), sizeOf([]), sizeOf([5, 0])], [6, 1, 0]);
 * ```
 *
 * @category Tensors
 */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Returns the strides of a contiguous row-major array, in elements.
 *
 * @param shape Any shape.
 */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/**
 * Returns whether two shapes are equal.
 *
 * @param a First shape.
 * @param b Second shape.
 */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * Broadcasts two shapes: aligned at the last axis, sizes equal or 1.
 *
 * @param a First shape.
 * @param b Second shape.
 * @throws {RangeError} If a pair of sizes differs and neither is 1.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { broadcastShapes } from "@gasp/tensor";
 *
 * assertEquals(broadcastShapes([4, 1], [3]), [4, 3]);
 * assertThrows(() => broadcastShapes([4], [3]), RangeError, "sizes 4 and 3 differ");
 * ```
 *
 * @category Tensors
 */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(
        `shapes ${showShape(a)} and ${
          showShape(b)
        } do not broadcast: sizes ${left} and ${right} differ and neither is 1`,
      );
    }
    return left === 1 ? right : left;
  });
}

/**
 * Formats a shape: `[2, 3]`.
 *
 * @param shape Any shape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { showShape, zeros } from "@gasp/tensor";
 *
 * assertEquals(showShape(zeros([2, 3]).shape), "[2, 3]");
 * ```
 *
 * @category Tensors
 */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Checks that every size is a non-negative integer.
 *
 * @param shape Shape passed by a caller.
 * @throws {RangeError} If not.
 */
export function checkShape(shape: Shape): void {
  if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new RangeError(`the sizes of a shape must be non-negative integers, got ${showShape(shape)}`);
  }
}

/**
 * Normalises axes to a sorted list of distinct non-negative indices.
 *
 * @param axes One axis, several, or none for all; negative ones count from the end.
 * @param rank Number of axes of the tensor.
 * @throws {RangeError} If an axis is out of range or duplicated.
 */
export function normaliseAxes(axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normaliseAxis(axis, rank));
  if (new Set(list).size !== list.length) throw new RangeError(`axes ${showShape(list)} contain a duplicate`);
  return list.sort((a, b) => a - b);
}

/**
 * Normalises an axis to a non-negative index.
 *
 * @param axis The axis; negative counts from the end.
 * @param rank Number of axes of the tensor.
 * @throws {RangeError} If it is out of range.
 */
export function normaliseAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new RangeError(`axis ${axis} is out of range for ${rank} axes`);
  }
  return axis < 0 ? axis + rank : axis;
}
