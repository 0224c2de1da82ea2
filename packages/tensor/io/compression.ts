/**
 * gzip and raw deflate with a bound on what comes out: nothing is allocated that the input could not fill.
 *
 * @module
 */
import { gzipSync, Inflate, inflateSync } from "fflate";
import { requireMemory } from "../memory/memory_budget.ts";
import { FileFormatError } from "./file_format_error.ts";
import { concatenate } from "./typed_array.ts";

/** Largest result that readers here accept unless told otherwise: 2 GiB. */
export const DEFAULT_MAX_BYTES: number = 2 ** 31;

/** No deflate stream expands more: at best two bits stand for 258 bytes. */
const MAX_RATIO = 1032;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The checksum of zip and gzip. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  // By index: several times as fast as for…of over a large typed array.
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Checks bytes against their CRC-32.
 *
 * @param bytes Contents.
 * @param expected What the file says.
 * @param what Names the contents in messages.
 * @throws {FileFormatError} If they differ.
 */
export function checkCrc(bytes: Uint8Array, expected: number, what: string): void {
  if (crc32(bytes) !== expected) {
    throw new FileFormatError(`${what}: checksum does not match, the file is damaged`);
  }
}

/**
 * Checks that a declared size is one that a deflate stream can expand to.
 *
 * @param compressed The stream.
 * @param size Declared size of the result.
 * @param what Names the contents in messages.
 * @throws {FileFormatError} If no stream of so many bytes expands so far.
 */
export function checkRatio(compressed: Uint8Array, size: number, what: string): void {
  if (size <= MAX_RATIO * compressed.length) return;
  throw new FileFormatError(
    `${what}: ${compressed.length} bytes cannot expand to ${size}, the file is damaged or cut short`,
  );
}

/**
 * Expands a raw deflate stream whose size is declared.
 *
 * @param compressed The stream.
 * @param size Declared size of the result.
 * @param what Names the contents in messages.
 * @returns The result, `size` bytes.
 * @throws {FileFormatError} If the stream is damaged, cannot give as much, or gives more or less.
 * @throws {MemoryError} If the result does not fit in memory.
 */
export function inflateExactly(compressed: Uint8Array, size: number, what: string): Uint8Array {
  checkRatio(compressed, size, what);
  requireMemory({ purpose: `${what}, unpacked,`, bytes: size });
  let out: Uint8Array;
  try {
    // One byte more than declared, so that a stream which gives too much shows.
    out = inflateSync(compressed, { out: new Uint8Array(size + 1) });
  } catch (error) {
    throw new FileFormatError(`${what}: not a valid deflate stream of ${size} bytes (${String(error)})`);
  }
  if (out.length === size) return out.subarray(0, size);
  const amount = out.length > size ? "more" : `${out.length}`;
  throw new FileFormatError(`${what}: expands to ${amount} instead of the declared ${size} bytes`);
}

/** Bytes unpacked at a time by {@link inflateStart}; each may become a thousand. */
const START_STEP = 256;

/**
 * The beginning of what a raw deflate stream expands to, without the rest.
 *
 * @param compressed The stream.
 * @param length Bytes wanted; there are fewer where the stream holds no more.
 * @param what Names the contents in messages.
 * @returns At least `length` bytes, unless there are fewer.
 * @throws {FileFormatError} If the stream is damaged where it begins.
 */
export function inflateStart(compressed: Uint8Array, length: number, what: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let unpacked = 0;
  const stream = new Inflate((part) => {
    parts.push(part);
    unpacked += part.length;
  });
  try {
    for (let at = 0; at < compressed.length && unpacked < length; at += START_STEP) {
      stream.push(compressed.subarray(at, at + START_STEP));
    }
  } catch (error) {
    throw new FileFormatError(`${what}: not a valid deflate stream (${String(error)})`);
  }
  return concatenate(parts);
}

