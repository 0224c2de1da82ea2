/**
 * Folders without the files that operating systems leave behind.
 *
 * @module
 */
import type { FileTree } from "./file_source.ts";

/** Files and folders that begin with a dot, such as `.DS_Store`, `._face.png` and `.thumbs/`, and `__MACOSX`. */
const HIDDEN = /(?:^|\/)(?:\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

/**
 * Whether a file is one that users do not see.
 *
 * @param name Path in its folder.
 */
export function isHidden(name: string): boolean {
  return HIDDEN.test(name);
}

/**
 * Leaves hidden files out of a folder. They can still be read by name.
 *
 * @param files Folder.
 */
export function visibleFiles<T extends FileTree>(files: T): T {
  return {
    ...files,
    list: async () => (await files.list()).filter((name) => !isHidden(name)),
    entries: async () => (await files.entries()).filter(({ name }) => !isHidden(name)),
  };
}

/**
 * Restricts a folder to some of its files.
 *
 * @param files Folder.
 * @param names Names of the files.
 */
export function someFiles<T extends FileTree>(files: T, names: readonly string[]): T {
  const selected = new Set(names);
  return {
    ...files,
    list: async () => (await files.list()).filter((name) => selected.has(name)),
    entries: async () => (await files.entries()).filter(({ name }) => selected.has(name)),
  };
}
