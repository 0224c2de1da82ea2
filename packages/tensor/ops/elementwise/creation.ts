/**
 * Ranges, identities and one-hot rows. They are part of the program and take no memory.
 * @module
 */
import type { DType } from "../../core/dtype.ts";
import { checkShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { add, cast, div, mul } from "./arithmetic.ts";
import { checkWhole, requireType } from "../shape/check.ts";
import { full } from "../shape/constant.ts";
import { equal, where } from "./logic.ts";
import { expandDims } from "../shape/movement.ts";

/** Elements are counted by i32. */
const LARGEST = 2 ** 31 - 1;

/**
 * `start, start + step, ...` up to but without `stop`; with one argument `0, 1, ..., size - 1`.
 *
 * @param startOrSize First number, or how many from 0 on.
 * @param stop Where it ends; not itself included.
 * @param step Distance of neighbours, not 0. Default: 1.
 * @returns `[⌈(stop - start) / step⌉]`; i32 if all arguments are whole numbers, else f32.
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
 */
export function arange(startOrSize: number, stop?: number, step: number = 1): Tensor {
  if (stop === undefined) {
    checkWhole("arange", "the size", startOrSize, 0, LARGEST);
    return count(startOrSize);
  }
  const start = startOrSize;
  if (![start, stop, step].every(Number.isFinite) || step === 0) {
    throw new RangeError(
      `arange takes finite numbers and a step other than 0, got ${start} to ${stop} step ${step}`,
    );
  }
  const size = Math.max(0, Math.ceil((stop - start) / step));
  checkWhole("arange", "the number of elements", size, 0, LARGEST);
  const whole = [start, stop, step].every(Number.isInteger);
  const dtype = whole ? "i32" : "f32";
  return add(mul(cast(count(size), dtype), size > 1 ? step : 1), size > 0 ? start : 0);
}

/** `0, 1, ..., size - 1`, i32. */
function count(size: number): Tensor {
  return makeNode("iota", { axis: 0 }, [], [size], "i32");
}

/**
 * Numbers at equal distances, both ends included.
 *
 * @param start First number.
 * @param stop Last number.
 * @param size How many, from 0; one alone is `start`.
 * @returns f32, `[size]`.
 * @throws {RangeError} If an end is not finite or the size no whole number from 0.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, linspace, reference } from "@gasp/tensor";
 *
 * assert((await (await evaluate(linspace(0, 1, 5), reference)).data()).join() === "0,0.25,0.5,0.75,1");
 * ```
 */
export function linspace(start: number, stop: number, size: number): Tensor {
  if (!Number.isFinite(start) || !Number.isFinite(stop)) {
    throw new RangeError(`linspace takes finite ends, got ${start} and ${stop}`);
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
 * @param columns Number of columns. Default: as many as rows.
 * @param offset Which diagonal: above the main one if positive. Default: 0.
 * @param dtype Type.
 * @returns `[rows, columns]`.
 * @throws {RangeError} If a number is not whole, or rows or columns are negative.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, eye, reference } from "@gasp/tensor";
 *
 * assert((await (await evaluate(eye(2), reference)).data()).join() === "1,0,0,1");
 * ```
 */
export function eye(rows: number, columns: number = rows, offset: number = 0, dtype: DType = "f32"): Tensor {
  checkShape([rows, columns]);
  checkWhole("eye", "the offset", offset, -LARGEST / 2, LARGEST / 2);
  return cast(equal(add(expandDims(count(rows), 1), offset), count(columns)), dtype);
}

/**
 * Rows with a one at a given place: `out[..., c] = index[...] == c`. Numbers outside of the classes have no one.
 *
 * @param index i32 or u32, any shape.
 * @param classes Length of a row, at least 1.
 * @param dtype Type of the result. Default: f32.
 * @returns `[...index.shape, classes]`.
 * @throws {TypeError} If the index holds no integers.
 * @throws {RangeError} If the number of classes is no whole number from 1.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, oneHot, reference, tensor } from "@gasp/tensor";
 *
 * const rows = await evaluate(oneHot(tensor(Int32Array.of(2, 0)), 3), reference);
 * assert((await rows.data()).join() === "0,0,1,1,0,0");
 * ```
 */
export function oneHot(index: Tensor, classes: number, dtype: DType = "f32"): Tensor {
  requireType("oneHot", index, ["i32", "u32"]);
  checkWhole("oneHot", "the number of classes", classes, 1, LARGEST);
  return cast(equal(expandDims(index, -1), cast(count(classes), index.dtype)), dtype);
}
