/**
 * Shapes: sizes, strides and NumPy's broadcasting rule.
 * @module
 */

/** Sizes of the axes, outermost first; `[]` is a single number. */
export type Shape = readonly number[];

/**
 * Number of elements.
 *
 * @param shape Any shape; an empty axis gives 0.
 *
 * @example
 * ```ts
 * import { sizeOf } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizeOf([2, 3]), 6);
 * assertEquals(sizeOf([]), 1);
 * ```
 */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Strides of a contiguous row-major array, in elements.
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
 * True if two shapes are the same.
 *
 * @param a One shape.
 * @param b Another.
 */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * The shape that two shapes broadcast to: aligned at the last axis, sizes equal or 1.
 *
 * @param a One shape.
 * @param b Another.
 * @throws {RangeError} If some pair of sizes differs and neither is 1.
 *
 * @example
 * ```ts
 * import { broadcastShapes } from "@gasp/tensor";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(broadcastShapes([3, 1], [2]), [3, 2]);
 * assertThrows(() => broadcastShapes([3], [2]));
 * ```
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
 * A shape as text: `[2, 3]`.
 *
 * @param shape Any shape.
 *
 * @example
 * ```ts
 * import { showShape } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(showShape([2, 3]), "[2, 3]");
 * ```
 */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Checks that every size is a non-negative integer.
 *
 * @param shape What a caller passed.
 * @throws {RangeError} If not.
 */
export function checkShape(shape: Shape): void {
  if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new RangeError(`a shape holds non-negative whole numbers, got ${showShape(shape)}`);
  }
}

/**
 * Axes as a sorted list of distinct non-negative numbers.
 *
 * @param axes One axis, several, or none for all; negative ones count from the end.
 * @param rank Number of axes of the tensor.
 * @throws {RangeError} If an axis is out of range or occurs twice.
 */
export function normaliseAxes(axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normaliseAxis(axis, rank));
  if (new Set(list).size !== list.length) throw new RangeError(`axes ${showShape(list)} name one axis twice`);
  return list.sort((a, b) => a - b);
}

/**
 * One axis as a non-negative number.
 *
 * @param axis The axis; negative counts from the end.
 * @param rank Number of axes of the tensor.
 * @throws {RangeError} If out of range.
 */
export function normaliseAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new RangeError(`axis ${axis} is out of range for ${rank} axes`);
  }
  return axis < 0 ? axis + rank : axis;
}
