/**
 * Shards of a Parquet table as a folder: each row is a file, read when it is needed, with the rows around it.
 *
 * @module
 */
import { availableMemory } from "@gasp/tensor";
import { describeContent, endingOfContent } from "../core/content.ts";
import { DataError } from "../core/data_error.ts";
import type { FileEntry, FileTree } from "../core/file_source.ts";
import { openParquet, type ParquetTable, type RowBlock } from "./parquet_table.ts";

/** Blocks that stay in memory together take at most this, or a quarter of the free memory. */
const KEPT_BYTES = 2 ** 29;

/** Bytes by which the files of a table are recognised. */
const START_BYTES = 512;

/** Names of the parts into which data sets are split. */
const SPLITS = /(?:^|[^a-z])(train|test|validation|valid|val|dev|extra|unsupervised)(?=[^a-z]|$)/i;

/** A row of a shard. */
interface Row {
  readonly shard: Shard;
  readonly row: number;
}

interface Shard {
  readonly name: string;
  readonly table: ParquetTable;
  readonly modified: number;
}

/** The latest blocks that were read. */
class BlockStore {
  readonly #blocks = new Map<RowBlock, Promise<(Uint8Array | undefined)[]>>();
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  read(table: ParquetTable, block: RowBlock): Promise<(Uint8Array | undefined)[]> {
    const known = this.#blocks.get(block);
    if (known !== undefined) {
      // The order of the map is that of use.
      this.#blocks.delete(block);
      this.#blocks.set(block, known);
      return known;
    }
    this.#bytes += block.bytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= this.maxBytes) break;
      this.#drop(oldest);
    }
    const files = table.read(block);
    this.#blocks.set(block, files);
    files.catch(() => this.#blocks.get(block) === files && this.#drop(block));
    return files;
  }

  #drop(block: RowBlock): void {
    if (this.#blocks.delete(block)) this.#bytes -= block.bytes;
  }
}

/** Returns the block of a row. */
function blockOf({ blocks }: ParquetTable, row: number): RowBlock {
  let low = 0, high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row < blocks[middle]!.to) high = middle;
    else low = middle + 1;
  }
  return blocks[low]!;
}

/** Returns the ending that suits the first file of a table, by which the kind of the others is known. */
async function endingOf(shards: readonly Shard[], store: BlockStore, location: string): Promise<string> {
  for (const { name, table } of shards) {
    for (const block of table.blocks) {
      const first = (await store.read(table, block)).find((bytes) => bytes !== undefined && bytes.length > 0);
      if (first === undefined) continue;
      const start = first.subarray(0, START_BYTES), ending = endingOfContent(start);
      if (ending !== undefined) return ending;
      throw new DataError(describeContent(start, `the first row of ${name}`, "a picture or a sound"));
    }
  }
  throw new DataError(
    `${location}: no row of ${shards[0]!.name} has bytes: the table names files, or is empty.`,
  );
}

/** What {@link parquetTree} returns. */
export interface ParquetFolder {
  /** The rows as files, named `SHARD/ROW` with the ending of their content. */
  readonly files: FileTree;
  /** What was chosen, as sentences. */
  readonly notes: readonly string[];
}

/**
 * Opens shards of a table as a folder.
 *
 * @param files Folder of the shards.
 * @param shards Their names.
 * @param column Column of the files; default: the usual one, or the only one.
 * @throws {DataError} If one is damaged, or has no column of pictures or sounds, or several.
 */
export async function parquetTree(
  files: FileTree,
  shards: readonly string[],
  column?: string,
): Promise<ParquetFolder> {
  const listed = new Map((await files.entries()).map((entry) => [entry.name, entry]));
  const opened: Shard[] = [], notes = new Set<string>();
  for (const name of shards) {
    const { size, modified } = listed.get(name)!;
    let whole: Promise<Uint8Array> | undefined;
    const read = async (start: number, length: number) =>
      files.readRange
        ? await files.readRange(name, start, length)
        : (await (whole ??= files.read(name))).subarray(start, start + length);
    const table = await openParquet(read, size, `${files.location}/${name}`, column);
    if (table.note) notes.add(table.note);
    opened.push({ name, table, modified });
  }
  const splits = [...new Set(shards.flatMap((name) => SPLITS.exec(name)?.[1]?.toLowerCase() ?? []))];
  if (splits.length > 1) {
    notes.add(`the parts ${splits.join(" and ")} are read together: pass the shards of one, in a folder`);
  }
  const store = new BlockStore(Math.min(KEPT_BYTES, availableMemory() / 4));
  const bytesOf = async ({ shard: { name, table }, row }: Row): Promise<Uint8Array> => {
    const block = blockOf(table, row);
    const bytes = (await store.read(table, block))[row - block.from];
    if (bytes !== undefined && bytes.length > 0) return bytes;
    throw new DataError(
      `${files.location}/${name} has no bytes in row ${row}: it is empty, or names a file elsewhere. Write the table with ` +
        "the bytes, as push_to_hub does (embed_external_files), or leave such rows out with --skip-damaged.",
    );
  };
  const ending = await endingOf(opened, store, files.location);
  const rows = new Map<string, Row>(), entries: FileEntry[] = [];
  for (const shard of opened) {
    const digits = String(shard.table.rows).length;
    for (const { from, to, bytes } of shard.table.blocks) {
      const size = Math.ceil(bytes / (to - from));
      for (let row = from; row < to; row++) {
        const name = `${shard.name}/${String(row).padStart(digits, "0")}${ending}`;
        rows.set(name, { shard, row });
        // Sizes are averages: the table does not list them.
        entries.push({ name, size, modified: shard.modified });
      }
    }
  }
  const rowOf = (name: string): Row => {
    const row = rows.get(name);
    if (row) return row;
    throw new DataError(`${files.location} has no row ${name}.`);
  };
  return {
    files: {
      location: shards.length === 1 ? `${files.location}/${shards[0]}` : files.location,
      list: () => Promise.resolve([...rows.keys()]),
      entries: () => Promise.resolve(entries),
      read: async (name) => await bytesOf(rowOf(name)),
      readStart: async (name, length) => (await bytesOf(rowOf(name))).subarray(0, length),
    },
    notes: [...notes],
  };
}
