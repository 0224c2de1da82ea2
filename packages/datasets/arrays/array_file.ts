/**
 * NumPy's files as arrays of numbers, and the notes that lie beside them.
 *
 * @module
 */
import { FileFormatError, type NpyArray, parseNpy, parseNpz } from "@gasp/tensor";
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

function numbered({ shape, data, dtype }: NpyArray): NumberArray {
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return { shape, dtype, data: isBig ? Float64Array.from(data, (one: bigint) => Number(one)) : data };
}

function refusing<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new DataError(`${name} cannot be read: ${error.message}.`, { cause: error });
  }
}

/**
 * Reads a `.npy` file, plain or inside gzip.
 *
 * @param bytes The file.
 * @param name Its name for messages.
 * @throws {DataError} If it is damaged, of another kind, or has no elements.
 */
export function readNpyFile(bytes: Uint8Array, name: string): NumberArray {
  const array = refusing(name, () => numbered(parseNpy(bytes)));
  if (array.data.length === 0) {
    throw new DataError(`${name} is an array of (${array.shape.join(", ")}): it has no elements.`);
  }
  return array;
}

/**
 * Reads a `.npz` file.
 *
 * @param bytes The file.
 * @param name Its name for messages.
 * @returns Its arrays by name.
 * @throws {DataError} If it is damaged, of another kind, or an array has no elements.
 */
export function readNpzFile(bytes: Uint8Array, name: string): Map<string, NumberArray> {
  const arrays = refusing(name, () => parseNpz(bytes));
  const found = new Map([...arrays].map(([key, array]): [string, NumberArray] => [key, numbered(array)]));
  for (const [key, { shape, data }] of found) {
    if (data.length > 0) continue;
    throw new DataError(`${name}: ${key} is an array of (${shape.join(", ")}): it has no elements.`);
  }
  return found;
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
