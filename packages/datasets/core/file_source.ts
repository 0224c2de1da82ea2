/**
 * Folders as the readers see them: an interface small enough for a disk, a web server, an archive or a test.
 *
 * @module
 */
import { isLeftBehind } from "./file_formats.ts";
import type { RandomAccess } from "@gasp/tensor";

/**
 * A folder of files.
 *
 * @category Data
 */
export interface FileSource {
  /** Location for messages: `data/mnist`. */
  readonly location: string;
  /** Lists the names of the files, in any order. */
  list(): Promise<readonly string[]>;
  /**
   * Reads a file.
   *
   * @param name A listed name.
   */
  read(name: string): Promise<Uint8Array>;
  /**
   * Opens a file for random access, which allows sets larger than memory. Absent if the source has no such access.
   *
   * @param name A listed name.
   */
  open?(name: string): Promise<RandomAccess>;
  /**
   * Returns the path of a file on disk, which allows a worker to read it in place. Absent if the files are not on disk.
   *
   * @param name A listed name.
   */
  path?(name: string): string;
}

/**
 * A file in a folder or one of its subfolders.
 *
 * @category Data
 */
export interface FileEntry {
  /** Path relative to the folder, with `/` as separator. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** Time of last modification, in milliseconds since 1970; 0 if unknown. */
  readonly modified: number;
}

/**
 * A folder with its subfolders. Names are paths relative to it.
 *
 * @category Data
 */
export interface FileTree extends FileSource {
  /** Lists all files, in any order. */
  entries(): Promise<readonly FileEntry[]>;
  /**
   * Reads the beginning of a file.
   *
   * @param name A listed name.
   * @param length Maximum number of bytes.
   */
  readStart(name: string, length: number): Promise<Uint8Array>;
  /**
   * Reads a range of a file; absent where files are only read whole.
   *
   * @param name A listed name.
   * @param start Offset of the first byte.
   * @param length Number of bytes; the result has fewer at the end of the file.
   */
  readRange?(name: string, start: number, length: number): Promise<Uint8Array>;
}

/**
 * Leaves out of a folder the files that systems leave behind. They can still be read by name.
 *
 * @param files Folder.
 */
export function visibleFiles<T extends FileTree>(files: T): T {
  return {
    ...files,
    list: async () => (await files.list()).filter((name) => !isLeftBehind(name)),
    entries: async () => (await files.entries()).filter(({ name }) => !isLeftBehind(name)),
  };
}

/**
 * Restricts a folder to some of its files.
 *
 * @param files Folder.
 * @param names Names of the files.
 */
export function someFiles<T extends FileTree>(files: T, names: readonly string[]): T {
  const selected = new Set(names);
  return {
    ...files,
    list: async () => (await files.list()).filter((name) => selected.has(name)),
    entries: async () => (await files.entries()).filter(({ name }) => selected.has(name)),
  };
}
