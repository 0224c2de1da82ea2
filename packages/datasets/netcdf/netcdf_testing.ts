/**
 * Writes NetCDF 3 files for tests, with record dimensions, and 64-bit offsets for large files.
 *
 * @module
 */

/** A string, a number, which is written as a double, or numbers of the array's type. */
export type NetcdfAttribute = string | number | Int16Array | Int32Array | Float32Array | Float64Array;

/** A variable to write. */
export interface NetcdfVariableToWrite {
  /** Name. */
  readonly name: string;
  /** Names of its axes. */
  readonly dimensions: readonly string[];
  /** Numbers in row-major order. */
  readonly data: Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
  /** Strings and numbers: `units`, `long_name`, … */
  readonly attributes?: Readonly<Record<string, NetcdfAttribute>>;
}

/** Contents of a file. */
export interface NetcdfToWrite {
  /** Lengths of the axes by name. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** Name of the record dimension, which must be the first axis of its variables. */
  readonly record?: string;
  /** Variables in file order. */
  readonly variables: readonly NetcdfVariableToWrite[];
  /** Attributes of the file: `Conventions`, `title`, … */
  readonly attributes?: Readonly<Record<string, NetcdfAttribute>>;
}

const DIMENSIONS = 10, VARIABLES = 11, ATTRIBUTES = 12;
const CHAR = 2;

type Numbers = NetcdfVariableToWrite["data"];

/** Returns the type code of an array, and the writer of a number. */
function typeOf(data: Numbers): { type: number; set(view: DataView, at: number, value: number): void } {
  if (data instanceof Int8Array) return { type: 1, set: (view, at, value) => view.setInt8(at, value) };
  if (data instanceof Int16Array) return { type: 3, set: (view, at, value) => view.setInt16(at, value) };
  if (data instanceof Int32Array) return { type: 4, set: (view, at, value) => view.setInt32(at, value) };
  if (data instanceof Float32Array) return { type: 5, set: (view, at, value) => view.setFloat32(at, value) };
  return { type: 6, set: (view, at, value) => view.setFloat64(at, value) };
}

