/**
 * gzip and raw deflate with a bound on what comes out: nothing is allocated that the input could not fill.
 *
 * @module
 */
import { gzipSync, inflateSync } from "fflate";
import { FileFormatError } from "./file_format_error.ts";

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
 * Expands a raw deflate stream whose size is declared.
 *
 * @param compressed The stream.
 * @param size Declared size of the result.
 * @param what Names the contents in messages.
 * @returns The result, `size` bytes.
 * @throws {FileFormatError} If the stream is damaged, cannot give as much, or gives more or less.
 */
export function inflateExactly(compressed: Uint8Array, size: number, what: string): Uint8Array {
  if (size > MAX_RATIO * compressed.length) {
    throw new FileFormatError(
      `${what}: ${compressed.length} bytes cannot expand to ${size}, the file is damaged or cut short`,
    );
  }
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

/**
 * Whether bytes begin as a gzip file does.
 *
 * @param bytes A file, or its beginning.
 * @returns True for gzip.
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

/**
 * Expands a gzip file of one member.
 *
 * @param bytes The file.
 * @param maxBytes Largest result allowed.
 * @returns Its contents.
 * @throws {FileFormatError} If it is not gzip, damaged, of several members, or larger than allowed.
 */
export function gunzip(bytes: Uint8Array, maxBytes: number = DEFAULT_MAX_BYTES): Uint8Array {
  if (!isGzip(bytes) || bytes[2] !== 8) throw new FileFormatError("not a gzip file");
  const start = gzipBodyStart(bytes), end = bytes.length - 8;
  if (start > end) throw new FileFormatError(`gzip file of ${bytes.length} bytes is cut short`);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, 8);
  const size = trailer.getUint32(4, true);
  if (size > maxBytes) {
    throw new FileFormatError(
      `gzip file expands to ${size} bytes, at most ${maxBytes} are allowed: it is too large, damaged or cut short`,
    );
  }
  const contents = inflateExactly(bytes.subarray(start, end), size, "gzip file");
  checkCrc(contents, trailer.getUint32(0, true), "gzip file");
  return contents;
}

/**
 * Compresses to a gzip file; the same contents always give the same bytes.
 *
 * @param bytes Contents, below 4 GiB.
 * @returns The file.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { mtime: 0 });
}
