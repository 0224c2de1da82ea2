/**
 * Writes Parquet tables for tests, from the format's specification: a column `image` of structs `{ bytes, path }` or of
 * plain bytes beside a column `label`, in row groups of several pages, with or without an index of the pages.
 *
 * @module
 */

/** What to write. */
export interface ParquetToWrite {
  /** Files, one a row; null for a missing one. */
  readonly files: readonly (Uint8Array | null)[];
  /** Name of the column; default `image`. */
  readonly column?: string;
  /** Whether the column is of structs, as on the Hugging Face hub; default true. */
  readonly struct?: boolean;
  /** Rows of a row group; default all. */
  readonly groupRows?: number;
  /** Rows of a page; default all of the group. */
  readonly pageRows?: number;
  /** Whether to write an index of the pages; default false. */
  readonly index?: boolean;
  /** Number of the codec in the format; default 0, none. */
  readonly codec?: number;
  /** Compresses a page; default: as it is. */
  readonly compress?: (page: Uint8Array) => Uint8Array;
}

const BYTE_ARRAY = 6, INT32 = 1, OPTIONAL = 1, REQUIRED = 0, UTF8 = 0, PLAIN = 0, RLE = 3;

/** Values of Thrift's compact protocol. */
type Thrift =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly list: readonly Thrift[] }
  | Readonly<Record<number, unknown>>;

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 + 128);
  return [...bytes, value];
}

/** Type number and bytes of a value. */
function encoded(value: Thrift): readonly [type: number, bytes: readonly number[]] {
  if ("i32" in value) return [5, varint(2 * (value.i32 as number))];
  if ("i64" in value) return [6, varint(2 * (value.i64 as number))];
  if ("text" in value) {
    const text = [...new TextEncoder().encode(value.text as string)];
    return [8, [...varint(text.length), ...text]];
  }
  if ("list" in value) {
    const items = (value.list as readonly Thrift[]).map(encoded), type = items[0]?.[0] ?? 5;
    const head = items.length < 15 ? [items.length * 16 + type] : [0xf0 + type, ...varint(items.length)];
    return [9, [...head, ...items.flatMap(([, bytes]) => bytes)]];
  }
  const bytes: number[] = [];
  let last = 0;
  for (const [key, field] of Object.entries(value)) {
    const [type, content] = encoded(field as Thrift);
    bytes.push((Number(key) - last) * 16 + type, ...content);
    last = Number(key);
  }
  return [12, [...bytes, 0]];
}

const i32 = (value: number) => ({ i32: value }), i64 = (value: number) => ({ i64: value });
const text = (value: string) => ({ text: value }), list = (...values: Thrift[]) => ({ list: values });

function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** A column: the path of its leaf, how deep present values are defined, and its values. */
interface Column {
  readonly path: readonly string[];
  readonly type: number;
  readonly depth: number;
  readonly values: readonly (Uint8Array | null)[];
}

/** Definition levels in runs of one, then plain values. */
function pageOf({ depth, values, type }: Column): Uint8Array {
  const levels = values.flatMap((value) => [2, value === null ? 0 : depth]);
  const present = values.filter((value) => value !== null);
  return joined([
    ...(depth > 0 ? [u32(levels.length), levels] : []),
    ...present.flatMap((value) => type === BYTE_ARRAY ? [u32(value.length), value] : [value]),
  ]);
}

/**
 * Writes a table.
 *
 * @param table Files, and how they are stored.
 */
export function writeParquet(table: ParquetToWrite): Uint8Array<ArrayBuffer> {
  const { files, column = "image", struct = true, codec = 0, compress = (page) => page } = table;
  const { groupRows = files.length, index = false } = table, pageRows = table.pageRows ?? groupRows;
  const parts: Uint8Array[] = [new TextEncoder().encode("PAR1")];
  let at = 4;
  const put = (bytes: Uint8Array) => {
    parts.push(bytes);
    at += bytes.length;
    return at - bytes.length;
  };
  const name = (row: number) => files[row] === null ? null : new TextEncoder().encode(`${row}.png`);
  const columns: Column[] = [
    { path: struct ? [column, "bytes"] : [column], type: BYTE_ARRAY, depth: struct ? 2 : 1, values: files },
    ...(struct
      ? [{ path: [column, "path"], type: BYTE_ARRAY, depth: 2, values: files.map((_, row) => name(row)) }]
      : []),
    { path: ["label"], type: INT32, depth: 0, values: files.map((_, row) => u32(row)) },
  ];
  const groups: Thrift[] = [];
  for (let first = 0; first < files.length; first += groupRows) {
    const last = Math.min(first + groupRows, files.length), chunks: Thrift[] = [];
    for (const one of columns) {
      const start = at, pages: Thrift[] = [];
      let bytes = 0;
      for (let from = first; from < last; from += pageRows) {
        const page = pageOf({ ...one, values: one.values.slice(from, Math.min(from + pageRows, last)) });
        const stored = compress(page), rows = Math.min(pageRows, last - from);
        const data = { 1: i32(rows), 2: i32(PLAIN), 3: i32(RLE), 4: i32(RLE) };
        const header = { 1: i32(0), 2: i32(page.length), 3: i32(stored.length), 5: data };
        const head = Uint8Array.from(encoded(header)[1]), offset = put(joined([head, stored]));
        pages.push({ 1: i64(offset), 2: i32(at - offset), 3: i64(from - first) });
        bytes += head.length + page.length;
      }
      const metadata = {
        1: i32(one.type),
        2: list(i32(PLAIN), i32(RLE)),
        3: list(...one.path.map(text)),
        4: i32(codec),
        5: i64(last - first),
        6: i64(bytes),
        7: i64(at - start),
        9: i64(start),
      };
      const chunk: Record<number, Thrift> = { 2: i64(start), 3: metadata };
      if (index) {
        const locations = Uint8Array.from(encoded({ 1: list(...pages) })[1]);
        chunk[4] = i64(put(locations));
        chunk[5] = i32(locations.length);
      }
      chunks.push(chunk);
    }
    groups.push({ 1: list(...chunks), 2: i64(at), 3: i64(last - first) });
  }
  const leaf = (name: string, more: Record<number, Thrift> = {}) => ({
    1: i32(BYTE_ARRAY),
    3: i32(OPTIONAL),
    4: text(name),
    ...more,
  });
  const footer = {
    1: i32(1),
    2: list(
      { 4: text("schema"), 5: i32(2) },
      ...(struct
        ? [{ 3: i32(OPTIONAL), 4: text(column), 5: i32(2) }, leaf("bytes"), leaf("path", { 6: i32(UTF8) })]
        : [leaf(column)]),
      { 1: i32(INT32), 3: i32(REQUIRED), 4: text("label") },
    ),
    3: i64(files.length),
    4: list(...groups),
  };
  const metadata = Uint8Array.from(encoded(footer)[1]);
  return joined([...parts, metadata, u32(metadata.length), new TextEncoder().encode("PAR1")]);
}
