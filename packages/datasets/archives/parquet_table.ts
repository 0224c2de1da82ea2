/**
 * Parquet tables with a column of files, as the Hugging Face hub stores pictures and sounds: a column `image` or `audio` of
 * structs `{ bytes, path }`, or a plain column of bytes. Read through `hyparquet`, which is loaded with the first table.
 *
 * @module
 */
import { MemoryError, requireMemory } from "@gasp/tensor";
import type { AsyncBuffer, FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { DataError } from "../core/data_error.ts";
import type { ReadRange } from "./archive_entry.ts";

/** Bytes that are read at a time, if the table has an index of its pages; otherwise a row group. */
const BLOCK_BYTES = 2 ** 24;

/** Columns that hold the files where several could, first the usual one. */
const USUAL = ["image", "img", "picture", "photo", "audio", "sound"];

/** Rows that are read at a time. */
export interface RowBlock {
  /** First row. */
  readonly from: number;
  /** Row after the last. */
  readonly to: number;
  /** Bytes of its files in memory. */
  readonly bytes: number;
}

/** A table of which only the metadata have been read. */
export interface ParquetTable {
  /** Number of rows. */
  readonly rows: number;
  /** Blocks in order, which cover all rows. */
  readonly blocks: readonly RowBlock[];
  /** What was left out, as a sentence; absent if nothing was. */
  readonly note?: string;
  /**
   * Reads the files of a block.
   *
   * @param block One of {@link blocks}.
   * @returns A file for each row; undefined where the table has none.
   */
  read(block: RowBlock): Promise<(Uint8Array | undefined)[]>;
}

/** A column of files. */
interface Column {
  readonly name: string;
  /** Its element in the schema, and that of the bytes in a struct. */
  readonly elements: readonly [top: SchemaElement, bytes?: SchemaElement];
  readonly note: string | undefined;
}

/** Rows of a group; more than any writer puts into one. */
const MAX_ROWS = 2 ** 27;

/** Whether a column holds bytes that are no text. */
function isBytes({ element, children }: SchemaTree): boolean {
  return children.length === 0 && element.type === "BYTE_ARRAY" && element.repetition_type !== "REPEATED" &&
    element.converted_type === undefined && element.logical_type === undefined;
}

/** Returns the elements of a column that holds a file in each row: bytes, or a struct and its bytes; else undefined. */
function filesOf(column: SchemaTree): [top: SchemaElement, bytes?: SchemaElement] | undefined {
  if (isBytes(column)) return [column.element];
  const bytes = column.children.find(({ element }) => element.name === "bytes");
  const isStruct = column.element.repetition_type !== "REPEATED" && bytes !== undefined && isBytes(bytes);
  return isStruct ? [column.element, bytes.element] : undefined;
}

/** Chooses the column of files. */
function chooseColumn(root: SchemaTree, requested: string | undefined, name: string): Column {
  const all = root.children.map(({ element }) => element.name);
  const columns = new Map(
    root.children.flatMap((column) => {
      const elements = filesOf(column);
      return elements ? [[column.element.name, elements]] : [];
    }),
  );
  const names = [...columns.keys()];
  const shown = (names: readonly string[]) => names.slice(0, 12).join(", ") || "none";
  if (requested !== undefined && !columns.has(requested)) {
    throw new DataError(
      `${name} has no column ${requested} of files (bytes, or structs of bytes and path): those are ${
        shown(names)
      }, of the columns ${shown(all)}.`,
    );
  }
  const usual = requested ?? USUAL.find((one) => columns.has(one));
  const [chosen, other] = usual === undefined ? names : [usual];
  if (chosen === undefined) {
    throw new DataError(
      `${name} has no column of pictures or sounds (bytes, or structs of bytes and path): its columns are ${
        shown(all)
      }. Tables of numbers are read as .npy or .npz.`,
    );
  }
  if (other !== undefined) {
    throw new DataError(
      `${name} has several columns of bytes (${shown(names)}): say which with --variable ${chosen}.`,
    );
  }
  const isOnly = names.length === 1 || requested !== undefined;
  const note = isOnly
    ? undefined
    : `of the columns ${shown(names)}, ${chosen} is read: choose another with --variable`;
  return { name: chosen, elements: columns.get(chosen)!, note };
}

/** Converts errors of the library, which are of many classes. */
async function orDataError<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DataError || cause instanceof MemoryError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${name} cannot be read as Parquet (${reason}): copy or download it again.`, {
      cause,
    });
  }
}

/** A chunk of a column in a row group. */
type Chunk = FileMetaData["row_groups"][number]["columns"][number];

/**
 * Reduces metadata to the bytes of one column, so that nothing else is read. The library would leave errors of other
 * columns without a handler.
 */
function reduced(metadata: FileMetaData, { name: column, elements }: Column, name: string): FileMetaData {
  const { schema: [root], row_groups: groups } = metadata, [top, bytes] = elements;
  const path = bytes ? [column, bytes.name] : [column];
  const chunkOf = (chunks: readonly Chunk[]): Chunk => {
    const chunk = chunks.find(({ meta_data: data }) => data?.path_in_schema.join("\0") === path.join("\0"));
    if (chunk?.meta_data !== undefined && chunk.file_path === undefined) return chunk;
    throw new DataError(`${name} has a group of rows without ${column} in it: download it again.`);
  };
  return {
    ...metadata,
    schema: [{ ...root!, num_children: 1 }, ...(bytes ? [{ ...top, num_children: 1 }, bytes] : [top])],
    row_groups: groups.map((group) => ({ ...group, columns: [chunkOf(group.columns)] })),
  };
}

/** Splits row groups into blocks: of whole groups, or smaller ones where an index says where their pages begin. */
function blocksOf({ row_groups: groups }: FileMetaData, name: string): RowBlock[] {
  const blocks: RowBlock[] = [];
  let from = 0;
  for (const { num_rows: declared, columns: [chunk] } of groups) {
    const rows = Number(declared), bytes = Number(chunk!.meta_data!.total_uncompressed_size);
    if (!(rows >= 0 && rows <= MAX_ROWS && bytes >= 0)) {
      throw new DataError(
        `${name} declares ${rows} rows of ${bytes} bytes: it is damaged, download it again.`,
      );
    }
    const isIndexed = chunk!.offset_index_offset !== undefined;
    const count = isIndexed ? Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) : 1, step = Math.ceil(rows / count);
    for (let at = 0; at < rows; at += step) {
      const to = Math.min(at + step, rows);
      blocks.push({ from: from + at, to: from + to, bytes: Math.ceil(bytes * (to - at) / rows) });
    }
    from += rows;
  }
  return blocks;
}

/**
 * Opens a table.
 *
 * @param read Reads a range of the file.
 * @param size Size of the file in bytes.
 * @param name Name of the file for messages.
 * @param requested Column of the files; default: the usual one, or the only one.
 * @throws {DataError} If it is no table or damaged, or has no column of files, or several.
 */
export async function openParquet(
  read: ReadRange,
  size: number,
  name: string,
  requested?: string,
): Promise<ParquetTable> {
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (from, to = size) => {
      const bytes = await read(from, to - from);
      // Deno reads into buffers of their own; members of archives may be parts of larger ones.
      return bytes.slice().buffer;
    },
  };
  const { metadata, column: { name: column, note } } = await orDataError(name, async () => {
    const all = await parquetMetadataAsync(file), column = chooseColumn(parquetSchema(all), requested, name);
    return { metadata: reduced(all, column, name), column };
  });
  const blocks = blocksOf(metadata, name);
  const fileOf = (value: unknown): Uint8Array | undefined => {
    if (value instanceof Uint8Array) return value;
    const bytes: unknown = typeof value === "object" && value !== null && "bytes" in value
      ? value.bytes
      : undefined;
    return bytes instanceof Uint8Array ? bytes : undefined;
  };
  return {
    rows: blocks.at(-1)?.to ?? 0,
    blocks,
    ...(note !== undefined && { note }),
    async read({ from, to, bytes }) {
      // As stored, and decompressed.
      requireMemory({ purpose: `${name}, rows ${from} to ${to - 1} of ${column},`, bytes: 2 * bytes });
      const rows = await orDataError(name, () =>
        parquetReadObjects({
          file,
          metadata,
          columns: [column],
          rowStart: from,
          rowEnd: to,
          compressors,
          utf8: false,
          useOffsetIndex: true,
        }));
      if (rows.length !== to - from) {
        throw new DataError(
          `${name} has ${rows.length} of the rows ${from} to ${to - 1}: download it again.`,
        );
      }
      return rows.map((row) => fileOf(row[column]));
    },
  };
}
