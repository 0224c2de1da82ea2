/**
 * Members of archives.
 *
 * @module
 */

/**
 * Reads a range of a file.
 *
 * @param start Offset of the first byte.
 * @param length Number of bytes.
 * @returns These bytes; fewer at the end of the file.
 */
export type ReadRange = (start: number, length: number) => Promise<Uint8Array>;

/** A member of an archive. */
export interface ArchiveEntry {
  /** Path in the archive. */
  readonly name: string;
  /** Length of its contents. */
  readonly size: number;
  /** Reads its contents. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}
