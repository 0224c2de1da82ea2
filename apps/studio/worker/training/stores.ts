/**
 * Runs and their data in the browser's own file system: `runs/NAME/` as on a disk, and `data/NAME/` for files that were dropped,
 * so that a run can be continued after the page was closed.
 *
 * @module
 */
import { filesOfFolder } from "@gasp/datasets";
import { CONFIG_FILE, MemoryStore, type RunStore, UserError, WebStore } from "@gasp/gasp";
import type { FileSet } from "./protocol.ts";

const RUNS = "runs", DATA = "data";
/** Share of the free storage that the copied data of a run may take. */
const DATA_SHARE = 0.25;

/** Runs of this page where the browser has no file system. */
const inMemory = new Map<string, MemoryStore>();

/** Opens the root of the file system; undefined where there is none, as in some private windows. */
async function root(): Promise<FileSystemDirectoryHandle | undefined> {
  return await navigator.storage?.getDirectory?.().catch(() => undefined);
}

/** Whether runs outlive the page. */
export async function isLasting(): Promise<boolean> {
  return await root() !== undefined;
}

/**
 * Opens the files of a run.
 *
 * @param name Name of the run.
 */
export async function storeOf(name: string): Promise<RunStore> {
  const folder = await root();
  if (folder) return new WebStore(folder, `${RUNS}/${name}`);
  const store = inMemory.get(name) ?? new MemoryStore(name);
  inMemory.set(name, store);
  return store;
}

/** Lists the names of all runs that have a configuration, sorted. */
export async function runNames(): Promise<string[]> {
  const names = [...inMemory.keys()], runs = await folderAt(RUNS);
  for await (const { kind, name } of runs?.values() ?? []) {
    if (kind === "directory" && await (await storeOf(name)).size(CONFIG_FILE) !== undefined) names.push(name);
  }
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/**
 * Chooses a name that no run has.
 *
 * @param wanted Wanted name; a number is added if it is taken.
 */
export async function freeName(wanted: string): Promise<string> {
  const base = wanted.replaceAll(/[/\\]/g, "-").replace(/^\.+/, "") || "run";
  const taken = new Set(await runNames());
  for (let number = 1;; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * Deletes a run and its data.
 *
 * @param name Name of the run.
 */
export async function forgetRun(name: string): Promise<void> {
  inMemory.delete(name);
  for (const parent of [RUNS, DATA]) {
    await (await folderAt(parent))?.removeEntry(name, { recursive: true }).catch((error: unknown) => {
      if (!isMissing(error)) {
        throw new UserError(`${name} cannot be deleted: is it trained in another tab?`, error);
      }
    });
  }
}

/**
 * Keeps the data of a run, so that it can be continued after the page was closed.
 *
 * @param name Name of the run.
 * @param files The files.
 * @returns False if there is not enough storage.
 */
export async function keepData(name: string, { location, entries }: FileSet): Promise<boolean> {
  const folder = await root();
  if (!folder) return false;
  const bytes = entries.reduce((sum, [, { size }]) => sum + size, 0);
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  if (bytes > DATA_SHARE * (quota - usage)) return false;
  const store = new WebStore(folder, `${DATA}/${name}/${encodeURIComponent(location)}`);
  for (const [path, file] of entries) await store.write(path, chunksOf(file));
  return true;
}

/**
 * Opens the kept data of a run.
 *
 * @param name Name of the run.
 * @returns Undefined if there are none.
 */
export async function keptData(name: string): Promise<FileSet | undefined> {
  const kept = await (await folderAt(DATA))?.getDirectoryHandle(name).catch(() => undefined);
  for await (const handle of kept?.values() ?? []) {
    if (handle.kind !== "directory") continue;
    const entries = [...await filesOfFolder(handle as FileSystemDirectoryHandle)];
    return { location: decodeURIComponent(handle.name), entries };
  }
  return undefined;
}

/**
 * Runs a function while no other tab trains a run.
 *
 * @param name Name of the run.
 * @param use The function.
 * @throws {UserError} If another tab trains it.
 */
export async function whileLocked<T>(name: string, use: () => Promise<T>): Promise<T> {
  if (navigator.locks === undefined) return await use();
  return await navigator.locks.request(`gasp-run/${name}`, { ifAvailable: true }, async (lock) => {
    if (lock) return await use();
    throw new UserError(`${name} is being trained in another tab: watch it there, or stop it first`);
  });
}

async function folderAt(path: string): Promise<FileSystemDirectoryHandle | undefined> {
  return await (await root())?.getDirectoryHandle(path).catch(() => undefined);
}

async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotFoundError";
}
