/**
 * What the trainer needs of a file system, small enough for a disk, a browser or a test to offer. Paths are relative to
 * the folder of one run and use `/`.
 * @module
 */

/** Bytes of a file: all, or in parts that are made when they are written. */
export type FileBytes = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * The parts of a file, one after the other.
 *
 * @param bytes Its bytes.
 */
export async function* partsOf(bytes: FileBytes): AsyncIterable<Uint8Array> {
  if (bytes instanceof Uint8Array) yield bytes;
  else yield* bytes;
}

/** Files of one run. */
export interface RunStore {
  /** Where the files are, for people: `runs/digits-1`. */
  readonly location: string;
  /**
   * The bytes of a file, or a part of it.
   *
   * @param path File.
   * @param start First byte.
   * @param end Byte after the last; by default the end of the file. Bytes beyond the file are left out.
   * @returns `undefined` if there is no such file.
   */
  read(path: string, start?: number, end?: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Replaces a file as a whole: after a crash at any moment it holds either the earlier bytes or the new ones.
   *
   * @param path File; folders are made as needed.
   * @param bytes Its bytes, or parts of them that are asked for one after the other.
   */
  write(path: string, bytes: FileBytes): Promise<void>;
  /** Adds text to the end of a file. @param path File. @param text What to add. */
  append(path: string, text: string): Promise<void>;
  /** Names of the files in a folder, sorted; none if it does not exist. @param folder Folder, `""` for the top. */
  list(folder: string): Promise<string[]>;
  /** Size in bytes, or `undefined` if there is no such file. @param path File. */
  size(path: string): Promise<number | undefined>;
  /** Deletes a file; harmless if there is none. @param path File. */
  remove(path: string): Promise<void>;
}

/** End of the names of files that are being written. A file with such a name is left over from a crash. */
export const TEMPORARY_SUFFIX = ".tmp";

/**
 * Keeps the files of a run in memory: for browsers and tests.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore();
 * await store.write("samples/step-1.png", Uint8Array.of(1, 2, 3));
 * assertEquals(await store.list("samples"), ["step-1.png"]);
 * assertEquals(await store.read("samples/step-1.png", 1), Uint8Array.of(2, 3));
 * ```
 */
export class MemoryStore implements RunStore {
  /** Every file by path. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>> = new Map();

  /**
   * An empty store.
   *
   * @param location Name for people.
   */
  constructor(readonly location: string = "memory") {}

  /** See {@link RunStore.read}. @param path File. @param start First byte. @param end Byte after the last. */
  read(path: string, start?: number, end?: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return Promise.resolve(this.files.get(path)?.slice(start, end));
  }

  /** See {@link RunStore.write}. @param path File. @param bytes Its bytes. */
  async write(path: string, bytes: FileBytes): Promise<void> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of partsOf(bytes)) parts.push(part.slice());
    this.files.set(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
  }

  /** See {@link RunStore.append}. @param path File. @param text What to add. */
  async append(path: string, text: string): Promise<void> {
    const before = this.files.get(path) ?? new Uint8Array();
    this.files.set(path, new Uint8Array(await new Blob([before, text]).arrayBuffer()));
  }

  /** See {@link RunStore.list}. @param folder Folder. */
  list(folder: string): Promise<string[]> {
    const prefix = folder === "" ? "" : `${folder}/`;
    const names = [...this.files.keys()].filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length)).filter((name) => !name.includes("/"));
    return Promise.resolve(names.sort());
  }

  /** See {@link RunStore.size}. @param path File. */
  size(path: string): Promise<number | undefined> {
    return Promise.resolve(this.files.get(path)?.length);
  }

  /** See {@link RunStore.remove}. @param path File. */
  remove(path: string): Promise<void> {
    this.files.delete(path);
    return Promise.resolve();
  }
}
