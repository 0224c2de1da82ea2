/**
 * Tensors from nothing: constants, counters, one-hot rows.
 * @module
 */
import type { DType } from "../core/dtype.ts";
import { checkShape, type Shape } from "../graph/shape.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { broadcastTo } from "./movement.ts";

/**
 * One number, shape `[]`; part of the program, not stored.
 *
 * @param value The number.
 * @param dtype Its type.
 */
export function scalar(value: number, dtype: DType = "f32"): Tensor {
  return makeNode("constant", { value }, [], [], dtype);
}

/**
 * One number everywhere.
 *
 * @param shape Sizes of the axes.
 * @param value The number.
 * @param dtype Its type.
 */
export function full(shape: Shape, value: number, dtype: DType = "f32"): Tensor {
  checkShape(shape);
  return broadcastTo(scalar(value, dtype), shape);
}

/** Zeros. @param shape Sizes of the axes. @param dtype Type. */
export function zeros(shape: Shape, dtype: DType = "f32"): Tensor {
  return full(shape, 0, dtype);
}

/** Ones. @param shape Sizes of the axes. @param dtype Type. */
export function ones(shape: Shape, dtype: DType = "f32"): Tensor {
  return full(shape, 1, dtype);
}

/**
 * `0, 1, ..., size - 1`.
 *
 * @param size How many.
 * @returns i32, `[size]`.
 */
export function arange(size: number): Tensor {
  checkShape([size]);
  return makeNode("iota", { axis: 0 }, [], [size], "i32");
}
