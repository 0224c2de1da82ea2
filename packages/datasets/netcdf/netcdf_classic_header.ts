/**
 * Parses headers of NetCDF 3 files in their three versions: classic, 64-bit offset, and 64-bit data (CDF-5). Specified in
 * "The NetCDF Classic Format Specification". All numbers are big-endian.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { countOf, type NetcdfVariable } from "./netcdf.ts";

/** A variable and its location. */
export interface ClassicVariable extends NetcdfVariable {
  /** Type code of the format. */
  readonly code: number;
  /** Offset of its first byte. */
  readonly begin: number;
  /** Whether its first axis is the record dimension: consecutive steps are `recordBytes` apart. */
  readonly isRecord: boolean;
}

/** A parsed header. */
export interface ClassicHeader {
  /** Numeric variables. */
  readonly variables: readonly ClassicVariable[];
  /** Distance between records in bytes. */
  readonly recordBytes: number;
}

/** Thrown if the header extends beyond the available bytes. */
export class HeaderIncomplete extends Error {}

/** Bytes per number by type code: byte, char, short, int, float, double, and the unsigned and 64-bit types of CDF-5. */
export const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8];
const CHAR = 2;

const DIMENSIONS = 10, VARIABLES = 11, ATTRIBUTES = 12;

/** Returns the kind of number of a type code. */
function typeOf(code: number): NetcdfVariable["type"] {
  if (code === 5 || code === 6) return "f";
  return code === 7 || code === 8 || code === 9 || code === 11 ? "u" : "i";
}

/** Readers of numbers by type code; 64-bit integers are converted to doubles. */
const READ: readonly ((view: DataView, at: number) => number)[] = [
  () => NaN,
  (view, at) => view.getInt8(at),
  (view, at) => view.getUint8(at),
  (view, at) => view.getInt16(at),
  (view, at) => view.getInt32(at),
  (view, at) => view.getFloat32(at),
  (view, at) => view.getFloat64(at),
  (view, at) => view.getUint8(at),
  (view, at) => view.getUint16(at),
  (view, at) => view.getUint32(at),
  (view, at) => Number(view.getBigInt64(at)),
  (view, at) => Number(view.getBigUint64(at)),
];

/**
 * Reads a number.
 *
 * @param type Type code of the format, 1 to 11.
 * @param view Bytes.
 * @param at Offset of the first byte.
 */
export function classicNumber(type: number, view: DataView, at: number): number {
  return READ[type]!(view, at);
}

class HeaderReader {
  readonly name: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;
  #at = 4;

  constructor(bytes: Uint8Array, fileBytes: number, name: string) {
    this.name = name;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#fileBytes = fileBytes;
  }

  /** Version 1, 2 or 5. */
  get version(): number {
    return this.#bytes[3] ?? 0;
  }

