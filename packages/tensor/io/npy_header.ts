/**
 * The header of a .npy file: magic, version, length, and a Python dictionary of type, order and shape.
 *
 * @module
 */
import { FileFormatError } from "./file_format_error.ts";
import { declaredSize } from "./typed_array.ts";

/** A parsed header. */
export interface NpyHeader {
  /** NumPy type without the byte order: `f4`, `i8`, `b1`, … */
  readonly dtype: string;
  /** Whether elements are big-endian. */
  readonly bigEndian: boolean;
  /** Whether the array is column-major. */
  readonly fortranOrder: boolean;
  /** Shape; empty for a scalar. */
  readonly shape: readonly number[];
  /** Byte offset of the elements. */
  readonly dataStart: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Maximum length of the dictionary; plain arrays need about a hundred characters. */
export const MAX_HEADER_BYTES: number = 65_536;

/** A Python literal, as needed for plain arrays. */
type Literal = string | boolean | number | Literal[];

const TOKEN = /\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|True|False|\d+L?|[{}()[\]:,])/y;

/** Splits the dictionary into tokens. */
function tokens(text: string): string[] {
  const found: string[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(trimmed)?.[1];
    if (token === undefined) throw new FileFormatError(`npy header: unexpected text at character ${at}`);
    found.push(token);
  }
  return found;
}

/** Parses `{'name': value, …}`; values are strings, booleans, integers and flat tuples of them. */
class DictionaryReader {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) {
      throw new FileFormatError(
        `npy header: expected ${token}, got ${this.#tokens[this.#next] ?? "the end"}`,
      );
    }
  }

  #scalar(): Literal {
    const token = this.#tokens[this.#next++] ?? "the end";
    if (token === "True" || token === "False") return token === "True";
    if (/^\d/.test(token)) return Number(token.replace("L", ""));
    if (/^['"]/.test(token)) return token.slice(1, -1);
    if (token === "[") {
      throw new FileFormatError("npy header: structured types are not supported; save each field separately");
    }
    throw new FileFormatError(`npy header: expected a value, got ${token}`);
  }

  #value(): Literal {
    if (!this.#take("(")) return this.#scalar();
    const items: Literal[] = [];
    while (!this.#take(")")) {
      items.push(this.#scalar());
      if (this.#take(",")) continue;
      this.#expect(")");
      if (items.length === 1) {
        throw new FileFormatError("npy header: a tuple of one element needs a trailing comma");
      }
      break;
    }
    return items;
  }

  read(): Map<string, Literal> {
    const members = new Map<string, Literal>();
    this.#expect("{");
    while (!this.#take("}")) {
      const name = String(this.#scalar());
      if (members.has(name)) throw new FileFormatError(`npy header: '${name}' is duplicated`);
      this.#expect(":");
      members.set(name, this.#value());
      if (this.#take(",")) continue;
      this.#expect("}");
      break;
    }
    if (this.#next < this.#tokens.length) {
      throw new FileFormatError("npy header: unexpected text after the dictionary");
    }
    return members;
  }
}

/** Returns the text of the dictionary, and the byte offset of the elements. */
function headerText(bytes: Uint8Array): { text: string; dataStart: number } {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw new FileFormatError("not a .npy file");
  const version = bytes[6] ?? 0, start = version === 1 ? 10 : 12;
  if (version < 1 || version > 3) throw new FileFormatError(`npy version ${version} is not 1, 2 or 3`);
  if (bytes.length < start) throw new FileFormatError(`npy file of ${bytes.length} bytes is truncated`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) {
    throw new FileFormatError(`npy header of ${length} bytes, at most 65536 are supported`);
  }
  if (start + length > bytes.length) throw new FileFormatError(`npy header of ${length} bytes is truncated`);
  try {
    const decoder = new TextDecoder(version === 3 ? "utf-8" : "latin1", { fatal: true });
    return { text: decoder.decode(bytes.subarray(start, start + length)), dataStart: start + length };
  } catch {
    throw new FileFormatError("npy header is not UTF-8 text");
  }
}

/**
 * Parses the header.
 *
 * @param bytes The file.
 * @returns The header; the element type is not validated yet.
 * @throws {FileFormatError} If it is not a .npy header of a plain array.
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  const { text, dataStart } = headerText(bytes);
  const members = new DictionaryReader(text).read();
  const names = [...members.keys()].sort().join(", ");
  if (names !== "descr, fortran_order, shape") {
    throw new FileFormatError(`npy header: needs descr, fortran_order and shape, got ${names}`);
  }
  const descr = members.get("descr"),
    fortranOrder = members.get("fortran_order"),
    shape = members.get("shape");
  if (typeof fortranOrder !== "boolean") {
    throw new FileFormatError("npy header: fortran_order must be True or False");
  }
  if (!Array.isArray(shape)) throw new FileFormatError("npy header: shape must be a tuple");
  const [, order, dtype] = /^([<>=|]?)([a-zA-Z]\d*)$/.exec(String(descr)) ?? [];
  if (typeof descr !== "string" || dtype === undefined) {
    throw new FileFormatError(`npy header: '${String(descr)}' is not a plain element type`);
  }
  if (dtype.startsWith("O")) {
    throw new FileFormatError(
      "the array holds Python objects, which are not loaded for safety; save it with a numeric type",
    );
  }
  const sizes = shape.map((size) => declaredSize(size, "npy header, shape"));
  return { dtype, bigEndian: order === ">", fortranOrder, shape: sizes, dataStart };
}

/**
 * Encodes the header of a little-endian row-major array, version 1.0.
 *
 * @param descr Element type with its byte order: `<f4`, `|u1`, …
 * @param shape Shape.
 * @returns The header, a multiple of 64 bytes.
 */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  if (total - 10 > 0xffff) throw new RangeError(`a shape of ${shape.length} axes does not fit a .npy header`);
  const bytes = new TextEncoder().encode(`??????\x01\x00??${text.padEnd(total - 11)}\n`);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(8, total - 10, true);
  return bytes;
}
