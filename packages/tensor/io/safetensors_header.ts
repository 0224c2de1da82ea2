/**
 * The header of a safetensors file: a length of eight bytes, then JSON with the type, shape and byte range of each
 * tensor. Everything is validated before any tensor is accessed.
 *
 * @module
 */
import { FileFormatError } from "./file_format_error.ts";
import { type JsonValue, parseStrictJson } from "./strict_json.ts";
import { declaredCount, declaredSize, type TypedArrayClass } from "./typed_array.ts";

/**
 * Element types of safetensors files.
 *
 * @category Files
 */
export type StoredType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "U64"
  | "I32"
  | "U32"
  | "I16"
  | "U16"
  | "I8"
  | "U8"
  | "BOOL";

/**
 * The class of the arrays of each type; 16-bit floats are represented by their bits, booleans by 0 and 1.
 *
 * @category Files
 */
export const STORED_ARRAYS: Readonly<Record<StoredType, TypedArrayClass>> = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/**
 * The location of a tensor in a file.
 *
 * @category Files
 */
export interface StoredEntry {
  /** Element type. */
  readonly dtype: StoredType;
  /** Shape; empty for a scalar. */
  readonly shape: readonly number[];
  /** Offset of the first byte, from the start of the file. */
  readonly start: number;
  /** Offset past the last byte. */
  readonly end: number;
}

/** A parsed header. */
export interface SafetensorsHeader {
  /** String metadata by name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Tensors by name, in the order of the header. */
  readonly entries: ReadonlyMap<string, StoredEntry>;
}

/** Number of bytes before the JSON of the header. */
export const PREFIX_BYTES: number = 8;

/** Maximum header length; the reference implementation has the same limit. */
export const MAX_HEADER_BYTES: number = 100_000_000;

function isStoredType(name: string): name is StoredType {
  return Object.hasOwn(STORED_ARRAYS, name);
}

/**
 * Reads the length of the header.
 *
 * @param prefix The first eight bytes of the file, or more; fewer only if the file is shorter.
 * @param fileBytes Size of the file.
 * @returns Length of the JSON that follows, in bytes.
 * @throws {FileFormatError} If the file is too short or the length is impossible.
 */
export function headerLength(prefix: Uint8Array, fileBytes: number): number {
  if (fileBytes < PREFIX_BYTES || prefix.length < PREFIX_BYTES) {
    throw new FileFormatError(
      `a safetensors file starts with a length of 8 bytes, but this file has ${fileBytes} bytes`,
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > BigInt(fileBytes - PREFIX_BYTES)) {
    throw new FileFormatError(
      `header of ${length} bytes in a file of ${fileBytes}: the file is truncated or not a safetensors file`,
    );
  }
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new FileFormatError(`header of ${length} bytes, at most ${MAX_HEADER_BYTES} are supported`);
  }
  return Number(length);
}

function readMetadata(value: JsonValue): Map<string, string> {
  if (!(value instanceof Map)) throw new FileFormatError("__metadata__ must be an object of strings");
  const metadata = new Map<string, string>();
  for (const [name, text] of value) {
    if (typeof text !== "string") {
      throw new FileFormatError(
        `__metadata__: ${JSON.stringify(name)} must be a string, got ${JSON.stringify(text)}`,
      );
    }
    metadata.set(name, text);
  }
  return metadata;
}

function readEntry(name: string, value: JsonValue, dataStart: number): StoredEntry {
  const what = `tensor ${JSON.stringify(name)}`;
  const fields = value instanceof Map ? [...value.keys()].sort().join(", ") : typeof value;
  if (!(value instanceof Map) || fields !== "data_offsets, dtype, shape") {
    throw new FileFormatError(`${what}: needs the fields dtype, shape and data_offsets, got ${fields}`);
  }
  const dtype = value.get("dtype"), shape = value.get("shape"), offsets = value.get("data_offsets");
  if (typeof dtype !== "string" || !isStoredType(dtype)) {
    const known = Object.keys(STORED_ARRAYS).join(", ");
    throw new FileFormatError(`${what}: type ${JSON.stringify(dtype)} is not one of ${known}`);
  }
  if (!Array.isArray(shape)) throw new FileFormatError(`${what}: shape must be an array`);
  if (!Array.isArray(offsets)) throw new FileFormatError(`${what}: data_offsets must be an array`);
  const [begin, end, ...more] = offsets.map((offset) => declaredSize(offset, `${what}, data_offsets`));
  if (begin === undefined || end === undefined || more.length > 0) {
    throw new FileFormatError(`${what}: data_offsets must be two numbers, got ${offsets.length}`);
  }
  const sizes = shape.map((size) => declaredSize(size, what));
  const bytes = declaredCount(sizes, what) * STORED_ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (end - begin !== bytes) {
    throw new FileFormatError(
      `${what}: ${dtype} of shape [${
        sizes.join(", ")
      }] takes ${bytes} bytes, its offsets are [${begin}, ${end}]`,
    );
  }
  return { dtype, shape: sizes, start: dataStart + begin, end: dataStart + end };
}

/** Checks that tensors cover the data from its first byte to the end of the file, each byte once. */
function checkCover(entries: ReadonlyMap<string, StoredEntry>, dataStart: number, fileBytes: number): void {
  let position = dataStart;
  const ordered = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of ordered) {
    const what = `tensor ${JSON.stringify(name)}`;
    if (end > fileBytes) {
      throw new FileFormatError(
        `${what}: ends at byte ${end} of a file of ${fileBytes}: the file is truncated`,
      );
    }
    if (start < position) throw new FileFormatError(`${what}: overlaps the preceding tensor`);
    if (start > position) {
      throw new FileFormatError(`${what}: ${start - position} bytes before it belong to no tensor`);
    }
    position = end;
  }
  if (position !== fileBytes) {
    throw new FileFormatError(`the last ${fileBytes - position} bytes of the file belong to no tensor`);
  }
}

/**
 * Parses and validates the header.
 *
 * @param json Bytes of the JSON.
 * @param fileBytes Size of the file.
 * @returns Metadata and the location of each tensor.
 * @throws {FileFormatError} If anything violates the format.
 */
export function parseHeader(json: Uint8Array, fileBytes: number): SafetensorsHeader {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
  } catch {
    throw new FileFormatError("the header is not UTF-8 text");
  }
  const root = text.startsWith("{") ? parseStrictJson(text) : undefined;
  if (!(root instanceof Map)) {
    throw new FileFormatError("the header must be a JSON object that starts with {");
  }
  const dataStart = PREFIX_BYTES + json.length;
  let metadata = new Map<string, string>();
  const entries = new Map<string, StoredEntry>();
  for (const [name, value] of root) {
    if (name === "__metadata__") metadata = readMetadata(value);
    else entries.set(name, readEntry(name, value, dataStart));
  }
  checkCover(entries, dataStart, fileBytes);
  return { metadata, entries };
}
