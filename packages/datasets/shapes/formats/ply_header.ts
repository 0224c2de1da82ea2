/**
 * Parses headers of PLY files: the elements that follow and their properties.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";

/** Encoding of the numbers after the header. */
export type PlyFormat = "ascii" | "binary_little_endian" | "binary_big_endian";

/** Number types, by their names in the first version of the format. */
export type PlyType = "char" | "uchar" | "short" | "ushort" | "int" | "uint" | "float" | "double";

/** Bytes per number of each type. */
export const PLY_BYTES: Readonly<Record<PlyType, number>> = {
  char: 1,
  uchar: 1,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  float: 4,
  double: 8,
};

/** A property of an element: a number, or a list preceded by its count. */
export interface PlyProperty {
  /** Name, such as `x` or `vertex_indices`. */
  readonly name: string;
  /** Type of the number or of the list's elements. */
  readonly type: PlyType;
  /** Type of a list's count; absent for numbers. */
  readonly countType?: PlyType;
}

/** An element of the file, such as its vertices. */
export interface PlyElement {
  /** Name, such as `vertex` or `face`. */
  readonly name: string;
  /** Number of items. */
  readonly count: number;
  /** Properties of each item. */
  readonly properties: readonly PlyProperty[];
}

/** A parsed header. */
export interface PlyHeader {
  /** Encoding of numbers. */
  readonly format: PlyFormat;
  /** Elements in file order. */
  readonly elements: readonly PlyElement[];
  /** Offset of the first byte after the header. */
  readonly dataStart: number;
}

/** Maximum length of a header; real ones have some hundred bytes. */
const MAX_HEADER_BYTES = 65536;

const SIZED_NAMES: ReadonlyMap<string, PlyType> = new Map<string, PlyType>([
  ["int8", "char"],
  ["uint8", "uchar"],
  ["int16", "short"],
  ["uint16", "ushort"],
  ["int32", "int"],
  ["uint32", "uint"],
  ["float32", "float"],
  ["float64", "double"],
]);

function isType(word: string): word is PlyType {
  return Object.hasOwn(PLY_BYTES, word);
}

function isFormat(word: string | undefined): word is PlyFormat {
  return word === "ascii" || word === "binary_little_endian" || word === "binary_big_endian";
}

/**
 * Parses the header of a PLY file.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @throws {DataError} If the file is not PLY, or its header is damaged.
 */
export function readPlyHeader(bytes: Uint8Array, name: string): PlyHeader {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, MAX_HEADER_BYTES));
  if (!/^ply\r?\n/.test(text)) {
    throw new DataError(
      `${name} is not a PLY file: expected its first line to be "ply", but ` +
        (text === "" ? "it is empty." : `it starts with ${JSON.stringify(text.slice(0, 8))}.`),
    );
  }
  const end = /\nend_header\r?\n/.exec(text);
  if (end === null) {
    throw new DataError(`${name} is damaged or truncated: its header has no line "end_header".`);
  }
  let format: PlyFormat | undefined;
  const elements: (PlyElement & { properties: PlyProperty[] })[] = [];
  for (const line of text.slice(0, end.index).split(/\r?\n/).slice(1)) {
    const damaged = () =>
      new DataError(
        `${name} is damaged: its header has the line ${
          JSON.stringify(line.slice(0, 60))
        }, which is not valid PLY.`,
      );
    const words = line.trim().split(/\s+/);
    const numberType = (word: string | undefined): PlyType => {
      const type = SIZED_NAMES.get(word ?? "") ?? word ?? "";
      if (!isType(type)) throw damaged();
      return type;
    };
    switch (words[0]) {
      case "comment":
      case "obj_info":
      case "":
        break;
      case "format":
        if (!isFormat(words[1])) throw damaged();
        format = words[1];
        break;
      case "element": {
        const count = Number(words[2]);
        if (words.length !== 3 || !Number.isSafeInteger(count) || count < 0) throw damaged();
        elements.push({ name: words[1]!, count, properties: [] });
        break;
      }
      case "property": {
        const element = elements.at(-1);
        const isList = words[1] === "list";
        if (element === undefined || words.length !== (isList ? 5 : 3)) throw damaged();
        element.properties.push(
          isList
            ? { name: words[4]!, type: numberType(words[3]), countType: numberType(words[2]) }
            : { name: words[2]!, type: numberType(words[1]) },
        );
        break;
      }
      default:
        throw damaged();
    }
  }
  if (format === undefined) throw new DataError(`${name} is damaged: its header has no line "format".`);
  return { format, elements, dataStart: end.index + end[0].length };
}
