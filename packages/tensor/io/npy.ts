/**
 * NumPy's array files: .npy, optionally gzipped.
 *
 * @module
 */
import { DEFAULT_MAX_BYTES, gunzip, gunzipStart, gzipSize, isGzip } from "./compression.ts";
import { FileFormatError } from "./file_format_error.ts";
import { fromFloat16 } from "./half.ts";
import { MAX_HEADER_BYTES, type NpyHeader, npyHeader, parseNpyHeader } from "./npy_header.ts";
import {
  bytesOf,
  concatenate,
  declaredCount,
  elementsOf,
  type TypedArray,
  type TypedArrayClass,
} from "./typed_array.ts";

/**
 * An array of a .npy file.
 *
 * @category Files
 */
export interface NpyArray {
  /** Shape; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in row-major order and in this machine's byte order. */
  readonly data: TypedArray;
  /** Element type in the file: `f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 b1`. `f2` is converted to f32, `b1` to 0 and 1. */
  readonly dtype: string;
}

/**
 * Options of a reader.
 *
 * @category Files
 */
export interface NpyOptions {
  /** Maximum decompressed size in bytes; 2 GiB by default. */
  readonly maxBytes?: number;
}

const ARRAYS: ReadonlyMap<string, TypedArrayClass> = new Map<string, TypedArrayClass>([
  ["f8", Float64Array],
  ["f4", Float32Array],
  ["f2", Uint16Array],
  ["i8", BigInt64Array],
  ["i4", Int32Array],
  ["i2", Int16Array],
  ["i1", Int8Array],
  ["u8", BigUint64Array],
  ["u4", Uint32Array],
  ["u2", Uint16Array],
  ["u1", Uint8Array],
  ["b1", Uint8Array],
]);

/** Returns a copy with the bytes of each element reversed. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let start = 0; start < out.length; start += size) {
    for (let byte = 0; byte < size; byte++) out[start + byte] = bytes[start + size - 1 - byte] ?? 0;
  }
  return out;
}

/** Returns a row-major copy of a column-major array. */
function toRowMajor(bytes: Uint8Array, shape: readonly number[], size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const position = new Array<number>(shape.length).fill(0);
  for (let to = 0; to < out.length; to += size) {
    const element = position.reduceRight((sum, index, axis) => index + (shape[axis] ?? 1) * sum, 0);
    for (let byte = 0; byte < size; byte++) out[to + byte] = bytes[element * size + byte] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const index = (position[axis] ?? 0) + 1;
      position[axis] = index === shape[axis] ? 0 : index;
      if (index !== shape[axis]) break;
    }
  }
  return out;
}

function typeOf(dtype: string): TypedArrayClass {
  const type = ARRAYS.get(dtype);
  if (type) return type;
  throw new FileFormatError(`npy: element type '${dtype}' is not one of ${[...ARRAYS.keys()].join(", ")}`);
}

/**
 * An array whose header has been read.
 *
 * @category Files
 */
export interface NpyEntry {
  /** Shape; empty for a scalar. */
  readonly shape: readonly number[];
  /** Element type in the file; see {@link NpyArray}. */
  readonly dtype: string;
  /** Maximum bytes that {@link read} allocates, beyond the file itself. */
  readonly bytes: number;
  /**
   * Reads the array. It is decompressed and validated at each call.
   *
   * @throws {FileFormatError} If it is damaged.
   * @throws {MemoryError} If it does not fit in memory.
   */
  read(): NpyArray;
}

/** A .npy file before decompression. */
export interface PackedNpy {
  /** Declared size of the file. */
  readonly size: number;
  /** Whether it is compressed; otherwise it is a view of bytes in memory. */
  readonly compressed: boolean;
  /** Returns its beginning: at least `length` bytes, unless it is shorter. */
  start(length: number): Uint8Array;
  /** Returns all of it. */
  read(): Uint8Array;
}

/** Number of bytes that contain the header of nearly every array. */
const HEADER_BYTES = 512;

/** Parses the header, from as little of the file as necessary. */
function headerOf(file: PackedNpy): NpyHeader {
  const start = file.start(HEADER_BYTES);
  try {
    return parseNpyHeader(start);
  } catch (error) {
    if (!(error instanceof FileFormatError) || start.length >= file.size) throw error;
    return parseNpyHeader(file.start(MAX_HEADER_BYTES + HEADER_BYTES));
  }
}

/**
 * Reads the header of a .npy file, possibly compressed.
 *
 * @param file The file.
 * @throws {FileFormatError} If the header is damaged, or does not match the size of the file.
 */
export function openPackedNpy(file: PackedNpy): NpyEntry {
  const { dtype, bigEndian, fortranOrder, shape, dataStart } = headerOf(file);
  const size = typeOf(dtype).BYTES_PER_ELEMENT,
    data = checkedBytes(shape, dtype, size, file.size - dataStart);
  const copies = [
    // An array that is not aligned to its element size is copied.
    file.compressed || size > 1,
    bigEndian && size > 1,
    fortranOrder && shape.length > 1,
    // Half precision is converted to float32.
    dtype === "f2",
    dtype === "f2",
  ].filter((isCopied) => isCopied).length;
  return { shape, dtype, bytes: copies * data, read: () => parsePlainNpy(file.read()) };
}

