/**
 * Archives as folders: their members are read in place, when they are needed.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import type { FileTree } from "../core/file_source.ts";
import type { ArchiveEntry, ReadRange } from "./archive_entry.ts";
import { tarEntries } from "./tar_entries.ts";
import { zipEntries } from "./zip_entries.ts";

/**
 * Whether a file is an archive that is read in place.
 *
 * @param name Name of the file.
 * @throws {DataError} If it is one that must be unpacked.
 */
export function isArchive(name: string): boolean {
  if (/\.(tar\.(gz|bz2|xz|zst)|tgz|7z|rar)$/i.test(name)) {
    throw new DataError(
      `${name} is a compressed archive, whose members cannot be read in place: unpack it, or repack it as .zip or .tar.`,
    );
  }
  return /\.(zip|tar)$/i.test(name);
}

/**
 * Opens an archive as a folder.
 *
 * @param files Folder of the archive.
 * @param name Name of the archive.
 * @throws {DataError} If it is damaged.
 */
export async function archiveTree(files: FileTree, name: string): Promise<FileTree> {
  const location = `${files.location}/${name}`;
  const entry = (await files.entries()).find((file) => file.name === name);
  if (entry === undefined) throw new DataError(`there is no archive ${location}.`);
  const { size, modified } = entry;
  let whole: Promise<Uint8Array> | undefined;
  const read: ReadRange = async (start, length) =>
    files.readRange
      ? await files.readRange(name, start, length)
      : (await (whole ??= files.read(name))).subarray(start, start + length);
  const named = async <T>(action: Promise<T>): Promise<T> => {
    try {
      return await action;
    } catch (error) {
      if (error instanceof DataError) throw new DataError(`${location}: ${error.message}`, { cause: error });
      throw error;
    }
  };
  const list = await named(/\.zip$/i.test(name) ? zipEntries(read, size) : tarEntries(read, size));
  const members = new Map(list.map((member) => [member.name, member]));
  const memberOf = (path: string): ArchiveEntry => {
    const member = members.get(path);
    if (member) return member;
    throw new DataError(`${location} has no file ${path}.`);
  };
  return {
    location,
    list: () => Promise.resolve([...members.keys()]),
    entries: () =>
      Promise.resolve(list.map((member) => ({ name: member.name, size: member.size, modified }))),
    read: (path) => named(memberOf(path).read()),
    readStart: async (path, length) => (await named(memberOf(path).read())).subarray(0, length),
  };
}
