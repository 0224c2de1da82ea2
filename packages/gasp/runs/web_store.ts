/**
 * The files of a run in a browser: in a folder of its origin-private file system, or in one that the user has picked.
 * @module
 */
import { MemoryError, requireMemory, type WebFile, type WebFolder } from "@gasp/tensor";
import { messageOf, UserError } from "../config/user_error.ts";
import { type FileBytes, partsOf, type RunStore, TEMPORARY_SUFFIX } from "./run_store.ts";

/**
 * Stores the files of a run in a folder of a browser. Writes are fastest in a worker, where files have synchronous access.
 *
 * @example
 * ```ts ignore
 * import { resolveRunConfig, train, WebStore } from "@gasp/gasp";
 *
 * const store = new WebStore(await navigator.storage.getDirectory(), "runs/digits-1");
 * await train({ config: resolveRunConfig({ preset: "digits" }), data, device, store, resume: true });
 * ```
 *
 * @category Checkpoints
 */
export class WebStore implements RunStore {
  readonly #root: WebFolder;

  /**
   * Constructs a store. The folder of the run is created by the first write.
   *
   * @param root Folder that exists, such as `await navigator.storage.getDirectory()`.
   * @param location Path of the folder of the run in it: `runs/digits-1`.
   */
  constructor(root: WebFolder, readonly location: string) {
    this.#root = root;
  }

  /** See {@link RunStore.read}. @param path File. @param start First byte. @param end Byte after the last. */
  read(path: string, start = 0, end = Infinity): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#attempt("read", path, async () => {
      const file = await this.#open(path);
      if (!file) return undefined;
      const part = file.slice(start, Math.max(start, Math.min(end, file.size)));
      requireMemory({ purpose: `the file ${this.location}/${path}`, bytes: part.size });
      return new Uint8Array(await part.arrayBuffer());
    });
  }

  /** See {@link RunStore.write}. @param path File. @param bytes Its bytes. */
  write(path: string, bytes: FileBytes): Promise<void> {
    return this.#attempt("write", path, async () => {
      const [folder, name] = await this.#createFolderOf(path), temporary = name + TEMPORARY_SUFFIX;
      const file = await folder.getFileHandle(temporary, { create: true });
      try {
        if (file.createSyncAccessHandle && file.move) {
          await writeInPlace(file, bytes);
          await file.move(name);
        } else {
          // Such a stream changes the file only once it is closed
          await writeStream(await folder.getFileHandle(name, { create: true }), bytes);
          await folder.removeEntry(temporary);
        }
      } catch (error) {
        await folder.removeEntry(temporary).catch(() => {});
        throw error;
      }
    });
  }

  /** See {@link RunStore.append}. @param path File. @param text What to add. */
  append(path: string, text: string): Promise<void> {
    return this.#attempt("write", path, async () => {
      const [folder, name] = await this.#createFolderOf(path);
      await appendTo(await folder.getFileHandle(name, { create: true }), new TextEncoder().encode(text));
    });
  }

  /** See {@link RunStore.list}. @param folder Folder. */
  list(folder: string): Promise<string[]> {
    return this.#attempt("read", folder, async () => {
      const names: string[] = [];
      const opened = await unlessMissing(this.#folder(folder));
      if (opened) {
        for await (const [name, { kind }] of opened.entries()) if (kind === "file") names.push(name);
      }
      return names.sort();
    });
  }

  /** See {@link RunStore.size}. @param path File. */
  size(path: string): Promise<number | undefined> {
    return this.#attempt("read", path, async () => (await this.#open(path))?.size);
  }

  /** See {@link RunStore.remove}. @param path File. */
  remove(path: string): Promise<void> {
    return this.#attempt("delete", path, async () => {
      const [folder, name] = splitLast(path);
      await unlessMissing(this.#folder(folder).then((opened) => opened.removeEntry(name)));
    });
  }

  /** Opens a file for reading. */
  async #open(path: string): Promise<Blob | undefined> {
    const [folder, name] = splitLast(path);
    const opened = await unlessMissing(this.#folder(folder));
    return await (await (opened && unlessMissing(opened.getFileHandle(name))))?.getFile();
  }

  async #createFolderOf(path: string): Promise<[WebFolder, string]> {
    const [folder, name] = splitLast(path);
    return [await this.#folder(folder, true), name];
  }

  async #folder(path: string, create = false): Promise<WebFolder> {
    let folder = this.#root;
    for (const name of [...this.location.split("/"), ...path.split("/")]) {
      if (name !== "") folder = await folder.getDirectoryHandle(name, { create });
    }
    return folder;
  }

  async #attempt<T>(verb: string, path: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof MemoryError) throw error;
      throw new UserError(`cannot ${verb} ${this.location}/${path}: ${reasonOf(error)}`, error);
    }
  }
}

async function writeInPlace(file: WebFile, bytes: FileBytes): Promise<void> {
  const access = await file.createSyncAccessHandle!();
  try {
    access.truncate(0);
    let at = 0;
    for await (const part of partsOf(bytes)) at += writeAt(access, part, at);
    access.flush();
  } finally {
    access.close();
  }
}

/** Writes all bytes, or throws: browsers report full storage by an error or by a smaller number. */
function writeAt(
  access: { write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number },
  bytes: Uint8Array,
  at: number,
): number {
  // Memory that threads share cannot be passed to the storage
  const own = bytes.buffer instanceof ArrayBuffer ? bytes as Uint8Array<ArrayBuffer> : bytes.slice();
  if (access.write(own, { at }) < bytes.length) throw new DOMException("no space is left", FULL);
  return bytes.length;
}

async function writeStream(file: WebFile, bytes: FileBytes): Promise<void> {
  const stream = await streamTo(file);
  try {
    for await (const part of partsOf(bytes)) await stream.write(part.slice());
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => {});
    throw error;
  }
}

async function appendTo(file: WebFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (file.createSyncAccessHandle) {
    const access = await file.createSyncAccessHandle();
    try {
      writeAt(access, bytes, access.getSize());
    } finally {
      access.close();
    }
    return;
  }
  const { size } = await file.getFile(), stream = await streamTo(file, true);
  await stream.write({ type: "write", position: size, data: bytes });
  await stream.close();
}

async function streamTo(file: WebFile, keepExistingData = false) {
  if (!file.createWritable) throw new Error("this browser can write files in workers only");
  return await file.createWritable({ keepExistingData });
}

function splitLast(path: string): [folder: string, name: string] {
  const cut = path.lastIndexOf("/");
  return [path.slice(0, Math.max(0, cut)), path.slice(cut + 1)];
}

const MISSING = "NotFoundError", FULL = "QuotaExceededError";

async function unlessMissing<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (nameOf(error) === MISSING) return undefined;
    throw error;
  }
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error || error instanceof DOMException ? error.name : undefined;
}

/** Explanations of common errors, with advice. */
const REASONS: Readonly<Record<string, string>> = {
  [FULL]: "the storage that the browser allows this page is full; delete some runs and resume",
  [MISSING]: "its folder was deleted meanwhile",
  NoModificationAllowedError: "another tab has it open; close that tab and resume",
  NotAllowedError: "the browser does not allow it; permit this page to store files",
  TypeMismatchError: "a part of the path is a file where a folder is expected, or the reverse",
};

function reasonOf(error: unknown): string {
  return REASONS[nameOf(error) ?? ""] ?? messageOf(error);
}
