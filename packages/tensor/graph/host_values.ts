/**
 * Values on the host as elements of a tensor.
 * @module
 */
import { type DType, type HostArray, hostArray } from "../core/dtype.ts";
import { showShape } from "./shape.ts";

/** Nested arrays of numbers, or of truth values. */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/** The type that a typed array stands for. @param values Numbers. */
export function dtypeOf(values: HostArray | Float64Array): DType {
  if (values instanceof Int32Array) return "i32";
  return values instanceof Uint32Array ? "u32" : "f32";
}

/**
 * Numbers as the elements of a type: the array itself if it fits, else a new one.
 *
 * @param values Numbers.
 * @param dtype Type of the elements.
 * @throws {RangeError} If an integer type cannot hold a number.
 */
export function fitting(values: HostArray | Float64Array, dtype: DType): HostArray | Float64Array {
  if (
    dtype === "f32"
      ? values instanceof Float32Array || values instanceof Float64Array
      : dtypeOf(values) === dtype
  ) {
    return values;
  }
  const data = hostArray(dtype, values.length);
  if (dtype === "bool") { for (let i = 0; i < values.length; i++) data[i] = values[i] === 0 ? 0 : 1; }
  else data.set(values);
  if (dtype === "i32" || dtype === "u32") {
    for (let i = 0; i < values.length; i++) {
      if (data[i] === values[i]) continue;
      throw new RangeError(
        `value ${i} is ${
          values[i]
        }, which ${dtype} cannot hold: it takes whole numbers of 32 bits; use f32, or cast()`,
      );
    }
  }
  return data;
}

/**
 * The shape of nested arrays.
 *
 * @param values Numbers or truth values.
 * @throws {RangeError} If rows of one level differ.
 * @throws {TypeError} If something is neither a number nor a truth value.
 */
export function nestedShape(values: NestedNumbers): number[] {
  if (typeof values === "number" || typeof values === "boolean") return [];
  if (!Array.isArray(values)) {
    throw new TypeError(
      `tensor() takes numbers, truth values, nested arrays or typed arrays, got ${String(values)}`,
    );
  }
  const inner = values.map(nestedShape);
  const first = inner[0] ?? [];
  if (inner.some((shape) => showShape(shape) !== showShape(first))) {
    throw new RangeError("nested arrays are ragged: every row of one level needs the same shape");
  }
  return [values.length, ...first];
}
