/**
 * The storage interface of a run, small enough to implement on a disk, in a browser or in a test. Paths are relative to the
 * folder of one run and use `/`.
 * @module
 */

/**
 * Contents of a file: all bytes, or chunks produced on demand.
 *
 * @category Checkpoints
 */
export type FileBytes = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Iterates over the chunks of a file.
 *
 * @param bytes Contents of the file.
 */
export async function* partsOf(bytes: FileBytes): AsyncIterable<Uint8Array> {
  if (bytes instanceof Uint8Array) yield bytes;
  else yield* bytes;
}

/**
 * Files of one run.
 *
 * @category Checkpoints
 */
export interface RunStore {
  /** Human-readable location of the files, such as `runs/digits-1`. */
  readonly location: string;
  /**
   * Reads a file, or a part of it.
   *
   * @param path Path of the file.
   * @param start Offset of the first byte. Default: 0.
   * @param end Offset after the last byte, clamped to the file size. Default: the file size.
   * @returns `undefined` if there is no such file.
   */
  read(path: string, start?: number, end?: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Writes a file atomically: after a crash it contains either the old or the new bytes.
   *
   * @param path Path of the file; folders are created as needed.
   * @param bytes New contents; chunks are requested one after another.
   */
  write(path: string, bytes: FileBytes): Promise<void>;
  /** Appends text to a file. @param path Path of the file. @param text Text to append. */
  append(path: string, text: string): Promise<void>;
  /** Lists the file names in a folder, sorted; empty if it does not exist. @param folder Folder; `""` for the root. */
  list(folder: string): Promise<string[]>;
  /** Returns the size of a file in bytes, or `undefined` if it does not exist. @param path Path of the file. */
  size(path: string): Promise<number | undefined>;
  /** Deletes a file, if it exists. @param path Path of the file. */
  remove(path: string): Promise<void>;
}

/**
 * Suffix of files being written. A file with this suffix that no process is writing was left by a crash.
 *
 * @category Checkpoints
 */
export const TEMPORARY_SUFFIX = ".tmp";

/**
 * Stores the files of a run in memory, for browsers and tests.
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
 *
 * @category Checkpoints
 */
export class MemoryStore implements RunStore {
  /** Contents of all files by path. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>> = new Map();

  /**
   * Constructs an empty store.
   *
   * @param location Human-readable name.
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
