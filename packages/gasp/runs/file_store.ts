/**
 * The files of a run on a disk, through `node:fs`, which Deno and Node both have. The one file here that touches a disk.
 * @module
 */
import { MemoryError, requireMemory } from "@gasp/tensor";
import { type FileBytes, partsOf, type RunStore, TEMPORARY_SUFFIX } from "./run_store.ts";
import { messageOf, UserError } from "../config/user_error.ts";

/**
 * An open file, as `node:fs/promises` has it.
 *
 * @category Checkpoints
 */
export interface OpenFile {
  /** Its size, and more. */
  stat(): Promise<{ readonly size: number }>;
  /** Reads some bytes at a place into an array. */
  read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  /** Adds bytes. */
  writeFile(bytes: Uint8Array): Promise<void>;
  /** Waits until the disk has it all. */
  sync(): Promise<void>;
  /** Ends the use of the file. */
  close(): Promise<void>;
}

/**
 * The part of `node:fs/promises` that the files of a run need; written out, so that its types are not needed.
 *
 * @category Checkpoints
 */
export interface FileSystem {
  /** Opens a file. */
  open(path: string, flags: "r" | "w"): Promise<OpenFile>;
  /** Gives a file another name. */
  rename(from: string, to: string): Promise<void>;
  /** Deletes a file. */
  rm(path: string, options: { readonly force: boolean }): Promise<void>;
  /** Adds text to the end of a file. */
  appendFile(path: string, text: string): Promise<void>;
  /** What a folder holds. */
  readdir(
    path: string,
    options: { readonly withFileTypes: true },
  ): Promise<readonly { readonly name: string; isFile(): boolean; isSymbolicLink(): boolean }[]>;
  /** The size and kind of a file; links are followed. */
  stat(path: string): Promise<{ readonly size: number; isFile(): boolean; isDirectory(): boolean }>;
  /** Makes a folder and those above it. */
  mkdir(path: string, options: { readonly recursive: boolean }): Promise<unknown>;
}

