/**
 * Reads zip archives, stored or deflated, by their central directory. Names are only used as keys: nothing is ever
 * written to a path.
 *
 * @module
 */
import { checkCrc, checkRatio, inflateExactly, inflateStart } from "./compression.ts";
import { FileFormatError } from "./file_format_error.ts";

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly localOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;

/** Bounds-checked access to the little-endian integers of a file. */
class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #check(offset: number, length: number): number {
    if (offset + length <= this.bytes.length) return offset;
    throw new FileFormatError(`zip: ${length} bytes at byte ${offset} are beyond the end of the file`);
  }

  u16(offset: number): number {
    return this.#view.getUint16(this.#check(offset, 2), true);
  }

  u32(offset: number): number {
    return this.#view.getUint32(this.#check(offset, 4), true);
  }

  slice(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(this.#check(offset, length), offset + length);
  }
}

/** Finds the end record, which may be followed by a comment. */
function findEnd(fields: Fields): number {
  const last = fields.bytes.length - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
    if (fields.u32(at) === END_SIGNATURE && at + END_BYTES + fields.u16(at + 20) === fields.bytes.length) {
      return at;
    }
  }
  throw new FileFormatError("not a zip archive, or truncated: it has no end record");
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FileFormatError("zip: the name of an entry is not UTF-8");
  }
}

function readEntry(fields: Fields, at: number): { entry: Entry; next: number } {
  if (fields.u32(at) !== CENTRAL_SIGNATURE) {
    throw new FileFormatError(`zip: no directory entry at byte ${at}`);
  }
  const nameLength = fields.u16(at + 28);
  const name = decodeName(fields.slice(at + CENTRAL_BYTES, nameLength));
  if (fields.u16(at + 8) & 1) throw new FileFormatError(`zip: ${JSON.stringify(name)} is encrypted`);
  const entry = {
    name,
    method: fields.u16(at + 10),
    crc: fields.u32(at + 16),
    compressedSize: fields.u32(at + 20),
    size: fields.u32(at + 24),
    localOffset: fields.u32(at + 42),
  };
  return { entry, next: at + CENTRAL_BYTES + nameLength + fields.u16(at + 30) + fields.u16(at + 32) };
}

function readDirectory(fields: Fields): { entries: Entry[]; start: number } {
  const end = findEnd(fields);
  const count = fields.u16(end + 10), bytes = fields.u32(end + 12), start = fields.u32(end + 16);
  if (count === 0xffff || bytes === 0xffffffff || start === 0xffffffff) {
    throw new FileFormatError("zip64 archives (at least 4 GiB or 65,535 entries) are not supported");
  }
  if (start + bytes > end) throw new FileFormatError("zip: the directory does not fit before the end record");
  const entries: Entry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const { entry, next } = readEntry(fields, at);
    entries.push(entry);
    at = next;
  }
  if (at !== start + bytes) {
    throw new FileFormatError("zip: the size of the directory differs from that in the end record");
  }
  return { entries, start };
}

/** Locates the compressed bytes of an entry: its local header repeats the name, but may have other extra fields. */
function locate(
  fields: Fields,
  { name, localOffset, compressedSize }: Entry,
): { body: Uint8Array; end: number } {
  const what = `zip: ${JSON.stringify(name)}`;
  if (fields.u32(localOffset) !== LOCAL_SIGNATURE) throw new FileFormatError(`${what} has no local header`);
  const nameLength = fields.u16(localOffset + 26);
  if (decodeName(fields.slice(localOffset + LOCAL_BYTES, nameLength)) !== name) {
    throw new FileFormatError(`${what} has a different name in its local header`);
  }
  const start = localOffset + LOCAL_BYTES + nameLength + fields.u16(localOffset + 28);
  return { body: fields.slice(start, compressedSize), end: start + compressedSize };
}

/** Validates an entry as far as possible without decompressing it. */
function checkEntry({ name, method, size }: Entry, body: Uint8Array): void {
  const what = `zip: ${JSON.stringify(name)}`;
  if (method !== 0 && method !== 8) {
    throw new FileFormatError(`${what}: compression method ${method} is neither stored (0) nor deflated (8)`);
  }
  if (method === 0 && body.length !== size) {
    throw new FileFormatError(`${what}: stored in ${body.length} bytes, but its declared size is ${size}`);
  }
  checkRatio(body, size, what);
}

