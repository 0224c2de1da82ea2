/**
 * NumPy's files as arrays of numbers, and the notes that lie beside them.
 *
 * @module
 */
import { FileFormatError, type NpyArray, type NpyEntry, openNpy, openNpz, requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { FileSource } from "../core/file_source.ts";
import type { NetcdfNumbers } from "../netcdf/netcdf.ts";

/** An array of numbers. */
export interface NumberArray {
  /** Length of each axis. */
  readonly shape: readonly number[];
  /** Elements in row-major order; 64-bit integers are given as doubles. */
  readonly data: NetcdfNumbers;
  /** Element type in the file, as NumPy writes it: `u1`, `f4`, `b1`, … */
  readonly dtype: string;
}

/** An array of a file of which only the header has been read. */
export interface ArrayEntry extends Omit<NumberArray, "data"> {
  /**
   * The array, expanded and checked anew at each call.
   *
   * @throws {DataError} If it is damaged.
   * @throws {MemoryError} If it does not fit in memory.
   */
  read(): NumberArray;
}

/** Name of the array of a `.npy` file, which has none. */
const NAMELESS = "";

function numbered({ shape, data, dtype }: NpyArray): NumberArray {
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return { shape, dtype, data };
  // By index: `from` would first make a list of JavaScript numbers.
  const doubles = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) doubles[i] = Number(data[i]!);
  return { shape, dtype, data: doubles };
}

function refusing<T>(name: string, read: () => T): T {
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
    throw new DataError(`${what} an array of (${shape.join(", ")}): it has no elements.`);
  }
  return {
    shape,
    dtype,
    read() {
      requireMemory({
        purpose: `${key === NAMELESS ? name : `${name}: ${key}`}, an array of (${
          shape.join(", ")
        }), ${dtype},`,
        bytes: bytes + (/^[iu]8$/.test(dtype) ? 8 * count : 0),
      });
      return refusing(name, () => numbered(read()));
    },
  };
}

/**
 * Reads the headers of a `.npy` file, plain or inside gzip, or of a `.npz` file. Arrays that are not read are not expanded.
 *
 * @param bytes The file.
 * @param name Its name for messages.
 * @returns Its arrays by name; that of a `.npy` file has the name "".
 * @throws {DataError} If a header is damaged, the file is of another kind, or an array has no elements.
 */
export function openArrayFile(bytes: Uint8Array, name: string): Map<string, ArrayEntry> {
  const entries = refusing(name, () => isNpz(bytes) ? openNpz(bytes) : new Map([[NAMELESS, openNpy(bytes)]]));
  return new Map(entries.entries().map(([key, entry]) => [key, arrayEntry(entry, key, name)]));
}

/**
 * Reads the header of a `.npy` file, plain or inside gzip.
 *
 * @param bytes The file.
 * @param name Its name for messages.
 * @throws {DataError} If it is damaged, of another kind, or has no elements.
 */
export function openNpyFile(bytes: Uint8Array, name: string): ArrayEntry {
  return arrayEntry(refusing(name, () => openNpy(bytes)), NAMELESS, name);
}

/** Whether bytes begin as a zip archive, and so a `.npz` file, does. */
export function isNpz(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** What the notes beside an array may say of it: a JSON object with any of these members. */
export interface ArrayNotes {
  /** Value of a step of an integer array. */
  readonly scale?: number;
  /** Value of zero of an integer array. */
  readonly offset?: number;
  /** Units of the values. */
  readonly units?: string;
  /** What is measured. */
  readonly quantity?: string;
  /** Samples in a second. */
  readonly rate?: number;
}

/**
 * Reads the `.json` beside an array: `fields.json` for `fields.npy.gz`.
 *
 * @param files The folder.
 * @param name Name of the array's file.
 * @returns What it says; nothing where there is no such file, or it is no object (a list of the items, say).
 * @throws {DataError} If it is not JSON, or a member has another type.
 *
 * @example
 * ```ts
 * import { readNotes } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const notes = new TextEncoder().encode('{ "units": "m" }');
 * const files = {
 *   location: "folder",
 *   list: () => Promise.resolve(["heights.npy", "heights.json"]),
 *   read: () => Promise.resolve(notes),
 * };
 * assertEquals(await readNotes(files, "heights.npy"), { units: "m" });
 * ```
 */
export async function readNotes(files: FileSource, name: string): Promise<ArrayNotes> {
  const beside = name.replace(/\.np[yz](\.gz)?$/i, "") + ".json";
  if (!(await files.list()).includes(beside)) return {};
  let notes: unknown;
  try {
    notes = JSON.parse(new TextDecoder().decode(await files.read(beside)));
  } catch {
    throw new DataError(`${beside}, the notes beside ${name}, is not JSON: correct or remove it.`);
  }
  if (typeof notes !== "object" || notes === null || Array.isArray(notes)) return {};
  const members = new Map<string, unknown>(Object.entries(notes));
  const numeric = ["scale", "offset", "rate"], textual = ["units", "quantity"];
  for (const key of [...numeric, ...textual]) {
    const value = members.get(key), isNumeric = numeric.includes(key);
    if (value === undefined || (isNumeric ? Number.isFinite(value) : typeof value === "string")) continue;
    throw new DataError(
      `${beside}: ${key} must be a ${isNumeric ? "number" : "text"}, got ${JSON.stringify(value)}.`,
    );
  }
  return Object.fromEntries(
    [...numeric, ...textual].filter((key) => members.has(key)).map((key) => [key, members.get(key)]),
  );
}