  damaged(what: string): DataError {
    return new DataError(`${this.name} is a damaged NetCDF 3 file: ${what}. Download it again.`);
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#fileBytes) throw this.damaged("it is truncated within its header");
    if (at + length > this.#bytes.length) throw new HeaderIncomplete();
    this.#at += length;
    return at;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  u64(): number {
    const value = Number(this.#view.getBigUint64(this.#take(8)));
    if (!Number.isSafeInteger(value)) throw this.damaged(`a size of ${value}`);
    return value;
  }

  /** Reads a size: 64 bits in CDF-5, else 32. */
  size(): number {
    return this.version === 5 ? this.u64() : this.u32();
  }

  /** Reads the number of entries of at least `bytes` each, which must fit in the file. */
  count(bytes: number): number {
    const count = this.size();
    if (count * bytes > this.#fileBytes) throw this.damaged(`a list of ${count} entries`);
    return count;
  }

  #padded(length: number): Uint8Array {
    const at = this.#take(Math.ceil(length / 4) * 4);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    return new TextDecoder().decode(this.#padded(this.count(1)));
  }

  type(): number {
    const type = this.u32();
    if (type < 1 || type > (this.version === 5 ? 11 : 6)) throw this.damaged(`a type with code ${type}`);
    return type;
  }

  /** Reads a list, which starts with its tag, or with zeros if it is absent. */
  list<T>(tag: number, entryBytes: number, entry: () => T): T[] {
    const found = this.u32(), count = this.count(entryBytes);
    if (found === 0 && count === 0) return [];
    if (found !== tag) throw this.damaged(`a list with tag ${found}, expected ${tag}`);
    const entries: T[] = [];
    for (let i = 0; i < count; i++) entries.push(entry());
    return entries;
  }

  attribute(): [string, string | readonly number[]] {
    const name = this.text(), type = this.type();
    if (type === CHAR) return [name, this.text().replace(/\0+$/, "")];
    const size = TYPE_BYTES[type]!, count = this.count(size);
    const bytes = this.#padded(count * size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return [name, Array.from({ length: count }, (_, i) => classicNumber(type, view, i * size))];
  }
}

/**
 * Parses the header of a NetCDF 3 file.
 *
 * @param bytes Beginning of the file.
 * @param fileBytes Size of the file.
 * @param name File name for messages.
 * @throws {HeaderIncomplete} If the header extends beyond these bytes.
 * @throws {DataError} If it is damaged.
 */
export function parseClassicHeader(bytes: Uint8Array, fileBytes: number, name: string): ClassicHeader {
  const reader = new HeaderReader(bytes, fileBytes, name);
  if (![1, 2, 5].includes(reader.version)) {
    throw reader.damaged(`its version is ${reader.version}, not 1, 2 or 5`);
  }
  const declaredRecords = reader.size();
  const dimensions = reader.list(DIMENSIONS, 8, () => ({ name: reader.text(), length: reader.size() }));
  const attributes = () => new Map(reader.list(ATTRIBUTES, 12, () => reader.attribute()));
  attributes();
  const parsed = reader.list(VARIABLES, 28, () => {
    const name = reader.text();
    const axes = Array.from({ length: reader.count(4) }, () => {
      const dimension = dimensions[reader.size()];
      if (dimension === undefined) throw reader.damaged(`${name} has a dimension that does not exist`);
      return dimension;
    });
    const ofVariable = attributes(), type = reader.type();
    // The declared size overflows in large files, and follows from the axes.
    reader.size();
    const begin = reader.version === 1 ? reader.u32() : reader.u64();
    return { name, axes, attributes: ofVariable, type, begin };
  });
  // A length of 0 marks the record dimension, which must come first.
  const isRecord = (axes: typeof dimensions) => axes[0]?.length === 0;
  const records = parsed.filter(({ axes }) => isRecord(axes));
  const bytesOf = ({ axes, type }: typeof parsed[number]) =>
    countOf([...axes.slice(1).map(({ length }) => length), TYPE_BYTES[type]!], `${name}: a record`);
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  const recordBytes = records.length === 1
    ? bytesOf(records[0]!)
    : records.reduce((sum, variable) => sum + padded(bytesOf(variable)), 0);
  // Files in streaming mode do not declare the number of records.
  const firstRecord = Math.min(...records.map(({ begin }) => begin));
  const recordCount = declaredRecords === 0xffffffff && recordBytes > 0
    ? Math.max(0, Math.floor((fileBytes - firstRecord) / recordBytes))
    : declaredRecords;
  const variables = parsed.filter(({ type }) => type !== CHAR).map((variable): ClassicVariable => ({
    name: variable.name,
    dimensions: variable.axes.map((axis) => ({ name: axis.name, length: axis.length || recordCount })),
    attributes: variable.attributes,
    bytes: TYPE_BYTES[variable.type]!,
    type: typeOf(variable.type),
    code: variable.type,
    begin: variable.begin,
    isRecord: isRecord(variable.axes),
  }));
  return { variables, recordBytes };
}
