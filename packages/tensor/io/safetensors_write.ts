/**
 * Writing safetensors files. The header is padded so that the data start at a multiple of eight, and larger element
 * types come first, so that every array is aligned in the file; otherwise the given order is preserved.
 *
 * @module
 */
import { MAX_HEADER_BYTES, PREFIX_BYTES, STORED_ARRAYS, type StoredType } from "./safetensors_header.ts";
import type { StoredTensor } from "./stored_tensor.ts";
import { bytesOf, concatenate, type TypedArray } from "./typed_array.ts";

/**
 * An array to write.
 *
 * @category Files
 */
export interface TensorToStore {
  /** Element type in the file; by default that of the class of `data`. */
  readonly dtype?: StoredType;
  /** Shape; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in row-major order: bits for F16 and BF16, 0 and 1 for BOOL. */
  readonly data: TypedArray;
}

const METADATA = "__metadata__";

/** Encodes a string as JSON. A lone surrogate has no UTF-8 form, and an encoder would silently replace it. */
function quote(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError(`${JSON.stringify(text)} is not well-formed Unicode`);
  return JSON.stringify(text);
}

/** Encodes an object whose values are encoded already. */
function jsonObject(members: readonly (readonly [string, string])[]): string {
  const seen = new Set<string>();
  for (const [name] of members) {
    if (seen.has(name)) throw new TypeError(`the name ${quote(name)} is duplicated`);
    seen.add(name);
  }
  return `{${members.map(([name, json]) => `${quote(name)}:${json}`).join(",")}}`;
}

/** Returns the default type of an array. */
function typeOf(data: TypedArray): StoredType | undefined {
  const types: StoredType[] = ["F64", "F32", "I64", "U64", "I32", "U32", "I16", "U16", "I8", "U8"];
  return types.find((type) => data instanceof STORED_ARRAYS[type]);
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function checkTensor(name: string, { dtype, shape, data }: TensorToStore): StoredTensor {
  const what = `tensor ${JSON.stringify(name)}`;
  const type = dtype ?? typeOf(data);
  if (type === undefined || !(data instanceof STORED_ARRAYS[type])) {
    throw new TypeError(`${what}: ${type ?? "an array"} cannot be written from a ${data.constructor.name}`);
  }
  if (
    !shape.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(shape) !== data.length
  ) {
    throw new RangeError(`${what}: shape [${shape.join(", ")}] does not match ${data.length} elements`);
  }
  if (type === "BOOL" && bytesOf(data).some((byte) => byte > 1)) {
    throw new RangeError(`${what}: BOOL elements must be 0 or 1`);
  }
  return { dtype: type, shape, data };
}

/**
 * Encodes the header of a file whose arrays follow in the given order, for files larger than memory.
 *
 * @param arrays Types and shapes by name; if smaller element types come first, readers have to copy larger ones.
 * @param metadata Strings by name.
 * @throws {TypeError} If a name is duplicated, reserved or not Unicode.
 * @throws {RangeError} If it exceeds the maximum header length.
 * @category Files
 *
 * @example A file in pieces, each array written when it is known
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseSafetensors, safetensorsHeader } from "@gasp/tensor";
 *
 * const header = safetensorsHeader([["w", { dtype: "F32", shape: [2] }]]);
 * const file = new Blob([header.slice(), Float32Array.of(1, 2)]);
 * const { tensors } = parseSafetensors(new Uint8Array(await file.arrayBuffer()));
 * assertEquals(tensors.get("w")?.data, Float32Array.of(1, 2));
 * ```
 */
export function safetensorsHeader(
  arrays: Iterable<readonly [string, { readonly dtype: StoredType; readonly shape: readonly number[] }]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  const members: [string, string][] = [];
  const texts = Array.from(metadata, ([name, text]): [string, string] => [name, quote(text)]);
  if (texts.length > 0) members.push([METADATA, jsonObject(texts)]);
  let position = 0;
  for (const [name, { dtype, shape }] of arrays) {
    if (name === METADATA) throw new TypeError(`the name ${METADATA} is reserved`);
    const end = position + elementCount(shape) * STORED_ARRAYS[dtype].BYTES_PER_ELEMENT;
    members.push([name, JSON.stringify({ dtype, shape, data_offsets: [position, end] })]);
    position = end;
  }
  const json = new TextEncoder().encode(jsonObject(members));
  const padded = new Uint8Array(PREFIX_BYTES + Math.ceil(json.length / 8) * 8).fill(0x20);
  if (padded.length > MAX_HEADER_BYTES) {
    throw new RangeError(`header of ${padded.length} bytes, at most ${MAX_HEADER_BYTES} are supported`);
  }
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - PREFIX_BYTES), true);
  padded.set(json, PREFIX_BYTES);
  return padded;
}

/**
 * Returns the pieces of a file, in order, without copying the arrays: for writing large files.
 *
 * @param tensors Arrays by name.
 * @param metadata Strings by name.
 * @returns The header, then the bytes of each array (views of the given arrays).
 * @throws {TypeError} If a name is duplicated, reserved or not Unicode, or a type does not match its array.
 * @throws {RangeError} If a shape does not match its array.
 * @category Files
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { safetensorsParts } from "@gasp/tensor";
 *
 * const [header, data] = safetensorsParts([["w", { shape: [2], data: Float32Array.of(1, 2) }]]);
 * assertEquals(header!.length % 8, 0);
 * assertEquals(data!.length, 8);
 * ```
 */
export function safetensorsParts(
  tensors: Iterable<readonly [string, TensorToStore]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array[] {
  const checked = Array.from(tensors, ([name, tensor]) => [name, checkTensor(name, tensor)] as const)
    .sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  return [safetensorsHeader(checked, metadata), ...checked.map(([, { data }]) => bytesOf(data))];
}

/**
 * Writes a file in memory.
 *
 * @param tensors Arrays by name.
 * @param metadata Strings by name.
 * @returns The file.
 * @throws {TypeError} If a name is duplicated, reserved or not Unicode, or a type does not match its array.
 * @throws {RangeError} If a shape does not match its array.
 *
 * @example Every value of a tensor, with a note
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseSafetensors, tensor, writeSafetensors } from "@gasp/tensor";
 *
 * const x = tensor([[1, 2], [3, 4]]);
 * const file = writeSafetensors([["x", { shape: x.shape, data: await x.data() }]], [["step", "100"]]);
 * assertEquals(parseSafetensors(file).tensors.get("x")?.shape, [2, 2]);
 * ```
 *
 * @category Files
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, TensorToStore]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  return concatenate(safetensorsParts(tensors, metadata));
}
