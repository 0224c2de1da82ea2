/**
 * Files on disk that are read synchronously, in place: for libraries in WebAssembly, which cannot wait for a promise.
 *
 * @module
 */

import type { RandomAccess } from "@gasp/tensor";
import { computingTime } from "../core/computing_time.ts";

/** A file on disk. */
export interface SyncFile {
  /** Size in bytes. */
  readonly size: number;
  /**
   * Reads bytes into an array.
   *
   * @param into Destination.
   * @param position Offset of the first byte in the file.
   * @returns Number of bytes read, less than the array's length only at the end of the file.
   */
  read(into: Uint8Array, position: number): number;
  /** Closes the file. */
  close(): void;
}

/** The part of `node:fs` that is used, which Deno and Node have. */
interface NodeFiles {
  openSync(path: string, flags: string): number;
  fstatSync(file: number): { readonly size: number };
  readSync(file: number, into: Uint8Array, offset: number, length: number, position: number): number;
  closeSync(file: number): void;
}

/**
 * Opens a file on disk.
 *
 * @param path Path.
 */
export async function openSyncFile(path: string): Promise<SyncFile> {
  // Not a literal, so that bundlers for browsers leave it alone.
  const builtin = "fs";
  const files: NodeFiles = await import(/* @vite-ignore */ `node:${builtin}`);
  const file = files.openSync(path, "r");
  return {
    size: files.fstatSync(file).size,
    read(into, position) {
      let filled = 0;
      while (filled < into.length) {
        const count = files.readSync(file, into, filled, into.length - filled, position + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    },
    close: () => files.closeSync(file),
  };
}

/**
 * Limits the time in which a file may be read: a library that parses a damaged file in circles then ends with an error.
 *
 * @param file File.
 * @param seconds Time from now, as `computingTime` counts it.
 */
export function readWithin(file: SyncFile, seconds: number): SyncFile {
  const passed = computingTime();
  return {
    ...file,
    read(into, position) {
      if (passed() > seconds) throw new RangeError(`it took more than ${Math.round(seconds)} seconds`);
      return file.read(into, position);
    },
  };
}

/**
 * Returns random access to a file.
 *
 * @param file File, which stays open.
 */
export function syncAccess(file: SyncFile): RandomAccess {
  return {
    size: file.size,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      return Promise.resolve(bytes.subarray(0, file.read(bytes, offset)));
    },
  };
}