/**
 * Reads the header of a .npy file, optionally gzipped.
 *
 * @param bytes The file.
 * @throws {FileFormatError} As for {@link parseNpy}, as far as the header reveals.
 *
 * @example The shape of a file, without its data
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openNpy, writeNpy } from "@gasp/tensor";
 *
 * const file = writeNpy({ shape: [2, 3], data: new Float32Array(6) });
 * const { shape, dtype, read } = openNpy(file);
 * assertEquals([shape, dtype], [[2, 3], "f4"]);
 * assertEquals(read().data.length, 6);
 * ```
 *
 * @category Files
 */
export function openNpy(bytes: Uint8Array): NpyEntry {
  return openPackedNpy(
    isGzip(bytes)
      ? {
        size: gzipSize(bytes),
        compressed: true,
        start: (length) => gunzipStart(bytes, length),
        read: () => gunzip(bytes, Infinity),
      }
      : {
        size: bytes.length,
        compressed: false,
        start: (length) => bytes.subarray(0, length),
        read: () => bytes,
      },
  );
}

/** Returns the bytes of the declared elements; throws unless they match the rest of the file. */
function checkedBytes(shape: readonly number[], dtype: string, size: number, found: number): number {
  const expected = declaredCount(shape, "npy") * size;
  if (expected === found) return expected;
  throw new FileFormatError(
    `npy: ${dtype} of shape (${shape.join(", ")}) takes ${expected} bytes, got ${found}`,
  );
}

/**
 * Parses an uncompressed .npy file.
 *
 * @param file The file. The elements are a view of it if aligned.
 * @returns The array.
 * @throws {FileFormatError} As for {@link parseNpy}.
 */
export function parsePlainNpy(file: Uint8Array): NpyArray {
  const { dtype, bigEndian, fortranOrder, shape, dataStart } = parseNpyHeader(file);
  const type = typeOf(dtype), size = type.BYTES_PER_ELEMENT;
  checkedBytes(shape, dtype, size, file.length - dataStart);
  const raw = file.subarray(dataStart);
  const ordered = bigEndian && size > 1 ? swapped(raw, size) : raw;
  const data = elementsOf(
    type,
    fortranOrder && shape.length > 1 ? toRowMajor(ordered, shape, size) : ordered,
  );
  if (dtype === "b1" && raw.some((byte) => byte > 1)) {
    throw new FileFormatError("npy: b1 elements must be 0 or 1");
  }
  return { shape, data: dtype === "f2" && data instanceof Uint16Array ? fromFloat16(data) : data, dtype };
}

/**
 * Parses a .npy file of version 1, 2 or 3, in C or Fortran order, of either byte order, optionally gzipped.
 *
 * @param bytes The file. The elements are a view of it if aligned.
 * @param options Limits.
 * @returns The array.
 * @throws {FileFormatError} If it is not a .npy file, is damaged, has trailing bytes, or contains Python objects,
 * structured or other unsupported element types.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseNpy, writeNpy } from "@gasp/tensor";
 *
 * const { shape, data, dtype } = parseNpy(writeNpy({ shape: [2], data: Int32Array.of(5, 6) }));
 * assertEquals([shape, dtype], [[2], "i4"]);
 * assertEquals(data, Int32Array.of(5, 6));
 * ```
 *
 * @category Files
 */
export function parseNpy(bytes: Uint8Array, options: NpyOptions = {}): NpyArray {
  return parsePlainNpy(isGzip(bytes) ? gunzip(bytes, options.maxBytes ?? DEFAULT_MAX_BYTES) : bytes);
}

function descrOf(data: TypedArray, dtype: string | undefined): string {
  const [type] = dtype === undefined
    ? [...ARRAYS].find(([name, array]) => name !== "f2" && data instanceof array) ?? []
    : [dtype];
  const array = ARRAYS.get(type ?? "");
  if (type === undefined || type === "f2" || !array || !(data instanceof array)) {
    throw new TypeError(`npy: type ${type} cannot be written from a ${data.constructor.name}`);
  }
  return `${array.BYTES_PER_ELEMENT > 1 ? "<" : "|"}${type}`;
}

/**
 * Writes a .npy file of version 1.0, little-endian, in C order.
 *
 * @param array Shape and elements; `dtype` is only needed for `b1`, otherwise it follows from the class of `data`.
 * @returns The file.
 * @throws {TypeError} If the type does not match the array (`f2` is not supported).
 * @throws {RangeError} If the shape does not match the array.
 *
 * @example A tensor for `numpy.load`
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseNpy, tensor, writeNpy } from "@gasp/tensor";
 *
 * const x = tensor([[1, 2], [3, 4]]);
 * const file = writeNpy({ shape: x.shape, data: await x.data() });
 * assertEquals(parseNpy(file).data, Float32Array.of(1, 2, 3, 4));
 * ```
 *
 * @category Files
 */
export function writeNpy(array: Omit<NpyArray, "dtype"> & { readonly dtype?: string }): Uint8Array {
  const { shape, data, dtype } = array;
  const count = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || count !== data.length) {
    throw new RangeError(`npy: shape (${shape.join(", ")}) does not match ${data.length} elements`);
  }
  return concatenate([npyHeader(descrOf(data, dtype), shape), bytesOf(data)]);
}
