/**
 * Files that may be inside gzip.
 *
 * @module
 */
import { FileFormatError, gunzip, gzipSize, isGzip, requireMemory } from "@gasp/tensor";
import { DataError } from "./data_error.ts";

/**
 * The contents of a file, plain or gzipped.
 *
 * @param bytes The file.
 * @param name Its name for messages.
 * @returns The contents; the file itself where it is not gzipped.
 * @throws {DataError} If it is damaged.
 * @throws {MemoryError} If its contents do not fit in memory.
 */
export function unpackFile(bytes: Uint8Array, name: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    requireMemory({ purpose: `${name}, unpacked,`, bytes: gzipSize(bytes) });
    return gunzip(bytes, Infinity);
  } catch (cause) {
    if (!(cause instanceof FileFormatError)) throw cause;
    throw new DataError(`${name} cannot be unpacked (${cause.message}). Copy or download it again.`, {
      cause,
    });
  }
}
