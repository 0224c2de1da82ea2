/**
 * Gathering elements by index. The inverse of the index, which gradients need, is computed within the program, and only
 * if it is used.
 * @module
 */
import { contiguousStrides, normaliseAxis, sameShape, showShape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { add, cast, clamp, mul } from "../elementwise/arithmetic.ts";
import { arange } from "../elementwise/creation.ts";
import { gather } from "./indexing.ts";
import { less, where } from "../elementwise/logic.ts";
import { reshape, transpose } from "../shape/movement.ts";
import { checkWhole, hostValues, requireTensor, requireType } from "../shape/check.ts";
import { invertRows } from "./invert.ts";

/** Rows that an i32 can number, and the entry after the last. */
const MOST_ROWS = 2 ** 31 - 2;

/**
 * Normalises row indices to i32 in `0 .. rows - 1`. Indices on the host are checked; others are clamped within the
 * program.
 *
 * @param name Operation, for error messages.
 * @param index i32 or u32; negative values count from the end.
 * @param rows Number of rows.
 * @returns i32, the shape of the index.
 * @throws {RangeError} If an index on the host is out of range, or there are no rows.
 */
export function rowNumbers(name: string, index: Tensor, rows: number): Tensor {
  requireType(`${name}: the index`, index, ["i32", "u32"]);
  checkWhole(name, "the size of the axis", rows, 0, MOST_ROWS);
  if (rows === 0 && index.size > 0) throw new RangeError(`${name}: the axis has size 0`);
  const known = hostValues(index);
  known?.forEach((row, i) => {
    if (row >= -rows && row < rows) return;
    throw new RangeError(`${name}: index[${i}] is ${row}, but must be in ${-rows} to ${rows - 1}`);
  });
  const numbers = cast(index, "i32");
  if (known && known.every((row) => row >= 0)) return numbers;
  const counted = where(less(numbers, 0), add(numbers, rows), numbers);
  return known || rows === 0 ? counted : clamp(counted, 0, rows - 1);
}

/**
 * Gathers elements along an axis: `out[..., i..., ...] = x[..., index[i...], ...]`. Indices may repeat; gradients of
 * repeated elements are summed.
 *
 * @param x Any tensor.
 * @param index i32 or u32, any shape. Negative values count from the end. Values out of range are an error if they are
 *   on the host at the time of the call, else they are clamped.
 * @param axis Axis; negative values count from the end. Default: 0.
 * @returns Tensor of the shape of x with the axis replaced by the axes of the index.
 * @throws {TypeError} If the index is not of an integer type.
 * @throws {RangeError} If an index or the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, take, tensor } from "@gasp/tensor";
 *
 * const x = tensor([[1, 2], [3, 4], [5, 6]]);
 * const rows = await evaluate(take(x, tensor(Int32Array.of(-1, 0))), reference);
 * assert((await rows.data()).join() === "5,6,1,2");
 * ```
 *
 * @category Indexing and order
 */
export function take(x: Tensor, index: Tensor, axis: number = 0): Tensor {
  requireTensor("take", x);
  const along = normaliseAxis(axis, x.rank), rows = x.shape[along]!;
  const numbers = rowNumbers("take", index, rows);
  const order = [along, ...x.shape.keys().filter((i) => i !== along)];
  const taken = gather(transpose(x, order), invertRows(numbers, rows));
  // [...index, ...before, ...after] → [...before, ...index, ...after]
  const before = Array.from({ length: along }, (_, i) => index.rank + i);
  const numbered = Array.from({ length: index.rank }, (_, i) => i);
  const after = Array.from({ length: x.rank - along - 1 }, (_, i) => index.rank + along + i);
  return transpose(taken, [...before, ...numbered, ...after]);
}

/**
 * Gathers one element per index along an axis: `out[i, j, k] = x[i, index[i, j, k], k]` for axis 1.
 *
 * @param x Any tensor.
 * @param index i32 or u32, the rank of x and its sizes except along the axis. Values as for {@link take}.
 * @param axis Axis; negative values count from the end.
 * @returns Tensor of the shape of the index.
 * @throws {TypeError} If the index is not of an integer type.
 * @throws {RangeError} If the shapes do not match, or an index or the axis is out of range.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, reference, takeAlongAxis, tensor } from "@gasp/tensor";
 *
 * const x = tensor([[1, 2], [3, 4]]), index = tensor(Int32Array.of(1, 0), [2, 1]);
 * const picked = await evaluate(takeAlongAxis(x, index, 1), reference);
 * assert((await picked.data()).join() === "2,3");
 * ```
 *
 * @category Indexing and order
 */
export function takeAlongAxis(x: Tensor, index: Tensor, axis: number): Tensor {
  requireTensor("takeAlongAxis", x);
  const along = normaliseAxis(axis, x.rank);
  const numbers = rowNumbers("takeAlongAxis", index, x.shape[along]!);
  return take(reshape(x, [x.size]), flatPositions("takeAlongAxis", x, numbers, along));
}

/**
 * Computes the flat indices of the elements that {@link takeAlongAxis} gathers.
 *
 * @param name Operation, for error messages.
 * @param x Source.
 * @param numbers i32, in range.
 * @param along Axis.
 * @returns i32, the shape of the indices.
 * @throws {RangeError} If the shapes do not match.
 */
export function flatPositions(name: string, x: Tensor, numbers: Tensor, along: number): Tensor {
  if (numbers.rank !== x.rank || !sameShape(numbers.shape.with(along, 0), x.shape.with(along, 0))) {
    throw new RangeError(
      `${name} along axis ${along} of ${showShape(x.shape)} needs an index with the same other axes, got ` +
        showShape(numbers.shape),
    );
  }
  // Positions are i32
  checkWhole(name, `the number of elements of ${showShape(x.shape)}`, x.size, 0, MOST_ROWS);
  const strides = contiguousStrides(x.shape), { shape } = numbers;
  return shape.reduce((sum, size, axis) => {
    if (axis === along || size === 1) return sum;
    const column = reshape(arange(size), shape.map((_, i) => (i === axis ? size : 1)));
    return add(sum, mul(column, strides[axis]!));
  }, mul(numbers, strides[along]!));
}
