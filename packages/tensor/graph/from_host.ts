/**
 * Tensors from values on the host.
 * @module
 */
import { type DType, DTYPES, type HostArray, hostArray } from "../ir/dtype.ts";
import { checkShape, type Shape, showShape, sizeOf } from "./shape.ts";
import { fromStorage, type Tensor } from "./tensor.ts";

/**
 * Nested arrays of numbers, or of booleans.
 *
 * @category Tensors
 */
export type NestedNumbers = number | boolean | readonly NestedNumbers[];

/**
 * Returns a concrete tensor of numbers or booleans on the host.
 *
 * @param values A typed array (not copied if its type matches; do not modify it afterwards), or nested arrays.
 * @param shape Shape. Default: the length of a typed array, or the shape of nested arrays.
 * @param dtype Element type. Default: that of the typed array, `bool` for booleans, else `f32`. A `Float64Array` stays
 *   in double precision for the reference interpreter and is rounded to f32 on devices.
 * @throws {RangeError} If the number of values does not match the shape, nested arrays are ragged, or a value is not an
 *   integer representable in an integer type.
 * @throws {TypeError} If a value is neither a number nor a boolean, or the type is unknown.
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { tensor } from "@gasp/tensor";
 *
 * assert(tensor([[1, 2, 3], [4, 5, 6]]).shape.join() === "2,3");
 * assert(tensor([true, false]).dtype === "bool");
 * assert(tensor(Int32Array.of(1, 2, 3, 4), [2, 2]).dtype === "i32");
 * ```
 *
 * @category Tensors
 */
export function tensor(
  values: HostArray | Float64Array | NestedNumbers,
  shape?: Shape,
  dtype?: DType,
): Tensor {
  if (dtype !== undefined && !DTYPES.includes(dtype)) {
    throw new TypeError(`tensor() got the unknown type ${dtype}: use ${DTYPES.join(", ")}`);
  }
  if (!ArrayBuffer.isView(values)) {
    const nested = nestedShape(values);
    const flat = (Array.isArray(values) ? values.flat(Infinity) : [values]) as (number | boolean)[];
    const booleans = flat.filter((value) => typeof value === "boolean").length;
    if (booleans > 0 && booleans < flat.length) {
      throw new TypeError("tensor() got numbers and booleans in one array");
    }
    const numbers = Float64Array.from(flat, Number);
    const type = dtype ?? (booleans > 0 ? "bool" : "f32");
    // A Float64Array stays in double precision for the reference; numbers of a list are rounded, as on every device
    return tensor(type === "f32" ? Float32Array.from(numbers) : numbers, shape ?? nested, type);
  }
  if (![Float32Array, Float64Array, Int32Array, Uint32Array].some((type) => values instanceof type)) {
    throw new TypeError(
      `tensor() expects a Float32Array, Float64Array, Int32Array or Uint32Array, got ${values.constructor.name}: ` +
        "convert it with Float32Array.from()",
    );
  }
  const type = dtype ?? dtypeOf(values);
  const finalShape = shape ?? [values.length];
  checkShape(finalShape);
  if (sizeOf(finalShape) !== values.length) {
    throw new RangeError(
      `shape ${showShape(finalShape)} holds ${sizeOf(finalShape)} elements, got ${values.length} values`,
    );
  }
  return fromStorage({ kind: "host", data: fitting(values, type) }, [...finalShape], type);
}

function dtypeOf(values: HostArray | Float64Array): DType {
  if (values instanceof Int32Array) return "i32";
  return values instanceof Uint32Array ? "u32" : "f32";
}

function fitting(values: HostArray | Float64Array, dtype: DType): HostArray | Float64Array {
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
        }, which is not representable in ${dtype}: pass 32-bit integers, use f32, or cast()`,
      );
    }
  }
  return data;
}

function nestedShape(values: NestedNumbers): number[] {
  if (typeof values === "number" || typeof values === "boolean") return [];
  if (!Array.isArray(values)) {
    throw new TypeError(
      `tensor() expects numbers, booleans, nested arrays or typed arrays, got ${String(values)}`,
    );
  }
  const inner = values.map(nestedShape);
  const first = inner[0] ?? [];
  if (inner.some((shape) => showShape(shape) !== showShape(first))) {
    throw new RangeError("nested arrays are ragged: all entries of one level need the same shape");
  }
  return [values.length, ...first];
}
