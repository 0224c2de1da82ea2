/**
 * NumPy files as arrays of numbers, and the JSON metadata beside them.
 *
 * @module
 */
import { FileFormatError, type NpyArray, type NpyEntry, openNpy, openNpz, requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { FileSource } from "../core/file_source.ts";
import type { NetcdfNumbers } from "../netcdf/netcdf.ts";

/**
 * An array of numbers.
 *
 * @category Data
 */
export interface NumberArray {
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** Elements in row-major order; 64-bit integers are converted to doubles. */
  readonly data: NetcdfNumbers;
  /** Element type in the file, in NumPy's notation: `u1`, `f4`, `b1`, … */
  readonly dtype: string;
}

/** An array of which only the header has been read. */
export interface ArrayEntry extends Omit<NumberArray, "data"> {
  /**
   * Reads the array. Each call decompresses and checks it again.
   *
   * @throws {DataError} If it is damaged.
   * @throws {MemoryError} If it does not fit in memory.
   */
  read(): NumberArray;
}

/** Key of the array of a `.npy` file, which has no name. */
const NAMELESS = "";

function toNumbers({ shape, data, dtype }: NpyArray): NumberArray {
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return { shape, dtype, data };
  // By index: `from` would first build a list of JavaScript numbers.
  const doubles = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) doubles[i] = Number(data[i]!);
  return { shape, dtype, data: doubles };
}

/** Converts format errors to data errors. */
function orDataError<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new DataError(`${name} cannot be read: ${error.message}.`, { cause: error });
  }
}

function arrayEntry({ shape, dtype, bytes, read }: NpyEntry, key: string, name: string): ArrayEntry {
  const count = shape.reduce((product, length) => product * length, 1);
  if (count === 0) {
    const what = key === NAMELESS ? `${name} is` : `${name}: ${key} is`;
    throw new DataError(`${what} an array of shape (${shape.join(", ")}): it has no elements.`);
  }
  return {
    shape,
    dtype,
    read() {
      requireMemory({
        purpose: `${key === NAMELESS ? name : `${name}: ${key}`}, an array of shape (${
          shape.join(", ")
        }) and type ${dtype},`,
        bytes: bytes + (/^[iu]8$/.test(dtype) ? 8 * count : 0),
      });
      return orDataError(name, () => toNumbers(read()));
    },
  };
}

/**
 * Reads the headers of a `.npy` file, plain or gzipped, or of a `.npz` file. Arrays are decompressed when they are read.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns Arrays by name; the array of a `.npy` file has the name "".
 * @throws {DataError} If a header is damaged, the file has another format, or an array has no elements.
 */
export function openArrayFile(bytes: Uint8Array, name: string): Map<string, ArrayEntry> {
  const entries = orDataError(
    name,
    () => isNpz(bytes) ? openNpz(bytes) : new Map([[NAMELESS, openNpy(bytes)]]),
  );
  return new Map(entries.entries().map(([key, entry]) => [key, arrayEntry(entry, key, name)]));
}

/**
 * Reads the header of a `.npy` file, plain or gzipped.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @throws {DataError} If it is damaged, has another format, or has no elements.
 */
export function openNpyFile(bytes: Uint8Array, name: string): ArrayEntry {
  return arrayEntry(orDataError(name, () => openNpy(bytes)), NAMELESS, name);
}

/** Whether bytes start like a zip archive, which is the container of `.npz` files. */
export function isNpz(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * Metadata of an array, from the JSON file beside it: an object with any of these members.
 *
 * @category Data
 */
export interface ArrayMetadata {
  /** Factor of the elements: a value is `offset + scale · element`. */
  readonly scale?: number;
  /** Value of an element of 0. */
  readonly offset?: number;
  /** Units of the values. */
  readonly units?: string;
  /** Quantity, for example `2 metre temperature`. */
  readonly quantity?: string;
  /** Sample rate in Hz. */
  readonly rate?: number;
}

/**
 * Returns the name of the metadata file of an array: `fields.json` for `fields.npy.gz`.
 *
 * @param name Name of the array's file.
 */
export function metadataFile(name: string): string {
  return name.replace(/\.(?:np[yz](?:\.gz)?|pth?)$/i, "") + ".json";
}

/**
 * Reads the metadata file of an array.
 *
 * @param files Folder.
 * @param name Name of the array's file.
 * @returns Metadata; empty if there is no such file, or it is not an object (a list of the items, say).
 * @throws {DataError} If it is not JSON, or a member has the wrong type.
 *
 * @example
 * ```ts
 * import { readArrayMetadata } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const notes = new TextEncoder().encode('{ "units": "m" }');
 * const files = {
 *   location: "folder",
 *   list: () => Promise.resolve(["heights.npy", "heights.json"]),
 *   read: () => Promise.resolve(notes),
 * };
 * assertEquals(await readArrayMetadata(files, "heights.npy"), { units: "m" });
 * ```
 *
 * @category Data
 */
export async function readArrayMetadata(files: FileSource, name: string): Promise<ArrayMetadata> {
  const file = metadataFile(name);
  if (!(await files.list()).includes(file)) return {};
  let metadata: unknown;
  try {
    metadata = JSON.parse(new TextDecoder().decode(await files.read(file)));
  } catch {
    throw new DataError(`${file}, the metadata of ${name}, is not JSON: correct or remove it.`);
  }
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return {};
  const members = new Map<string, unknown>(Object.entries(metadata));
  const numeric = ["scale", "offset", "rate"], textual = ["units", "quantity"];
  for (const key of [...numeric, ...textual]) {
    const value = members.get(key), isNumeric = numeric.includes(key);
    if (value === undefined || (isNumeric ? Number.isFinite(value) : typeof value === "string")) continue;
    throw new DataError(
      `${file}: ${key} must be a ${isNumeric ? "number" : "string"}, got ${JSON.stringify(value)}.`,
    );
  }
  return Object.fromEntries(
    [...numeric, ...textual].filter((key) => members.has(key)).map((key) => [key, members.get(key)]),
  );
}
