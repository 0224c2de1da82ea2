/**
 * The files of a folder on disk, at any depth.
 * @module
 */
import type { FileEntry, FileTree } from "@gasp/datasets";
import { messageOf, UserError } from "@gasp/gasp";
import { MemoryError, requireMemory } from "@gasp/tensor";

/** Maximum number of concurrent stat calls. */
const CONCURRENCY = 64;

/** Receives the fraction of a file that has been read. */
type OnRead = (fraction: number) => void;

/**
 * Paths of all files, relative to `location`. Links are followed, but each folder is read only once, so that a link to a
 * parent folder does not cause endless recursion.
 */
async function* pathsUnder(location: string): AsyncGenerator<string> {
  const seen = new Set<string>();
  // Links to folders wait until all folders that are not behind a link have been read
  const folders = [""], links: string[] = [];
  for (;;) {
    const prefix = folders.pop() ?? links.shift();
    if (prefix === undefined) return;
    const real = await Deno.realPath(`${location}/${prefix}`);
    if (seen.has(real)) continue;
    seen.add(real);
    const linked: string[] = [];
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(`${location}/${prefix}`)) {
      const path = prefix + name;
      if (isSymlink && await isFolder(`${location}/${path}`)) linked.push(`${path}/`);
      else if (isDirectory) folders.push(`${path}/`);
      else yield path;
    }
    links.push(...linked.sort());
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

async function entryOf(location: string, name: string): Promise<FileEntry | undefined> {
  try {
    const { isFile, size, mtime } = await Deno.stat(`${location}/${name}`);
    return isFile ? { name, size, modified: mtime?.getTime() ?? 0 } : undefined;
  } catch (error) {
    // The target of a link may be missing, or be the link itself
    const isBrokenLink = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop;
    if (isBrokenLink) return undefined;
    throw error;
  }
}

async function entriesOf(location: string): Promise<readonly FileEntry[]> {
  const paths = await Array.fromAsync(pathsUnder(location));
  const entries: FileEntry[] = [];
  for (let first = 0; first < paths.length; first += CONCURRENCY) {
    const pending = paths.slice(first, first + CONCURRENCY).map((name) => entryOf(location, name));
    for (const entry of await Promise.all(pending)) if (entry) entries.push(entry);
  }
  return entries;
}

/** Files up to this size are read in one piece. */
const PIECE = 2 ** 26;

async function readWhole(path: string, onRead: OnRead): Promise<Uint8Array<ArrayBuffer>> {
  const { size } = await Deno.stat(path);
  requireMemory({ purpose: `the file ${path}`, bytes: size });
  return size <= PIECE ? await Deno.readFile(path) : await readStart(path, size, onRead);
}

async function readStart(
  path: string,
  length: number,
  onRead: OnRead = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled, filled + PIECE));
    if (count === null) break;
    filled += count;
    onRead(filled / length);
  }
  return bytes.subarray(0, filled);
}

async function readRange(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/**
 * Returns the tree of files in a folder on disk, at any depth. Links are followed; each folder is read once.
 *
 * @param location Path of the folder.
 * @param onRead Called while a large file is read.
 * @throws {UserError} From its methods, if a file or folder cannot be read.
 */
export function folderTree(location: string, onRead: OnRead = () => {}): FileTree {
  const orUserError = <T>(path: string, result: Promise<T>): Promise<T> =>
    result.catch((error: unknown) => {
      if (error instanceof MemoryError) throw error;
      throw new UserError(`cannot read ${path}: ${messageOf(error)}`, error);
    });
  return {
    location,
    list: async () => (await orUserError(location, entriesOf(location))).map(({ name }) => name),
    entries: () => orUserError(location, entriesOf(location)),
    read: (name) => orUserError(`${location}/${name}`, readWhole(`${location}/${name}`, onRead)),
    path: (name) => `${location}/${name}`,
    readRange: (name, start, length) =>
      orUserError(`${location}/${name}`, readRange(`${location}/${name}`, start, length)),
    readStart: (name, length) => orUserError(`${location}/${name}`, readStart(`${location}/${name}`, length)),
  };
}