/**
 * Stores the files of a run in a folder on disk.
 *
 * @category Checkpoints
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openFileStore } from "@gasp/gasp";
 *
 * const folder = await Deno.makeTempDir();
 * const store = await openFileStore(folder);
 * await store.write("config.json", new TextEncoder().encode("{}"));
 * assertEquals([await store.list(""), await store.size("config.json")], [["config.json"], 2]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class FileStore implements RunStore {
  readonly #fs: FileSystem;

  /**
   * Use {@link openFileStore}.
   *
   * @param location The folder of the run.
   * @param fs `node:fs/promises`.
   */
  constructor(readonly location: string, fs: FileSystem) {
    this.#fs = fs;
  }

  /** See {@link RunStore.read}. @param path File. @param start First byte. @param end Byte after the last. */
  async read(path: string, start = 0, end?: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const info = await this.#unlessMissing(path, "read", () => this.#fs.stat(this.#path(path)));
    if (!info) return undefined;
    // Opening a pipe would wait for its writer, and a device may have no end
    if (!info.isFile()) {
      const kind = info.isDirectory() ? "a folder" : "a pipe or a device";
      throw new UserError(`cannot read ${this.#path(path)}: it is ${kind}, not a file`);
    }
    const file = await this.#unlessMissing(path, "read", () => this.#fs.open(this.#path(path), "r"));
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      const length = Math.max(0, Math.min(end ?? size, size) - start);
      requireMemory({ purpose: `the file ${this.#path(path)}`, bytes: length });
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < bytes.length;) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0) return bytes.slice(0, filled);
        filled += bytesRead;
      }
      return bytes;
    } catch (error) {
      throw error instanceof MemoryError ? error : this.#cannot("read", path, error);
    } finally {
      await file.close();
    }
  }

  /** See {@link RunStore.write}. @param path File. @param bytes Its bytes. */
  async write(path: string, bytes: FileBytes): Promise<void> {
    const target = this.#path(path);
    const temporary = target + TEMPORARY_SUFFIX;
    try {
      await this.#createFolderOf(target);
      const file = await this.#fs.open(temporary, "w");
      try {
        for await (const part of partsOf(bytes)) await file.writeFile(part);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#fs.rename(temporary, target);
      await this.#syncFolderOf(target);
    } catch (error) {
      await this.#fs.rm(temporary, { force: true }).catch(() => {});
      throw this.#cannot("write", path, error);
    }
  }

  /** See {@link RunStore.append}. @param path File. @param text What to add. */
  async append(path: string, text: string): Promise<void> {
    try {
      await this.#createFolderOf(this.#path(path));
      await this.#fs.appendFile(this.#path(path), text);
    } catch (error) {
      throw this.#cannot("write", path, error);
    }
  }

  /** See {@link RunStore.list}. @param folder Folder. */
  async list(folder: string): Promise<string[]> {
    const entries = await this.#unlessMissing(
      folder,
      "read",
      () => this.#fs.readdir(this.#path(folder), { withFileTypes: true }),
    );
    const names: string[] = [];
    for (const entry of entries ?? []) {
      const isFile = entry.isSymbolicLink() ? await this.#isLinkToFile(folder, entry.name) : entry.isFile();
      if (isFile) names.push(entry.name);
    }
    return names.sort();
  }

  /** Links whose target is missing, or that lead to themselves, are not files. */
  async #isLinkToFile(folder: string, name: string): Promise<boolean> {
    const path = this.#path(folder === "" ? name : `${folder}/${name}`);
    return await this.#fs.stat(path).then((info) => info.isFile(), () => false);
  }

  /** See {@link RunStore.size}. @param path File. */
  async size(path: string): Promise<number | undefined> {
    return (await this.#unlessMissing(path, "read", () => this.#fs.stat(this.#path(path))))?.size;
  }

  /** See {@link RunStore.remove}. @param path File. */
  async remove(path: string): Promise<void> {
    try {
      await this.#fs.rm(this.#path(path), { force: true });
    } catch (error) {
      throw this.#cannot("delete", path, error);
    }
  }

  #path(path: string): string {
    return path === "" ? this.location : `${this.location}/${path}`;
  }

  #createFolderOf(target: string): Promise<unknown> {
    return this.#fs.mkdir(folderOf(target), { recursive: true });
  }

  /** Flushes the renamed directory entry; where folders cannot be opened (Windows), the system takes care of it. */
  async #syncFolderOf(target: string): Promise<void> {
    const folder = await this.#fs.open(folderOf(target), "r").catch(() => undefined);
    await folder?.sync().catch(() => {});
    await folder?.close();
  }

  async #unlessMissing<T>(path: string, verb: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw this.#cannot(verb, path, error);
    }
  }

  #cannot(verb: string, path: string, error: unknown): UserError {
    return new UserError(`cannot ${verb} ${this.#path(path)}: ${reasonOf(error)}`, error);
  }
}

/**
 * Opens the folder of a run on disk. The folder is created by the first write.
 *
 * @param location The folder of the run.
 *
 * @example
 * ```ts
 * import { openFileStore } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const store = await openFileStore(`${folder}/run`);
 * await store.append("metrics.jsonl", "{}\n");
 * assertEquals(await store.size("metrics.jsonl"), 3);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @category Checkpoints
 */
export async function openFileStore(location: string): Promise<FileStore> {
  // The name is a value, so that bundlers for browsers leave it alone.
  const builtin = "fs/promises";
  return new FileStore(location, await import(/* @vite-ignore */ `node:${builtin}`));
}

function folderOf(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? (cut === 0 ? "/" : ".") : path.slice(0, cut);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Explanations of common errors, with advice. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist and cannot be created; choose another folder",
  EACCES: "permission denied; choose another folder or change its permissions",
  EPERM: "permission denied; choose another folder or change its permissions",
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "the disk is full; free some space and resume",
  EDQUOT: "the disk quota is used up; free some space and resume",
  ENOTDIR: "a part of the path is a file, not a folder; choose another folder",
  EEXIST: "a part of the path is a file, not a folder; choose another folder",
  EISDIR: "it is a folder, not a file",
  ELOOP: "a link in the path leads to itself; delete the link",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
  EFBIG: "the file would be larger than the limit of this process (ulimit -f) or of the file system",
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return (code === undefined ? undefined : REASONS[code]) ?? messageOf(error);
}
