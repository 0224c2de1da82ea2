/**
 * What the readers need of a folder, small enough for a disk, a web server, an archive or a test to offer.
 *
 * @module
 */
import type { RandomAccess } from "@gasp/tensor";

/** A folder of files. */
export interface FileSource {
  /** Where the files are, for people: `data/mnist`. */
  readonly location: string;
  /** Names of the files in the folder, in any order. */
  list(): Promise<readonly string[]>;
  /**
   * The bytes of a file.
   *
   * @param name One of the listed names.
   */
  read(name: string): Promise<Uint8Array>;
  /**
   * Access to parts of a file, where the source can give it: sets larger than memory are read with it.
   *
   * @param name One of the listed names.
   */
  open?(name: string): Promise<RandomAccess>;
}

/** A file in a folder or below it. */
export interface FileEntry {
  /** Path from the folder, with `/` between its parts. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last changed, in milliseconds since 1970; 0 where that is not known. */
  readonly modified: number;
}

/** A folder whose files are found at any depth. Names are paths from the folder. */
export interface FileTree extends FileSource {
  /** All files in the folder and the folders below, in any order. */
  entries(): Promise<readonly FileEntry[]>;
  /**
   * The beginning of a file.
   *
   * @param name One of the names.
   * @param length Bytes; fewer come where the file is shorter.
   */
  readStart(name: string, length: number): Promise<Uint8Array>;
}