function bigEndian(data: Numbers): Uint8Array {
  const bytes = new Uint8Array(data.byteLength), view = new DataView(bytes.buffer);
  const { set } = typeOf(data);
  for (let i = 0; i < data.length; i++) set(view, i * data.BYTES_PER_ELEMENT, data[i]!);
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Writes the header. */
class HeaderWriter {
  readonly bytes: number[] = [];

  u32(value: number): void {
    this.bytes.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  }

  u64(value: number): void {
    this.u32(Math.floor(value / 2 ** 32));
    this.u32(value % 2 ** 32);
  }

  raw(content: Uint8Array): void {
    this.bytes.push(...content, ...new Uint8Array(padded(content.length) - content.length));
  }

  text(text: string): void {
    const content = new TextEncoder().encode(text);
    this.u32(content.length);
    this.raw(content);
  }

  list(tag: number, length: number): void {
    this.u32(length === 0 ? 0 : tag);
    this.u32(length);
  }

  attributes(attributes: Readonly<Record<string, NetcdfAttribute>> = {}): void {
    const entries = Object.entries(attributes);
    this.list(ATTRIBUTES, entries.length);
    for (const [name, value] of entries) {
      this.text(name);
      if (typeof value === "string") {
        this.u32(CHAR);
        this.text(value);
        continue;
      }
      const data = typeof value === "number" ? Float64Array.of(value) : value;
      this.u32(typeOf(data).type);
      this.u32(data.length);
      this.raw(bigEndian(data));
    }
  }
}

interface Placed {
  readonly variable: NetcdfVariableToWrite;
  readonly isRecord: boolean;
  /** Bytes of the variable, or of one of its records. */
  readonly bytes: number;
  /** The same with padding. */
  readonly paddedBytes: number;
}

function place(file: NetcdfToWrite): Placed[] {
  const { dimensions, record, variables } = file;
  const isRecord = ({ dimensions: [first] }: NetcdfVariableToWrite) =>
    record !== undefined && first === record;
  const onlyRecord = variables.filter(isRecord).length === 1;
  return variables.map((variable) => {
    const lengths = variable.dimensions.map((name) => {
      const length = dimensions[name];
      if (length === undefined) {
        throw new RangeError(`${variable.name} has the axis ${name}, which is not among the dimensions`);
      }
      return length;
    });
    const count = lengths.reduce((product, length) => product * length, 1);
    if (count !== variable.data.length) {
      throw new RangeError(`${variable.name} has ${lengths.join("×")} numbers, got ${variable.data.length}`);
    }
    const hasRecords = isRecord(variable);
    const bytes = variable.data.byteLength / (hasRecords ? lengths[0] || 1 : 1);
    const paddedBytes = hasRecords && onlyRecord ? bytes : padded(bytes);
    return { variable, isRecord: hasRecords, bytes, paddedBytes };
  });
}

function header(file: NetcdfToWrite, placed: readonly Placed[], begins: readonly number[], wide: boolean) {
  const writer = new HeaderWriter();
  const names = Object.keys(file.dimensions);
  writer.bytes.push(0x43, 0x44, 0x46, wide ? 2 : 1);
  writer.u32(file.record === undefined ? 0 : file.dimensions[file.record] ?? 0);
  writer.list(DIMENSIONS, names.length);
  for (const name of names) {
    writer.text(name);
    writer.u32(name === file.record ? 0 : file.dimensions[name]!);
  }
  writer.attributes(file.attributes);
  writer.list(VARIABLES, placed.length);
  for (const [i, { variable, bytes }] of placed.entries()) {
    writer.text(variable.name);
    writer.u32(variable.dimensions.length);
    for (const name of variable.dimensions) writer.u32(names.indexOf(name));
    writer.attributes(variable.attributes);
    writer.u32(typeOf(variable.data).type);
    writer.u32(Math.min(padded(bytes), 0xffffffff));
    if (wide) writer.u64(begins[i]!);
    else writer.u32(begins[i]!);
  }
  return Uint8Array.from(writer.bytes);
}

/**
 * Writes a NetCDF 3 file.
 *
 * @param file Dimensions, variables and attributes.
 * @returns File contents.
 * @throws {RangeError} If an axis of a variable is undefined, or the number of elements does not match its axes.
 */
export function writeNetcdf(file: NetcdfToWrite): Uint8Array {
  const placed = place(file);
  const records = file.record === undefined ? 0 : file.dimensions[file.record] ?? 0;
  const fixedBytes = placed.reduce((sum, { isRecord, paddedBytes }) => sum + (isRecord ? 0 : paddedBytes), 0);
  const recordBytes = placed.reduce(
    (sum, { isRecord, paddedBytes }) => sum + (isRecord ? paddedBytes : 0),
    0,
  );
  const wide = fixedBytes + records * recordBytes > 2 ** 31 - 2 ** 20;
  // The header's length does not depend on the offsets in it.
  const headerBytes = header(file, placed, placed.map(() => 0), wide).length;
  let fixed = headerBytes, record = headerBytes + fixedBytes;
  const begins = placed.map(({ isRecord, paddedBytes }) => {
    const begin = isRecord ? record : fixed;
    if (isRecord) record += paddedBytes;
    else fixed += paddedBytes;
    return begin;
  });
  const bytes = new Uint8Array(headerBytes + fixedBytes + records * recordBytes);
  bytes.set(header(file, placed, begins, wide));
  for (const [i, { variable, isRecord, bytes: length }] of placed.entries()) {
    const content = bigEndian(variable.data);
    for (let piece = 0; piece < (isRecord ? records : 1); piece++) {
      bytes.set(content.subarray(piece * length, (piece + 1) * length), begins[i]! + piece * recordBytes);
    }
  }
  return bytes;
}
