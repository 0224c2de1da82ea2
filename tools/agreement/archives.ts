/**
 * Compares the readers of ZIP, TAR and gzip with Python's, on archives of every option: `deno run -A tools/agreement/archives.ts`.
 * It prints counts by format, and fails on a difference.
 *
 * @module
 */
import { gunzip } from "@gasp/tensor";
import { basename, dirname } from "node:path/posix";
import { folderTree } from "../../apps/cli/files/file_tree.ts";
import { archiveTree } from "../../packages/datasets/archives/archive_tree.ts";
import { type Agreement, type Entry, largestDifference, printAgreement } from "./agreement.ts";

/** An archive with the names and lengths of its members, in the order of their names. */
interface ArchiveEntry extends Entry {
  readonly members: readonly (readonly [string, number])[];
}

async function membersOf(path: string): Promise<readonly (readonly [string, Uint8Array])[]> {
  if (path.endsWith(".gz")) return [["", gunzip(await Deno.readFile(path))]];
  const archive = await archiveTree(folderTree(dirname(path)), basename(path));
  const names = [...await archive.list()].sort();
  return await Promise.all(names.map(async (name) => [name, await archive.read(name)] as const));
}

/** Archives, against Python's own library. */
export const ARCHIVES: Agreement<ArchiveEntry> = {
  what: "archives",
  modules: ["zipfile", "tarfile", "gzip"],
  packages: ["python3"],
  async compare(path, { members }, bytes) {
    const read = await membersOf(path);
    const found = JSON.stringify(read.map(([name, { length }]) => [name, length]));
    if (found !== JSON.stringify(members)) {
      throw new Error(`members ${found}, expected ${JSON.stringify(members)}`);
    }
    return largestDifference(read.flatMap(([, contents]) => [...contents]), bytes);
  },
};

if (import.meta.main) Deno.exit(await printAgreement(ARCHIVES));
