/**
 * Reads NetCDF 3 files by random access, so that sets may be larger than memory.
 *
 * @module
 */
import { type RandomAccess, requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { countOf, type NetcdfFile, type NetcdfNumbers, type NetcdfVariable } from "./netcdf.ts";
import {
  type ClassicHeader,
  classicNumber,
  type ClassicVariable,
  HeaderIncomplete,
  parseClassicHeader,
  TYPE_BYTES,
} from "./netcdf_classic_header.ts";

/** Bytes in which the header is parsed first; if it is longer, more are read. */
const FIRST_BYTES = 65_536;

const SHORT = 3, FLOAT = 5;

const ARRAYS = [
  undefined,
  Int8Array,
  Uint8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Float64Array,
  Float64Array,
] as const;

/** Returns random access to bytes in memory. */
export function bytesAccess(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/** Decodes big-endian numbers into an array. */
function decode(content: Uint8Array, type: number, values: NetcdfNumbers, to: number): void {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const count = content.length / TYPE_BYTES[type]!;
  // The usual types of fields, without a call per number.
  if (type === SHORT) { for (let i = 0; i < count; i++) values[to + i] = view.getInt16(2 * i); }
  else if (type === FLOAT) { for (let i = 0; i < count; i++) values[to + i] = view.getFloat32(4 * i); }
  else {
    for (let i = 0; i < count; i++) values[to + i] = classicNumber(type, view, i * TYPE_BYTES[type]!);
  }
}

async function readHeader(file: RandomAccess, name: string): Promise<ClassicHeader> {
  for (let length = Math.min(FIRST_BYTES, file.size);; length = Math.min(4 * length, file.size)) {
    try {
      return parseClassicHeader(await file.read(0, length), file.size, name);
    } catch (error) {
      if (!(error instanceof HeaderIncomplete)) throw error;
    }
  }
}

class ClassicFile implements NetcdfFile {
  readonly name: string;
  #file: RandomAccess | undefined;
  readonly #header: ClassicHeader;

  constructor(name: string, file: RandomAccess, header: ClassicHeader) {
    this.name = name;
    this.#file = file;
    this.#header = header;
  }

  get variables(): readonly ClassicVariable[] {
    return this.#header.variables;
  }

  async read(requested: NetcdfVariable, leading: readonly number[]): Promise<NetcdfNumbers> {
    const file = this.#file;
    if (file === undefined) throw new RangeError(`${this.name} is closed`);
    const variable = this.variables.find((one) => one === requested);
    if (variable === undefined) throw new RangeError(`${this.name} has no variable ${requested.name}`);
    const { dimensions, bytes, begin, isRecord } = variable;
    for (const [axis, index] of leading.entries()) {
      const length = dimensions[axis]?.length ?? 0;
      if (!Number.isInteger(index) || index < 0 || index >= length) {
        throw new RangeError(`axis ${axis} of ${variable.name} has length ${length}, got index ${index}`);
      }
    }
    const lengths = dimensions.map(({ length }) => length);
    const what = `${this.name}: ${variable.name}`;
    const isSplit = isRecord && leading.length === 0;
    const [first = 1, ...inner] = isRecord ? lengths : [1, ...lengths];
    const innerLeading = isRecord ? leading.slice(1) : leading;
    const count = countOf(inner.slice(innerLeading.length), what);
    const skipped = innerLeading.reduce(
      (sum, index, axis) => sum + index * countOf(inner.slice(axis + 1), what),
      0,
    );
    const pieces = isSplit ? first : 1;
    const step = this.#header.recordBytes;
    const start = begin + (isRecord ? (leading[0] ?? 0) * step : 0) + skipped * bytes;
    const end = start + (pieces - 1) * step + count * bytes;
    if (pieces > 0 && count > 0 && end > file.size) {
      throw new DataError(
        `${what} ends at byte ${end}, but the file has ${file.size}: it is truncated. Download it again.`,
      );
    }
    // Empty records take no space in the file, however many are declared.
    const total = count === 0 ? 0 : pieces * count, type = ARRAYS[variable.code]!;
    // The numbers, a piece of the file, and the numbers in single precision.
    const needed = total * (type.BYTES_PER_ELEMENT + 4) + count * bytes;
    requireMemory({ purpose: `${what}, read ${total} numbers at a time,`, bytes: needed });
    const values = new type(total);
    for (let piece = 0, to = 0; to < values.length; piece++) {
      const content = await file.read(start + piece * step, count * bytes);
      decode(content, variable.code, values, to);
      to += count;
    }
    return values;
  }

  close(): void {
    this.#file = undefined;
  }
}

/**
 * Opens a NetCDF 3 file.
 *
 * @param file File contents, or random access to them.
 * @param name File name for messages.
 * @throws {DataError} If it has another format, or its header is damaged.
 */
export async function openNetcdfClassic(
  file: Uint8Array | RandomAccess,
  name: string = "the file",
): Promise<NetcdfFile> {
  const access = file instanceof Uint8Array ? bytesAccess(file) : file;
  const magic = await access.read(0, Math.min(4, access.size));
  if (magic.length < 4 || magic[0] !== 0x43 || magic[1] !== 0x44 || magic[2] !== 0x46) {
    throw new DataError(`${name} is not a NetCDF 3 file: it does not start with CDF.`);
  }
  return new ClassicFile(name, access, await readHeader(access, name));
}
