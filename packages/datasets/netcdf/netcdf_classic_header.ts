/**
 * The header of NetCDF 3 files in their three versions: classic, with 64-bit offsets, and with 64-bit sizes (CDF-5).
 * Described in "The NetCDF Classic Format Specification". All numbers are big-endian.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { countOf, type NetcdfVariable } from "./netcdf.ts";

/** A variable and where it lies. */
export interface ClassicVariable extends NetcdfVariable {
  /** Type number of the format. */
  readonly type: number;
  /** First byte. */
  readonly begin: number;
  /** Whether its first axis is the one that grows: each of its steps is a record, `recordBytes` after the last. */
  readonly isRecord: boolean;
}

/** What a header says. */
export interface ClassicHeader {
  /** Its variables, texts left out. */
  readonly variables: readonly ClassicVariable[];
  /** Bytes from a record to the next. */
  readonly recordBytes: number;
}

/** Thrown where the header goes on after the bytes at hand. */
export class HeaderContinues extends Error {}

/** Bytes of a number of each type: byte, char, short, int, float, double, and CDF-5's unsigned and 64-bit ones. */
export const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8];
const CHAR = 2;

const DIMENSIONS = 10, VARIABLES = 11, ATTRIBUTES = 12;

/** The numbers of a type from big-endian bytes; 64-bit integers become doubles. */
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
 * Reads one number.
 *
 * @param type Type number of the format, 1 to 11.
 * @param view The bytes.
 * @param at First byte.
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
    if (at + length > this.#fileBytes) throw this.damaged("it is cut short in its header");
    if (at + length > this.#bytes.length) throw new HeaderContinues();
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

  /** A size: 64 bits in CDF-5, else 32. */
  size(): number {
    return this.version === 5 ? this.u64() : this.u32();
  }

  /** A number of entries, each of which takes at least `bytes`: more than fit the file are damage. */
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
    if (type < 1 || type > (this.version === 5 ? 11 : 6)) throw this.damaged(`a type numbered ${type}`);
    return type;
  }

  /** The entries of a list that begins with its tag, or with zeros where it is absent. */
  list<T>(tag: number, entryBytes: number, entry: () => T): T[] {
    const found = this.u32(), count = this.count(entryBytes);
    if (found === 0 && count === 0) return [];
    if (found !== tag) throw this.damaged(`a list tagged ${found} where ${tag} was expected`);
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
 * @param bytes The beginning of the file, or all of it.
 * @param fileBytes Size of the file.
 * @param name Name of the file for messages.
 * @throws {HeaderContinues} If it goes on after these bytes.
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
      if (dimension === undefined) throw reader.damaged(`${name} has a dimension that is not there`);
      return dimension;
    });
    const ofVariable = attributes(), type = reader.type();
    // The size that is declared here overflows in large files; it follows from the axes.
    reader.size();
    const begin = reader.version === 1 ? reader.u32() : reader.u64();
    return { name, axes, attributes: ofVariable, type, begin };
  });
  // A length of 0 marks the axis that grows, which can only be the first.
  const isRecord = (axes: typeof dimensions) => axes[0]?.length === 0;
  const records = parsed.filter(({ axes }) => isRecord(axes));
  const bytesOf = ({ axes, type }: typeof parsed[number]) =>
    countOf([...axes.slice(1).map(({ length }) => length), TYPE_BYTES[type]!], `${name}: a record`);
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  const recordBytes = records.length === 1
    ? bytesOf(records[0]!)
    : records.reduce((sum, variable) => sum + padded(bytesOf(variable)), 0);
  // Files that are still being written declare no number of records.
  const firstRecord = Math.min(...records.map(({ begin }) => begin));
  const recordCount = declaredRecords === 0xffffffff && recordBytes > 0
    ? Math.max(0, Math.floor((fileBytes - firstRecord) / recordBytes))
    : declaredRecords;
  const variables = parsed.filter(({ type }) => type !== CHAR).map((variable): ClassicVariable => ({
    name: variable.name,
    dimensions: variable.axes.map((axis) => ({ name: axis.name, length: axis.length || recordCount })),
    attributes: variable.attributes,
    bytes: TYPE_BYTES[variable.type]!,
    type: variable.type,
    begin: variable.begin,
    isRecord: isRecord(variable.axes),
  }));
  return { variables, recordBytes };
}
