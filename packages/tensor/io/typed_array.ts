/**
 * Typed arrays of file elements: little-endian, row-major.
 *
 * @module
 */
import { FileFormatError } from "./file_format_error.ts";

/**
 * Array types for the elements of files.
 *
 * @category Files
 */
export type TypedArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/**
 * A typed array constructor.
 *
 * @category Files
 */
export interface TypedArrayClass {
  /** Bytes per element. */
  readonly BYTES_PER_ELEMENT: number;
  /** Name of the class. */
  readonly name: string;
  /** Creates a view of `length` elements of a buffer from a byte offset on. */
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArray;
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Validates a size or offset read from a file.
 *
 * @param value Value as read.
 * @param what Name of the array for messages.
 * @returns The value.
 * @throws {FileFormatError} If it is not an integer from 0 to 2^53 - 1.
 */
export function declaredSize(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new FileFormatError(`${what}: a size must be an integer from 0 to 2^53 - 1, got ${String(value)}`);
}

/**
 * Validates a shape read from a file and computes its number of elements.
 *
 * @param shape Sizes, as read.
 * @param what Name of the array for messages.
 * @returns Their product.
 * @throws {FileFormatError} If a size or the product is not an integer from 0 to 2^53 - 1.
 */
export function declaredCount(shape: readonly unknown[], what: string): number {
  const sizes = shape.map((size) => declaredSize(size, what));
  return sizes.includes(0) ? 0 : declaredSize(sizes.reduce((product, size) => product * size, 1), what);
}

/**
 * Interprets little-endian bytes as elements: a view of the same memory if it is aligned, otherwise a copy.
 *
 * @param type Class of the array.
 * @param bytes A whole number of elements.
 * @returns The elements.
 * @category Files
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { elementsOf } from "@gasp/tensor";
 *
 * assertEquals(elementsOf(Float32Array, Uint8Array.of(0, 0, 0x80, 0x3f)), Float32Array.of(1));
 * ```
 */
export function elementsOf(type: TypedArrayClass, bytes: Uint8Array): TypedArray {
  if (!littleEndian) throw new Error("array files are only supported on little-endian machines");
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new type(aligned.buffer, aligned.byteOffset, bytes.length / type.BYTES_PER_ELEMENT);
}

/**
 * Returns the little-endian bytes of an array: a view of the same memory.
 *
 * @param array Elements.
 * @returns Bytes.
 */
export function bytesOf(array: TypedArray): Uint8Array {
  if (!littleEndian) throw new Error("array files are only supported on little-endian machines");
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * Concatenates bytes.
 *
 * @param parts Pieces, in order.
 * @returns A new array.
 */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}
