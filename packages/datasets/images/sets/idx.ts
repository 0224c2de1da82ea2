/**
 * Reads IDX files, the format of MNIST: a magic number (two zero bytes, element type, number of axes), the length of each
 * axis as a big-endian 32-bit integer, then the elements. Specified at the end of http://yann.lecun.com/exdb/mnist/.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { unpackFile } from "../../core/unpack_file.ts";

/**
 * Contents of an IDX file of bytes.
 *
 * @category Pictures
 */
export interface IdxArray {
  /** Length of each axis: `[items, height, width]` for images, `[items]` for labels. */
  readonly shape: readonly number[];
  /** Elements in row-major order; a view of the file's bytes if it is not compressed. */
  readonly data: Uint8Array;
}

/** Names of element types for messages. */
const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  0x08: "unsigned byte",
  0x09: "signed byte",
  0x0b: "short",
  0x0c: "int",
  0x0d: "float",
  0x0e: "double",
};

const UNSIGNED_BYTE = 0x08;

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/**
 * Reads an IDX file of unsigned bytes, plain or gzipped.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns Shape and elements.
 * @throws {DataError} If the file has another format, is truncated, or has excess bytes.
 * @throws {MemoryError} If its contents do not fit in memory.
 *
 * @example A file of two images of one pixel
 * ```ts
 * import { readIdx } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const { shape, data } = readIdx(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 9));
 * assertEquals(shape, [2, 1, 1]);
 * assertEquals(data, Uint8Array.of(7, 9));
 * ```
 *
 * @category Pictures
 */
export function readIdx(bytes: Uint8Array, name: string = "the file"): IdxArray {
  const content = unpackFile(bytes, name);
  if (content.length < 4 || content[0] !== 0 || content[1] !== 0) {
    throw new DataError(
      `${name} is not an IDX file: it should start with the bytes 00 00 08, but ` +
        (content.length === 0 ? "it is empty." : `starts with ${hexadecimal(content.subarray(0, 4))}.`),
    );
  }
  const type = content[2]!, axes = content[3]!;
  if (type !== UNSIGNED_BYTE) {
    const found = ELEMENT_TYPES[type];
    throw new DataError(
      `${name} holds elements of ${found === undefined ? `unknown type ${type}` : `type ${found}`}; ` +
        "only unsigned bytes are supported.",
    );
  }
  if (axes === 0) throw new DataError(`${name} is an IDX file with no axes: expected at least one.`);
  const headerBytes = 4 + 4 * axes;
  if (content.length < headerBytes) {
    throw new DataError(
      `${name} is truncated: an IDX header of ${axes} axes has ${headerBytes} bytes, the file has ${content.length}. ` +
        "Download it again.",
    );
  }
  const header = new DataView(content.buffer, content.byteOffset, headerBytes);
  const shape = Array.from({ length: axes }, (_, axis) => header.getUint32(4 + 4 * axis));
  const expected = shape.reduce((product, length) => product * length, 1);
  const data = content.subarray(headerBytes);
  if (data.length !== expected) {
    throw new DataError(
      `${name} ${data.length < expected ? "is truncated" : "has excess bytes"}: its header declares ` +
        `${shape.join("×")} = ${expected} elements, the file has ${data.length}. Download it again.`,
    );
  }
  return { shape, data };
}
