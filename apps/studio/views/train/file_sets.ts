/**
 * Files that were dropped or chosen, as the training worker takes them.
 *
 * @module
 */
import type { FileSet } from "../../worker/training/protocol.ts";

/** Name of several files without a folder. */
const LOOSE = "dropped";

/**
 * Collects the files of a drop, at any depth. Call it in the event itself: afterwards the browser hides them.
 *
 * @param transfer What was dropped.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<FileSet> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const files: [string, File][] = [];
  const [first] = entries, isOne = entries.length === 1;
  for (const entry of entries) await visit(entry, isOne && entry.isDirectory ? "" : entry.name, files);
  return { location: isOne ? first!.name : LOOSE, entries: files };
}

/**
 * Collects the files that were chosen.
 *
 * @param chosen Files, or those of a folder.
 */
export function chosenFiles(chosen: readonly File[]): FileSet {
  const [folder] = chosen[0]?.webkitRelativePath.split("/") ?? [];
  const location = folder || (chosen.length === 1 ? chosen[0]!.name : LOOSE);
  return {
    location,
    entries: chosen.map((file) => [
      folder ? file.webkitRelativePath.slice(folder.length + 1) : file.name,
      file,
    ]),
  };
}

async function visit(entry: FileSystemEntry, path: string, files: [string, File][]): Promise<void> {
  if (entry.isFile) {
    files.push([
      path,
      await new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ]);
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A call returns only some of the entries, and none at the end
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) return;
    for (const inner of some) await visit(inner, path === "" ? inner.name : `${path}/${inner.name}`, files);
  }
}
