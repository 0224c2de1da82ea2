/**
 * Reading safetensors files (named arrays with string metadata): whole, or one array at a time.
 *
 * @module
 */
import { FileFormatError } from "./file_format_error.ts";
import type { RandomAccess } from "./random_access.ts";
import {
  headerLength,
  parseHeader,
  PREFIX_BYTES,
  STORED_ARRAYS,
  type StoredEntry,
} from "./safetensors_header.ts";
import type { StoredTensor } from "./stored_tensor.ts";
import { elementsOf } from "./typed_array.ts";

/**
 * A parsed file.
 *
 * @category Files
 */
export interface SafetensorsFile {
  /** String metadata by name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Arrays by name, in the order of the header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * A file whose header has been read.
 *
 * @category Files
 */
export interface SafetensorsReader {
  /** String metadata by name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Type, shape and location of each array by name. */
  readonly entries: ReadonlyMap<string, StoredEntry>;
  /**
   * Reads one array.
   *
   * @param name One of `entries`.
   * @returns The array.
   * @throws {RangeError} If the file has no such array.
   * @throws {FileFormatError} If its bytes are invalid or cannot be read.
   */
  read(name: string): Promise<StoredTensor>;
}

function decode(name: string, { dtype, shape }: StoredEntry, bytes: Uint8Array): StoredTensor {
  if (dtype === "BOOL" && bytes.some((byte) => byte > 1)) {
    throw new FileFormatError(`tensor ${JSON.stringify(name)}: BOOL elements must be 0 or 1`);
  }
  return { dtype, shape, data: elementsOf(STORED_ARRAYS[dtype], bytes) };
}

/**
 * Parses a file in memory.
 *
 * @param bytes The file. Arrays are views of it if aligned.
 * @returns Its metadata and arrays.
 * @throws {FileFormatError} If anything violates the format: lengths, JSON, duplicate names, types, shapes, and data
 * that overlap, have gaps or run past the end.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseSafetensors, writeSafetensors } from "@gasp/tensor";
 *
 * const file = writeSafetensors([["w", { shape: [2], data: Float32Array.of(1, 2) }]], [["format", "pt"]]);
 * const { tensors, metadata } = parseSafetensors(file);
 * assertEquals(tensors.get("w")?.data, Float32Array.of(1, 2));
 * assertEquals(metadata.get("format"), "pt");
 * ```
 *
 * @category Files
 */
export function parseSafetensors(bytes: Uint8Array): SafetensorsFile {
  const dataStart = PREFIX_BYTES + headerLength(bytes, bytes.length);
  const { metadata, entries } = parseHeader(bytes.subarray(PREFIX_BYTES, dataStart), bytes.length);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of entries) {
    tensors.set(name, decode(name, entry, bytes.subarray(entry.start, entry.end)));
  }
  return { metadata, tensors };
}

async function readExactly(source: RandomAccess, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new FileFormatError(
    `requested ${length} bytes at offset ${offset}, got ${bytes.length}: was the file modified?`,
  );
}

/**
 * Reads the header of a file; arrays can be read later, one at a time.
 *
 * @param source The file.
 * @returns A reader of its arrays.
 * @throws {FileFormatError} If the header is invalid, as for {@link parseSafetensors}.
 *
 * @example One array of a file that may be larger than memory
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { blobAccess, openSafetensors, writeSafetensors } from "@gasp/tensor";
 *
 * const file = writeSafetensors([["w", { shape: [2], data: Float32Array.of(1, 2) }]]);
 * const reader = await openSafetensors(blobAccess(new Blob([file.slice()])));
 * assertEquals(reader.entries.get("w")?.shape, [2]);
 * assertEquals((await reader.read("w")).data, Float32Array.of(1, 2));
 * ```
 *
 * @category Files
 */
export async function openSafetensors(source: RandomAccess): Promise<SafetensorsReader> {
  const prefix = await readExactly(source, 0, Math.min(PREFIX_BYTES, source.size));
  const length = headerLength(prefix, source.size);
  const { metadata, entries } = parseHeader(await readExactly(source, PREFIX_BYTES, length), source.size);
  return {
    metadata,
    entries,
    async read(name) {
      const entry = entries.get(name);
      if (!entry) throw new RangeError(`the file has no tensor ${JSON.stringify(name)}`);
      return decode(name, entry, await readExactly(source, entry.start, entry.end - entry.start));
    },
  };
}
