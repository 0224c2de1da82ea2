/**
 * NetCDF 3 files, in the classic format or, past 2 GiB, with 64-bit offsets ("The NetCDF Classic Format Specification").
 * All numbers are big-endian, all names and values padded to four bytes.
 * @module
 */

/**
 * An array of a file.
 *
 * @category Files of samples
 */
export interface NetcdfVariable {
  /** Its name: letters, digits and underscores. */
  readonly name: string;
  /** Names of its axes. */
  readonly dimensions: readonly string[];
  /** Texts that describe it. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Its elements in row-major order. */
  readonly data: Float32Array | Float64Array | Int32Array;
}

/**
 * What a file holds.
 *
 * @category Files of samples
 */
export interface NetcdfContent {
  /** Lengths of the axes by name. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** Texts that describe the whole. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The arrays. */
  readonly variables: readonly NetcdfVariable[];
}

/** Numbers of the format. */
const DIMENSIONS = 10, VARIABLES = 11, ATTRIBUTES = 12, CHAR = 2, INT = 4, FLOAT = 5, DOUBLE = 6;
/** Largest offset of the classic format. */
const CLASSIC_LIMIT = 2 ** 31 - 1;

/** Bytes of a header as they are put together. */
class Header {
  readonly bytes: number[] = [];
  readonly #wideOffsets: boolean;

  constructor(wideOffsets: boolean) {
    this.#wideOffsets = wideOffsets;
    this.bytes.push(0x43, 0x44, 0x46, wideOffsets ? 2 : 1);
  }

  u32(...values: readonly number[]): void {
    for (const value of values) {
      this.bytes.push(value >>> 24 & 255, value >>> 16 & 255, value >>> 8 & 255, value & 255);
    }
  }

  offset(value: number): void {
    if (this.#wideOffsets) this.u32(Math.floor(value / 2 ** 32));
    this.u32(value % 2 ** 32);
  }

  text(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.u32(encoded.length);
    for (const byte of encoded) this.bytes.push(byte);
    while (this.bytes.length % 4 !== 0) this.bytes.push(0);
  }

  /** A list with its tag, or two zeros where it is empty. */
  list<T>(tag: number, entries: readonly T[], write: (entry: T) => void): void {
    this.u32(entries.length === 0 ? 0 : tag, entries.length);
    entries.forEach(write);
  }

  attributes(attributes: Readonly<Record<string, string>>): void {
    this.list(ATTRIBUTES, Object.entries(attributes), ([name, value]) => {
      this.text(name);
      this.u32(CHAR);
      this.text(value);
    });
  }
}

function typeOf(data: NetcdfVariable["data"]): number {
  return data instanceof Float64Array ? DOUBLE : data instanceof Float32Array ? FLOAT : INT;
}

function headerOf(content: NetcdfContent, begins: readonly number[], wideOffsets: boolean): number[] {
  const header = new Header(wideOffsets), names = Object.keys(content.dimensions);
  header.u32(0);
  header.list(DIMENSIONS, names, (name) => {
    header.text(name);
    header.u32(content.dimensions[name]!);
  });
  header.attributes(content.attributes);
  header.list(VARIABLES, [...content.variables.entries()], ([i, { name, dimensions, attributes, data }]) => {
    header.text(name);
    header.u32(dimensions.length, ...dimensions.map((dimension) => names.indexOf(dimension)));
    header.attributes(attributes);
    header.u32(typeOf(data), Math.min(data.byteLength, 2 ** 32 - 4));
    header.offset(begins[i]!);
  });
  return header.bytes;
}

/**
 * A NetCDF 3 file.
 *
 * @param content What it holds.
 * @throws {RangeError} If an axis is not declared, or a variable has not as many elements as its axes say.
 *
 * @example
 * ```ts
 * import { encodeNetcdf } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const file = encodeNetcdf({
 *   dimensions: { time: 2 },
 *   attributes: { title: "two values" },
 *   variables: [{ name: "x", dimensions: ["time"], attributes: {}, data: Float32Array.of(1, 2) }],
 * });
 * assertEquals(new TextDecoder().decode(file.subarray(0, 3)), "CDF");
 * ```
 *
 * @category Files of samples
 */
export function encodeNetcdf(content: NetcdfContent): Uint8Array {
  const { dimensions, variables } = content;
  for (const { name, dimensions: axes, data } of variables) {
    const count = axes.reduce((product, axis) => product * (dimensions[axis] ?? NaN), 1);
    if (count !== data.length) {
      throw new RangeError(
        `${name}(${axes.join(", ")}) has ${data.length} elements, but the axes have ${
          Object.entries(dimensions)
        }`,
      );
    }
  }
  const total = variables.reduce((sum, { data }) => sum + data.byteLength, 0),
    wideOffsets = total > CLASSIC_LIMIT / 2;
  const start = headerOf(content, variables.map(() => 0), wideOffsets).length;
  const begins: number[] = [];
  variables.reduce((at, { data }) => (begins.push(at), at + data.byteLength), start);
  const bytes = new Uint8Array(start + total), view = new DataView(bytes.buffer);
  bytes.set(headerOf(content, begins, wideOffsets));
  variables.forEach(({ data }, i) => {
    let at = begins[i]!;
    for (const value of data) {
      if (data instanceof Float64Array) view.setFloat64(at, value);
      else if (data instanceof Float32Array) view.setFloat32(at, value);
      else view.setInt32(at, value);
      at += data.BYTES_PER_ELEMENT;
    }
  });
  return bytes;
}
