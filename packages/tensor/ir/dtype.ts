/**
 * Element types. Every element takes four bytes on every device; `bool` is stored as 0 or 1.
 * @module
 */

/**
 * Element type of a tensor.
 *
 * @category Tensors
 */
export type DType = "f32" | "i32" | "u32" | "bool";

/**
 * Bytes of one element of any type.
 *
 * @category Tensors
 */
export const ELEMENT_BYTES = 4;

/**
 * Host array for the elements of a tensor; `bool` is represented by a `Uint32Array` of 0 and 1.
 *
 * @category Tensors
 */
export type HostArray = Float32Array | Int32Array | Uint32Array;

/**
 * Returns the minimum of a type: -inf, -2³¹, 0, false.
 *
 * @param dtype Element type.
 */
export function leastValue(dtype: DType): number {
  if (dtype === "f32") return -Infinity;
  return dtype === "i32" ? -0x80000000 : 0;
}

/**
 * Creates a zero-filled host array.
 *
 * @param dtype Element type.
 * @param size Number of elements.
 */
export function hostArray(dtype: DType, size: number): HostArray {
  if (dtype === "f32") return new Float32Array(size);
  return dtype === "i32" ? new Int32Array(size) : new Uint32Array(size);
}

/**
 * Creates a view of bytes as elements of a type.
 *
 * @param dtype Element type.
 * @param buffer Bytes, four per element.
 */
export function hostView(dtype: DType, buffer: ArrayBuffer): HostArray {
  if (dtype === "f32") return new Float32Array(buffer);
  return dtype === "i32" ? new Int32Array(buffer) : new Uint32Array(buffer);
}

/** All element types. */
export const DTYPES: readonly DType[] = ["f32", "i32", "u32", "bool"];
