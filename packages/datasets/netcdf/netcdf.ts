/**
 * What the two kinds of NetCDF files have in common: named variables over named dimensions, with attributes.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** Numbers as a file holds them; 64-bit integers are given as doubles. */
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
  /** Its name. */
  readonly name: string;
  /** Names and lengths of its axes; none for a single number. */
  readonly dimensions: readonly { readonly name: string; readonly length: number }[];
  /** Texts and numbers by name: `units`, `scale_factor`, … */
  readonly attributes: ReadonlyMap<string, string | readonly number[]>;
  /** Bytes of a number in the file. */
  readonly bytes: number;
}

/** An open file. */
export interface NetcdfFile {
  /** The file, for people. */
  readonly name: string;
  /** Its variables of numbers, in the order of the file. */
  readonly variables: readonly NetcdfVariable[];
  /**
   * Reads a part of a variable.
   *
   * @param variable One of the file's.
   * @param leading Numbers along its first axes, one for each; the axes that remain are read whole.
   * @returns The numbers, row-major, as they are in the file: packing and missing values are not looked at.
   * @throws {DataError} If the file is cut short or damaged.
   */
  read(variable: NetcdfVariable, leading: readonly number[]): Promise<NetcdfNumbers>;
  /** Frees what it holds. */
  close(): void;
}

/** Kinds of NetCDF files, by their first bytes. */
export type NetcdfKind = "classic" | "hdf5";

/**
 * Tells the kind of a NetCDF file.
 *
 * @param start The first eight bytes of the file, or more.
 * @returns `classic` for NetCDF 3, `hdf5` for NetCDF 4, undefined for anything else.
 */
export function netcdfKind(start: Uint8Array): NetcdfKind | undefined {
  if (start[0] === 0x43 && start[1] === 0x44 && start[2] === 0x46) return "classic";
  return [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => start[i] === byte)
    ? "hdf5"
    : undefined;
}

/**
 * A text of a variable, such as its units.
 *
 * @param variable The variable.
 * @param name Name of the attribute.
 * @returns The text, or undefined if there is none.
 */
export function textAttribute(variable: NetcdfVariable, name: string): string | undefined {
  const value = variable.attributes.get(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/**
 * A number of a variable, such as its scale factor.
 *
 * @param variable The variable.
 * @param name Name of the attribute.
 * @returns The number, or undefined if there is none.
 */
export function numberAttribute(variable: NetcdfVariable, name: string): number | undefined {
  const value = variable.attributes.get(name);
  return typeof value === "object" ? value[0] : undefined;
}

/**
 * The product of lengths, refused where it cannot be an array.
 *
 * @param lengths Lengths along axes.
 * @param what Names the array in messages.
 * @throws {DataError} If it passes 2^53 - 1.
 */
export function countOf(lengths: readonly number[], what: string): number {
  const count = lengths.includes(0) ? 0 : lengths.reduce((product, length) => product * length, 1);
  if (!Number.isSafeInteger(count)) {
    throw new DataError(`${what} would hold ${lengths.join("×")} numbers: the file is damaged.`);
  }
  return count;
}
