/**
 * gzip and raw deflate with bounded output: nothing is allocated that the input could not fill.
 *
 * @module
 */
import { gzipSync, Inflate, inflateSync } from "fflate";
import { requireMemory } from "../memory/memory_budget.ts";
import { FileFormatError } from "./file_format_error.ts";
import { concatenate } from "./typed_array.ts";

/**
 * Default limit on decompressed sizes: 2 GiB.
 *
 * @category Files
 */
export const DEFAULT_MAX_BYTES: number = 2 ** 31;

/** Maximum expansion of a deflate stream: at best two bits encode 258 bytes. */
const MAX_RATIO = 1032;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The checksum of zip and gzip. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  // Index loop: several times as fast as for…of over a large typed array.
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Verifies the CRC-32 of bytes.
 *
 * @param bytes Contents.
 * @param expected Checksum stored in the file.
 * @param what Name of the contents for messages.
 * @throws {FileFormatError} If they differ.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkCrc, FileFormatError } from "@gasp/tensor";
 *
 * const digits = new TextEncoder().encode("123456789");
 * checkCrc(digits, 0xcbf43926, "the digits");
 * assertThrows(() => checkCrc(digits, 0, "the digits"), FileFormatError, "checksum does not match");
 * ```
 *
 * @category Files
 */
export function checkCrc(bytes: Uint8Array, expected: number, what: string): void {
  if (crc32(bytes) !== expected) {
    throw new FileFormatError(`${what}: checksum does not match, the file is damaged`);
  }
}

/**
 * Checks that a declared size is possible for a deflate stream.
 *
 * @param compressed The stream.
 * @param size Declared size of the result.
 * @param what Name of the contents for messages.
 * @throws {FileFormatError} If no stream of that length expands so far.
 */
export function checkRatio(compressed: Uint8Array, size: number, what: string): void {
  if (size <= MAX_RATIO * compressed.length) return;
  throw new FileFormatError(
    `${what}: ${compressed.length} bytes cannot expand to ${size}, the file is damaged or truncated`,
  );
}

/**
 * Decompresses a raw deflate stream of declared size.
 *
 * @param compressed The stream.
 * @param size Declared size of the result.
 * @param what Name of the contents for messages.
 * @returns The result, `size` bytes.
 * @throws {FileFormatError} If the stream is damaged, or its size differs from the declared one.
 * @throws {MemoryError} If the result does not fit in memory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { inflateExactly } from "@gasp/tensor";
 *
 * const stored = Uint8Array.of(1, 2, 0, 253, 255, 7, 8); // a last block of two bytes that are not compressed
 * assertEquals(inflateExactly(stored, 2, "two bytes"), Uint8Array.of(7, 8));
 * ```
 *
 * @category Files
 */
export function inflateExactly(compressed: Uint8Array, size: number, what: string): Uint8Array {
  checkRatio(compressed, size, what);
  requireMemory({ purpose: `${what}, unpacked,`, bytes: size });
  let out: Uint8Array;
  try {
    // One byte more than declared, to detect a stream that is too long.
    out = inflateSync(compressed, { out: new Uint8Array(size + 1) });
  } catch (error) {
    throw new FileFormatError(`${what}: not a valid deflate stream of ${size} bytes (${String(error)})`);
  }
  if (out.length === size) return out.subarray(0, size);
  const amount = out.length > size ? "more" : `${out.length}`;
  throw new FileFormatError(`${what}: expands to ${amount} instead of the declared ${size} bytes`);
}

/** Bytes decompressed at a time by {@link inflateStart}; each may expand a thousandfold. */
const START_STEP = 256;

/**
 * Decompresses the beginning of a raw deflate stream.
 *
 * @param compressed The stream.
 * @param length Number of bytes.
 * @param what Name of the contents for messages.
 * @returns At least `length` bytes, unless the stream is shorter.
 * @throws {FileFormatError} If the beginning of the stream is damaged.
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
 * Returns whether bytes start with the gzip signature.
 *
 * @param bytes A file, or its beginning.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { gzip, isGzip } from "@gasp/tensor";
 *
 * assertEquals([isGzip(gzip(Uint8Array.of(1))), isGzip(Uint8Array.of(1, 2))], [true, false]);
 * ```
 *
 * @category Files
 */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Offset of the deflate stream: after ten bytes and the optional fields given by the flags. */
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
  if (start > end) throw new FileFormatError(`gzip file of ${bytes.length} bytes is truncated`);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, 8);
  return {
    body: bytes.subarray(start, end),
    crc: trailer.getUint32(0, true),
    size: trailer.getUint32(4, true),
  };
}

/**
 * Returns the declared size of the contents of a gzip file with one member, modulo 2^32.
 *
 * @param bytes The file.
 * @throws {FileFormatError} If it is not gzip, truncated, or too short for that size.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { gzip, gzipSize } from "@gasp/tensor";
 *
 * assertEquals(gzipSize(gzip(new Uint8Array(1000))), 1000);
 * ```
 *
 * @category Files
 */
export function gzipSize(bytes: Uint8Array): number {
  const { body, size } = gzipParts(bytes);
  checkRatio(body, size, "gzip file");
  return size;
}

/**
 * Decompresses the beginning of a gzip file.
 *
 * @param bytes The file.
 * @param length Number of bytes; fewer are returned if the contents are shorter.
 * @throws {FileFormatError} If it is not gzip, or its beginning is damaged.
 */
export function gunzipStart(bytes: Uint8Array, length: number): Uint8Array {
  return inflateStart(gzipParts(bytes).body, length, "gzip file");
}

/**
 * Decompresses a gzip file with one member.
 *
 * @param bytes The file.
 * @param maxBytes Maximum size of the contents.
 * @returns Its contents.
 * @throws {FileFormatError} If it is not gzip, damaged, has several members, or expands to more than allowed.
 * @throws {MemoryError} If its contents do not fit in memory.
 *
 * @example A limit on the size of what comes from elsewhere
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { FileFormatError, gunzip, gzip } from "@gasp/tensor";
 *
 * const file = gzip(Uint8Array.of(1, 2, 3));
 * assertEquals(gunzip(file), Uint8Array.of(1, 2, 3));
 * assertThrows(() => gunzip(file, 2), FileFormatError, "at most 2 are allowed");
 * ```
 *
 * @category Files
 */
export function gunzip(bytes: Uint8Array, maxBytes: number = DEFAULT_MAX_BYTES): Uint8Array {
  const { body, crc, size } = gzipParts(bytes);
  if (size > maxBytes) {
    throw new FileFormatError(
      `gzip file expands to ${size} bytes, at most ${maxBytes} are allowed: it is too large, damaged or truncated`,
    );
  }
  const contents = inflateExactly(body, size, "gzip file");
  checkCrc(contents, crc, "gzip file");
  return contents;
}

/**
 * Compresses to a gzip file; deterministic.
 *
 * @param bytes Contents, below 4 GiB.
 * @returns The file.
 *
 * @example
 * ```ts
 * import { assertEquals, assertLess } from "@std/assert";
 * import { gunzip, gzip } from "@gasp/tensor";
 *
 * const bytes = new Uint8Array(10_000);
 * assertLess(gzip(bytes).length, 100);
 * assertEquals(gunzip(gzip(bytes)), bytes);
 * ```
 *
 * @category Files
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { mtime: 0 });
}
