/**
 * Arrays as stored in a file, and conversions to the element types of tensors.
 *
 * @module
 */
import { fromBfloat16, fromFloat16 } from "./half.ts";
import type { StoredType } from "./safetensors_header.ts";
import type { TypedArray } from "./typed_array.ts";

/**
 * An array of a safetensors file.
 *
 * @category Files
 */
export interface StoredTensor {
  /** Element type in the file. */
  readonly dtype: StoredType;
  /** Shape; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in row-major order: bits for F16 and BF16, 0 and 1 for BOOL. */
  readonly data: TypedArray;
}

function isExact(value: number | bigint, rounded: number): boolean {
  return typeof value === "bigint" ? BigInt(rounded) === value : Object.is(value, rounded);
}

/**
 * Converts to f32, exactly unless rounding is allowed.
 *
 * @param tensor Array of any type.
 * @param options `round: true` allows values to be rounded.
 * @returns Values; the array's own memory if it is F32.
 * @throws {RangeError} If a value is not representable in f32 and `round` is not set.
 * @category Files
 *
 * @example 2²⁴ + 1 has no f32
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { toFloat32 } from "@gasp/tensor";
 *
 * const integers = { dtype: "I32", shape: [1], data: Int32Array.of(2 ** 24 + 1) } as const;
 * assertThrows(() => toFloat32(integers), RangeError, "pass { round: true }");
 * assertEquals(toFloat32(integers, { round: true }), Float32Array.of(2 ** 24));
 * ```
 */
export function toFloat32(
  { dtype, data }: StoredTensor,
  options: { readonly round?: boolean } = {},
): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array && dtype === "F16") return fromFloat16(data);
  if (data instanceof Uint16Array && dtype === "BF16") return fromBfloat16(data);
  const out = new Float32Array(data.length);
  data.forEach((value: number | bigint, i: number) => {
    const rounded = out[i] = Math.fround(Number(value));
    if (!options.round && !isExact(value, rounded)) {
      throw new RangeError(
        `element ${i} of a ${dtype} array, ${value}, is not representable in f32; pass { round: true } to round it`,
      );
    }
  });
  return out;
}

/**
 * Converts to i32.
 *
 * @param tensor Array of an integer type or BOOL.
 * @returns Values; the array's own memory if it is I32.
 * @throws {TypeError} If it contains floats.
 * @throws {RangeError} If a value does not fit in 32 bits.
 * @category Files
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { toInt32 } from "@gasp/tensor";
 *
 * assertEquals(toInt32({ dtype: "I64", shape: [2], data: BigInt64Array.of(1n, -2n) }), Int32Array.of(1, -2));
 * ```
 */
export function toInt32({ dtype, data }: StoredTensor): Int32Array {
  if (data instanceof Int32Array) return data;
  if (dtype.includes("F")) throw new TypeError(`a ${dtype} array does not contain integers`);
  const out = new Int32Array(data.length);
  data.forEach((value: number | bigint, i: number) => {
    if (value > 0x7fffffff || value < -0x80000000) {
      throw new RangeError(`element ${i} of a ${dtype} array, ${value}, is not representable in i32`);
    }
    out[i] = Number(value);
  });
  return out;
}
