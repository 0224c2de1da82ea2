/**
 * Compares the reader of Parquet tables with pyarrow, on tables of files of every codec, page and encoding:
 * `deno run -A tools/agreement/tables.ts`. It prints counts by option, and fails on a difference. Debian 12 has no pyarrow: the
 * variable PYTHON names an interpreter that has it.
 *
 * @module
 */
import { DataError } from "@gasp/datasets";
import { basename, dirname } from "node:path/posix";
import { folderTree } from "../../apps/cli/files/file_tree.ts";
import { parquetTree } from "../../packages/datasets/archives/parquet_tree.ts";
import { type Agreement, type Entry, largestDifference, printAgreement } from "./agreement.ts";

/** A table with the lengths of the files in its rows, -1 for rows without one. */
interface TableEntry extends Entry {
  readonly lengths: readonly number[];
}

/** Tables, against pyarrow. */
export const TABLES: Agreement<TableEntry> = {
  what: "tables",
  modules: ["pyarrow.parquet"],
  packages: ["pyarrow, which is not in Debian 12"],
  async compare(path, { lengths }, bytes) {
    const { files } = await parquetTree(folderTree(dirname(path)), [basename(path)]);
    const names = await files.list(), read: Uint8Array[] = [], found: number[] = [];
    for (const name of names) {
      const row = await files.read(name).catch((error) => {
        if (error instanceof DataError && error.message.includes("has no bytes in row")) return undefined;
        throw error;
      });
      found.push(row?.length ?? -1);
      if (row) read.push(row);
    }
    if (`${found}` !== `${lengths}`) throw new Error(`rows of ${found} bytes, expected ${lengths}`);
    return largestDifference(read.flatMap((row) => [...row]), bytes);
  },
};

if (import.meta.main) Deno.exit(await printAgreement(TABLES));
