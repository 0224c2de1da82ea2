/**
 * The common interface of NetCDF 3 and 4 files: named variables over named dimensions, with attributes.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/**
 * Numbers in a file's own type; 64-bit integers are converted to doubles.
 *
 * @category Fields
 */
export type NetcdfNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** A variable, without its values. */
export interface NetcdfVariable {
  /** Name; the path of a variable in a group: `forecast/t2m`. */
  readonly name: string;
  /** Names and lengths of its axes; empty for scalars. Those of groups are paths, as the names of the variables along them. */
  readonly dimensions: readonly { readonly name: string; readonly length: number }[];
  /** Strings and numbers by name: `units`, `scale_factor`, … */
  readonly attributes: ReadonlyMap<string, string | readonly number[]>;
  /** Bytes per number in the file. */
  readonly bytes: number;
  /** Type of the numbers in the file: `i` signed, `u` unsigned, `f` float. */
  readonly type: "i" | "u" | "f";
}

/** An open file. */
export interface NetcdfFile {
  /** File name for messages. */
  readonly name: string;
  /** Numeric variables in file order, without dimensions that have no values. */
  readonly variables: readonly NetcdfVariable[];
  /**
   * Reads a slice of a variable.
   *
   * @param variable Variable of this file.
   * @param leading Indices along the first axes; the remaining axes are read whole.
   * @returns Raw numbers in row-major order, without unpacking.
   * @throws {DataError} If the file is truncated or damaged.
   * @throws {MemoryError} If the numbers do not fit in memory.
   * @throws {RangeError} If the file is closed, or an index is out of range.
   */
  read(variable: NetcdfVariable, leading: readonly number[]): Promise<NetcdfNumbers>;
  /** Closes the file and frees its memory. Closing it again has no effect. */
  close(): void;
}

/**
 * Returns the name of a variable or dimension without its groups.
 *
 * @param path Its path.
 */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Returns the path of a name that an attribute of a variable mentions: in its group.
 *
 * @param variable Path of the variable.
 * @param name Name.
 */
export function besideOf(variable: string, name: string): string {
  return variable.slice(0, variable.lastIndexOf("/") + 1) + name;
}

/** Format of a NetCDF file. */
export type NetcdfKind = "classic" | "hdf5";

/**
 * Identifies the format of a NetCDF file.
 *
 * @param start At least the first eight bytes of the file.
 * @returns `classic` for NetCDF 3, `hdf5` for NetCDF 4, `undefined` for anything else.
 */
export function netcdfKind(start: Uint8Array): NetcdfKind | undefined {
  if (start[0] === 0x43 && start[1] === 0x44 && start[2] === 0x46) return "classic";
  return [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => start[i] === byte)
    ? "hdf5"
    : undefined;
}

/**
 * Returns a string attribute of a variable, such as its units.
 *
 * @param variable Variable.
 * @param name Name of the attribute.
 * @returns The string, or `undefined` if there is none.
 */
export function textAttribute(variable: NetcdfVariable, name: string): string | undefined {
  const value = variable.attributes.get(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/**
 * Returns a numeric attribute of a variable, such as its scale factor.
 *
 * @param variable Variable.
 * @param name Name of the attribute.
 * @returns The number, or `undefined` if there is none.
 */
export function numberAttribute(variable: NetcdfVariable, name: string): number | undefined {
  return numbersAttribute(variable, name)[0];
}

/**
 * Returns the numbers of an attribute, which some programs write as text.
 *
 * @param variable Variable.
 * @param name Name of the attribute.
 * @returns The numbers; none if there is no such attribute.
 */
export function numbersAttribute(variable: NetcdfVariable, name: string): readonly number[] {
  const value = variable.attributes.get(name);
  if (typeof value !== "string") return value ?? [];
  // "-9999.f" and "1s" in the notation of NetCDF's own text format.
  const words = value.split(/[\s,]+/).filter((word) => word !== "");
  const numbers = words.map((word) =>
    /^nanf?$/i.test(word) ? NaN : Number(word.replace(/(?<=[\d.])[bsfdlu]+$/i, ""))
  );
  return numbers.some((number, i) => Number.isNaN(number) && !/^nan/i.test(words[i]!)) ? [] : numbers;
}

/**
 * Returns the number of elements of an array.
 *
 * @param lengths Lengths of its axes.
 * @param what Name of the array for messages.
 * @throws {DataError} If it exceeds 2^53 - 1.
 */
export function countOf(lengths: readonly number[], what: string): number {
  const count = lengths.includes(0) ? 0 : lengths.reduce((product, length) => product * length, 1);
  if (!Number.isSafeInteger(count)) {
    throw new DataError(`${what} declares ${lengths.join("×")} numbers: the file is damaged.`);
  }
  return count;
}
