/**
 * Tensors from numbers on the host.
 * @module
 */
import { type DType, type HostArray, hostArray } from "../core/dtype.ts";
import { checkShape, type Shape, showShape, sizeOf } from "./shape.ts";
import { fromStorage, type Tensor } from "./tensor.ts";

/** Nested arrays of numbers. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * A concrete tensor from numbers on the host.
 *
 * @param values A typed array (kept, not copied, if its type fits; do not change it afterwards), or nested arrays.
 * @param shape Sizes of the axes; for nested arrays it is found from them.
 * @param dtype Element type; by default that of the typed array, else `f32`. A `Float64Array` keeps its doubles for
 *   the reference interpreter and is rounded to f32 elsewhere.
 * @throws {RangeError} If the number of values is not that of the shape, or nested arrays are ragged.
 */
export function tensor(
  values: HostArray | Float64Array | NestedNumbers,
  shape?: Shape,
  dtype?: DType,
): Tensor {
  if (!ArrayBuffer.isView(values)) {
    const nested = nestedShape(values);
    const flat = (Array.isArray(values) ? values.flat(Infinity) : [values]) as number[];
    const data = hostArray(dtype ?? "f32", flat.length);
    data.set(flat);
    return tensor(data, shape ?? nested, dtype ?? "f32");
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
  return data;
}

function nestedShape(values: NestedNumbers): number[] {
  if (typeof values === "number") return [];
  const inner = values.map(nestedShape);
  const first = inner[0] ?? [];
  if (inner.some((shape) => showShape(shape) !== showShape(first))) {
    throw new RangeError("nested arrays are ragged: every row of one level needs the same shape");
  }
  return [values.length, ...first];
}
