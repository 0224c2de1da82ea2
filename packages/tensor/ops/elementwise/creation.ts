/**
 * Ranges, identity matrices and one-hot rows. They are part of the program and use no memory.
 * @module
 */
import type { DType } from "../../ir/dtype.ts";
import { checkShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { add, cast, div, mul } from "./arithmetic.ts";
import { checkWhole, requireType } from "../shape/check.ts";
import { full } from "../shape/constant.ts";
import { equal, where } from "./logic.ts";
import { expandDims } from "../shape/movement.ts";

/** Indices are i32. */
const MAX_INDEX = 2 ** 31 - 1;

/**
 * `start, start + step, ...` up to `stop`, exclusive; with one argument `0, 1, ..., size - 1`.
 *
 * @param startOrSize First value, or the number of values from 0.
 * @param stop End, exclusive.
 * @param step Difference of consecutive values, not 0. Default: 1.
 * @returns `[⌈(stop - start) / step⌉]`; i32 if all arguments are integers, else f32.
 * @throws {RangeError} If the step is 0, or a number is NaN, infinite or outside of i32.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { arange, evaluate, reference } from "@gasp/tensor";
 *
 * assert((await (await evaluate(arange(3), reference)).data()).join() === "0,1,2");
 * assert((await (await evaluate(arange(5, 0, -2), reference)).data()).join() === "5,3,1");
 * ```
 *
 * @category Tensors
 */
export function arange(startOrSize: number, stop?: number, step: number = 1): Tensor {
  if (stop === undefined) {
    checkWhole("arange", "the size", startOrSize, 0, MAX_INDEX);
    return count(startOrSize);
  }
  const start = startOrSize;
  if (![start, stop, step].every(Number.isFinite) || step === 0) {
    throw new RangeError(
      `arange needs finite numbers and a nonzero step, got ${start} to ${stop} step ${step}`,
    );
  }
  const size = Math.max(0, Math.ceil((stop - start) / step));
  checkWhole("arange", "the number of elements", size, 0, MAX_INDEX);
  const whole = [start, stop, step].every(Number.isInteger);
  const dtype = whole ? "i32" : "f32";
  return add(mul(cast(count(size), dtype), size > 1 ? step : 1), size > 0 ? start : 0);
}

/** `0, 1, ..., size - 1`, i32. */
function count(size: number): Tensor {
  return makeNode("iota", { axis: 0 }, [], [size], "i32");
}

/**
 * Evenly spaced values, both ends included.
 *
 * @param start First value.
 * @param stop Last value.
 * @param size Number of values, from 0; a single one is `start`.
 * @returns f32, `[size]`.
 * @throws {RangeError} If an end is not finite or the size is not an integer from 0.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, linspace, reference } from "@gasp/tensor";
 *
 * assert((await (await evaluate(linspace(0, 1, 5), reference)).data()).join() === "0,0.25,0.5,0.75,1");
 * ```
 *
 * @category Tensors
 */
export function linspace(start: number, stop: number, size: number): Tensor {
  if (!Number.isFinite(start) || !Number.isFinite(stop)) {
    throw new RangeError(`linspace needs finite ends, got ${start} and ${stop}`);
  }
  checkWhole("linspace", "the size", size, 0, 2 ** 24);
  if (size < 2) return full([size], start);
  const i = count(size), part = div(cast(i, "f32"), size - 1);
  return where(equal(i, size - 1), stop, add(mul(part, stop - start), start));
}

/**
 * Ones on a diagonal, zeros elsewhere.
 *
 * @param rows Number of rows.
 * @param columns Number of columns. Default: `rows`.
 * @param offset Diagonal; positive values are above the main diagonal. Default: 0.
 * @param dtype Type.
 * @returns `[rows, columns]`.
 * @throws {RangeError} If an argument is not an integer, or rows or columns are negative.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, eye, reference } from "@gasp/tensor";
 *
 * assert((await (await evaluate(eye(2), reference)).data()).join() === "1,0,0,1");
 * ```
 *
 * @category Tensors
 */
export function eye(rows: number, columns: number = rows, offset: number = 0, dtype: DType = "f32"): Tensor {
  checkShape([rows, columns]);
  checkWhole("eye", "the offset", offset, -MAX_INDEX / 2, MAX_INDEX / 2);
  return cast(equal(add(expandDims(count(rows), 1), offset), count(columns)), dtype);
}

/**
 * One-hot rows: `out[..., c] = index[...] == c`. Rows of indices outside `0 .. classes - 1` are zero.
 *
 * @param index i32 or u32, any shape.
 * @param classes Number of classes, at least 1.
 * @param dtype Type of the result. Default: f32.
 * @returns `[...index.shape, classes]`.
 * @throws {TypeError} If the index is not of an integer type.
 * @throws {RangeError} If the number of classes is not an integer from 1.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, oneHot, reference, tensor } from "@gasp/tensor";
 *
 * const rows = await evaluate(oneHot(tensor(Int32Array.of(2, 0)), 3), reference);
 * assert((await rows.data()).join() === "0,0,1,1,0,0");
 * ```
 *
 * @category Tensors
 */
export function oneHot(index: Tensor, classes: number, dtype: DType = "f32"): Tensor {
  requireType("oneHot", index, ["i32", "u32"]);
  checkWhole("oneHot", "the number of classes", classes, 1, MAX_INDEX);
  return cast(equal(expandDims(index, -1), cast(count(classes), index.dtype)), dtype);
}
