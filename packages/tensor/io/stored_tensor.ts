/**
 * An array as a file holds it, and its values as the types that tensors have.
 *
 * @module
 */
import { fromBfloat16, fromFloat16 } from "./half.ts";
import type { StoredType } from "./safetensors_header.ts";
import type { TypedArray } from "./typed_array.ts";

/** An array of a safetensors file. */
export interface StoredTensor {
  /** Element type in the file. */
  readonly dtype: StoredType;
  /** Sizes; empty for a single number. */
  readonly shape: readonly number[];
  /** Elements in row-major order. F16 and BF16 are held as their bits, BOOL as 0 and 1. */
  readonly data: TypedArray;
}

function isExact(value: number | bigint, rounded: number): boolean {
  return typeof value === "bigint" ? BigInt(rounded) === value : Object.is(value, rounded);
}

/**
 * The values as f32. Nothing is lost unless asked for.
 *
 * @param tensor Array of any type.
 * @param options `round: true` allows values that f32 does not hold exactly to be rounded.
 * @returns `shape` values; the array's own memory if it is F32.
 * @throws {RangeError} If a value would be rounded and `round` is not set.
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
        `element ${i} of a ${dtype} array, ${value}, is not an f32; pass { round: true } to round it`,
      );
    }
  });
  return out;
}

/**
 * The values as i32.
 *
 * @param tensor Array of an integer type or BOOL.
 * @returns `shape` values; the array's own memory if it is I32.
 * @throws {TypeError} If it holds floats.
 * @throws {RangeError} If a value is beyond 32 bits.
 */
export function toInt32({ dtype, data }: StoredTensor): Int32Array {
  if (data instanceof Int32Array) return data;
  if (dtype.includes("F")) throw new TypeError(`a ${dtype} array does not hold integers`);
  const out = new Int32Array(data.length);
  data.forEach((value: number | bigint, i: number) => {
    if (value > 0x7fffffff || value < -0x80000000) {
      throw new RangeError(`element ${i} of a ${dtype} array, ${value}, is not an i32`);
    }
    out[i] = Number(value);
  });
  return out;
}
