/**
 * What the readers need of a folder, small enough for a disk, a web server, an archive or a test to offer.
 *
 * @module
 */

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
}
