/**
 * Files that may be gzipped.
 *
 * @module
 */
import { FileFormatError, gunzip, gzipSize, isGzip, requireMemory } from "@gasp/tensor";
import { DataError } from "./data_error.ts";

/**
 * Decompresses a file if it is gzipped.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns Decompressed contents, or `bytes` itself if the file is not gzipped.
 * @throws {DataError} If the file is damaged.
 * @throws {MemoryError} If its contents do not fit in memory.
 */
export function unpackFile(bytes: Uint8Array, name: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    requireMemory({ purpose: `${name}, decompressed,`, bytes: gzipSize(bytes) });
    return gunzip(bytes, Infinity);
  } catch (cause) {
    if (!(cause instanceof FileFormatError)) throw cause;
    throw new DataError(`${name} cannot be decompressed (${cause.message}). Copy or download it again.`, {
      cause,
    });
  }
}