/**
 * Whether bytes begin as a gzip file does.
 *
 * @param bytes A file, or its beginning.
 * @returns True for gzip.
 *
 * @example
 * ```ts
 * import { gzip, isGzip } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([isGzip(gzip(Uint8Array.of(1))), isGzip(Uint8Array.of(1, 2, 3))], [true, false]);
 * ```
 */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Where the deflate stream begins: after ten bytes and whatever the flags announce. */
function gzipBodyStart(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0;
  let position = 10;
  if (flags & 4) position += 2 + (bytes[10] ?? 0) + 256 * (bytes[11] ?? 0);
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, position);
    position = end < 0 ? bytes.length : end + 1;
  }
  return flags & 2 ? position + 2 : position;
}

/** The parts of a gzip file of one member. */
interface GzipParts {
  readonly body: Uint8Array;
  readonly crc: number;
  /** Declared size of the contents. */
  readonly size: number;
}

function gzipParts(bytes: Uint8Array): GzipParts {
  if (!isGzip(bytes) || bytes[2] !== 8) throw new FileFormatError("not a gzip file");
  const start = gzipBodyStart(bytes), end = bytes.length - 8;
  if (start > end) throw new FileFormatError(`gzip file of ${bytes.length} bytes is cut short`);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, 8);
  return {
    body: bytes.subarray(start, end),
    crc: trailer.getUint32(0, true),
    size: trailer.getUint32(4, true),
  };
}

/**
 * The size that a gzip file of one member declares for its contents, modulo 2^32.
 *
 * @param bytes The file.
 * @throws {FileFormatError} If it is not gzip, cut short, or too short for that size.
 *
 * @example
 * ```ts
 * import { gzip, gzipSize } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gzipSize(gzip(new Uint8Array(1000))), 1000);
 * ```
 */
export function gzipSize(bytes: Uint8Array): number {
  const { body, size } = gzipParts(bytes);
  checkRatio(body, size, "gzip file");
  return size;
}

/**
 * The beginning of the contents of a gzip file, without the rest.
 *
 * @param bytes The file.
 * @param length Bytes wanted; there are fewer where the file holds no more.
 * @throws {FileFormatError} If it is not gzip, or damaged where it begins.
 */
export function gunzipStart(bytes: Uint8Array, length: number): Uint8Array {
  return inflateStart(gzipParts(bytes).body, length, "gzip file");
}

/**
 * Expands a gzip file of one member.
 *
 * @param bytes The file.
 * @param maxBytes Largest result allowed.
 * @returns Its contents.
 * @throws {FileFormatError} If it is not gzip, damaged, of several members, or larger than allowed.
 * @throws {MemoryError} If its contents do not fit in memory.
 *
 * @example
 * ```ts
 * import { gunzip, gzip } from "@gasp/tensor";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const bytes = new Uint8Array(1000);
 * assertEquals(gunzip(gzip(bytes)), bytes);
 * assertThrows(() => gunzip(gzip(bytes), 100)); // more than is allowed
 * ```
 */
export function gunzip(bytes: Uint8Array, maxBytes: number = DEFAULT_MAX_BYTES): Uint8Array {
  const { body, crc, size } = gzipParts(bytes);
  if (size > maxBytes) {
    throw new FileFormatError(
      `gzip file expands to ${size} bytes, at most ${maxBytes} are allowed: it is too large, damaged or cut short`,
    );
  }
  const contents = inflateExactly(body, size, "gzip file");
  checkCrc(contents, crc, "gzip file");
  return contents;
}

/**
 * Compresses to a gzip file; the same contents always give the same bytes.
 *
 * @param bytes Contents, below 4 GiB.
 * @returns The file.
 *
 * @example
 * ```ts
 * import { gunzip, gzip } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = Uint8Array.of(1, 2, 3);
 * assertEquals(gunzip(gzip(bytes)), bytes);
 * ```
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { mtime: 0 });
}