function expand({ name, method, size, crc }: Entry, body: Uint8Array): Uint8Array {
  const what = `zip: ${JSON.stringify(name)}`;
  const contents = method === 0 ? body : inflateExactly(body, size, what);
  checkCrc(contents, crc, what);
  return contents;
}

/**
 * An entry of an archive.
 *
 * @category Files
 */
export interface ZipEntry {
  /** Declared size of the contents. */
  readonly size: number;
  /** Whether it is compressed; otherwise its contents are a view of the archive. */
  readonly compressed: boolean;
  /**
   * Returns the beginning of the contents, without verifying the checksum.
   *
   * @param length Number of bytes; fewer are returned if the entry is shorter.
   */
  start(length: number): Uint8Array;
  /**
   * Returns the contents.
   *
   * @throws {FileFormatError} If they are damaged or their size differs from the declared one.
   * @throws {MemoryError} If they do not fit in memory.
   */
  read(): Uint8Array;
}

/**
 * Reads the directory of an archive.
 *
 * @param bytes The archive.
 * @returns Entries by name, in the order of the directory.
 * @throws {FileFormatError} If the archive is damaged, encrypted or zip64; has duplicate names; or entries overlap.
 * @category Files
 *
 * @example The directory of an npz file, without reading its arrays
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openZip, writeNpz } from "@gasp/tensor";
 *
 * const archive = openZip(writeNpz([["x", { shape: [1], data: Float32Array.of(1) }]]));
 * assertEquals([...archive.keys()], ["x.npy"]);
 * ```
 */
export function openZip(bytes: Uint8Array): Map<string, ZipEntry> {
  const fields = new Fields(bytes);
  const { entries, start } = readDirectory(fields);
  const opened = new Map<string, ZipEntry>();
  let position = 0;
  const located = new Map<Entry, Uint8Array>();
  for (const entry of entries.toSorted((a, b) => a.localOffset - b.localOffset)) {
    const { body, end } = locate(fields, entry);
    if (entry.localOffset < position || end > start) {
      throw new FileFormatError(`zip: ${JSON.stringify(entry.name)} overlaps another part of the file`);
    }
    position = end;
    located.set(entry, body);
  }
  for (const entry of entries) {
    const { name, size } = entry, body = located.get(entry) ?? new Uint8Array(0);
    const what = `zip: ${JSON.stringify(name)}`, compressed = entry.method === 8;
    if (opened.has(name)) {
      throw new FileFormatError(`zip: the name ${JSON.stringify(name)} is duplicated`);
    }
    checkEntry(entry, body);
    opened.set(name, {
      size,
      compressed,
      start: (length) => compressed ? inflateStart(body, length, what) : body.subarray(0, length),
      read: () => expand(entry, body),
    });
  }
  return opened;
}

/**
 * Reads every entry of an archive.
 *
 * @param bytes The archive. Stored entries are views of it.
 * @param maxBytes Maximum total size of the decompressed entries.
 * @returns Contents by name, in the order of the directory.
 * @throws {FileFormatError} As for {@link openZip}; or if an entry is damaged, or they expand to more than allowed.
 * @throws {MemoryError} If they do not fit in memory.
 * @category Files
 *
 * @example An npz file is a zip file
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { writeNpz } from "@gasp/tensor";
 *
 * const file = writeNpz([["x", { shape: [1], data: Float32Array.of(1) }]]);
 * assertEquals([...unzip(file, 1e6).keys()], ["x.npy"]);
 * ```
 */
export function unzip(bytes: Uint8Array, maxBytes: number): Map<string, Uint8Array> {
  const entries = openZip(bytes);
  const total = entries.values().reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) {
    throw new FileFormatError(`zip expands to ${total} bytes, at most ${maxBytes} are allowed`);
  }
  return new Map(entries.entries().map(([name, entry]) => [name, entry.read()]));
}
