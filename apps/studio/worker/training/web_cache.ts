/**
 * A cache of decoded pictures in the browser's own file system, as the command line has one on disk.
 *
 * @module
 */
import type { CacheFile, CacheStore } from "@gasp/datasets";

/** Name of its folder. */
const FOLDER = "pictures";

/** The synchronous access of a worker to a file; the types of pages do not have it. */
interface FileAccess {
  getSize(): number;
  read(bytes: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  close(): void;
}

type AccessibleFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<FileAccess> };

/** Opens the cache; undefined where the browser has no file system. */
export async function webCache(): Promise<CacheStore | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    return { open: (set, version) => openFile(folder, set, version) };
  } catch {
    return undefined;
  }
}

/** Opens the file of a set, and deletes those of its other versions. */
async function openFile(folder: FileSystemDirectoryHandle, set: string, version: string): Promise<CacheFile> {
  const name = `${set}.${version}`;
  for await (const { name: other } of folder.values()) {
    if (other.startsWith(`${set}.`) && other !== name) await folder.removeEntry(other).catch(() => {});
  }
  const file = await folder.getFileHandle(name, { create: true }) as AccessibleFile;
  const access = await file.createSyncAccessHandle();
  return {
    read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, access.getSize() - offset)));
      return Promise.resolve(bytes.subarray(0, access.read(bytes, { at: offset })));
    },
    write(offset, bytes) {
      // Whether a gap reads as zeros is not specified.
      if (offset > access.getSize()) access.truncate(offset);
      access.write(bytes, { at: offset });
      return Promise.resolve();
    },
    close: () => Promise.resolve(access.close()),
  };
}
