/**
 * Files of a browser as a folder: chosen, dropped on a page, or in a folder that the page may read.
 *
 * @module
 */
import { blobAccess, requireMemory, type WebFolder } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { FileTree } from "../core/file_source.ts";

/**
 * A file with the time of its last modification, if it is known.
 *
 * @category Data
 */
export type TimedBlob = Blob & { readonly lastModified?: number };

/**
 * Opens files of a browser as a folder. Nothing is read before it is needed.
 *
 * @param location Name of the folder for messages.
 * @param files Files by their paths in the folder, with `/` as separator.
 *
 * @example
 * ```ts
 * import { blobTree } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const tree = blobTree("dropped", new Map([["a/b.txt", new Blob(["text"])]]));
 * assertEquals(await tree.entries(), [{ name: "a/b.txt", size: 4, modified: 0 }]);
 * assertEquals(new TextDecoder().decode(await tree.readStart("a/b.txt", 2)), "te");
 * ```
 *
 * @category Data
 */
export function blobTree(location: string, files: ReadonlyMap<string, TimedBlob>): FileTree {
  const blobOf = (name: string): Blob => {
    const blob = files.get(name);
    if (blob === undefined) throw new DataError(`${location} has no file ${name}.`);
    return blob;
  };
  const read = async (blob: Blob, name: string): Promise<Uint8Array> => {
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } catch (cause) {
      // Browsers refuse files that were changed since they were chosen
      throw new DataError(`${location}/${name} cannot be read (${messageOf(cause)}): choose it again.`, {
        cause,
      });
    }
  };
  return {
    location,
    list: () => Promise.resolve([...files.keys()]),
    entries: () =>
      Promise.resolve(
        Array.from(files, ([name, { size, lastModified = 0 }]) => ({ name, size, modified: lastModified })),
      ),
    read: async (name) => {
      const blob = blobOf(name);
      requireMemory({ purpose: `the file ${location}/${name}`, bytes: blob.size });
      return await read(blob, name);
    },
    readStart: (name, length) => read(blobOf(name).slice(0, length), name),
    readRange: (name, start, length) => read(blobOf(name).slice(start, start + length), name),
    open: (name) => Promise.resolve(blobAccess(blobOf(name))),
  };
}

/**
 * Finds all files of a folder of a browser, at any depth.
 *
 * @param folder Folder, such as one that the user has picked or dropped.
 * @returns Files by their paths in the folder, for {@link blobTree}.
 *
 * @example
 * ```ts ignore
 * import { blobTree, filesOfFolder, openDataset } from "@gasp/datasets";
 *
 * const folder = await showDirectoryPicker();
 * const { dataset } = await openDataset({ files: blobTree(folder.name, await filesOfFolder(folder)) });
 * ```
 *
 * @category Data
 */
export async function filesOfFolder(folder: WebFolder): Promise<Map<string, TimedBlob>> {
  const files = new Map<string, TimedBlob>();
  const visit = async (folder: WebFolder, prefix: string): Promise<void> => {
    for await (const [name, entry] of folder.entries()) {
      if (entry.kind === "directory") await visit(entry, `${prefix}${name}/`);
      else files.set(prefix + name, await entry.getFile());
    }
  };
  await visit(folder, "");
  return files;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
