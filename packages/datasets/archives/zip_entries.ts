/**
 * The members of a ZIP archive, read in place: the directory at its end, then each member when it is needed.
 *
 * @module
 */
import { checkCrc, FileFormatError, inflateExactly } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import type { ArchiveEntry, ReadRange } from "./archive_entry.ts";

/** Length of the end record without its comment, and the longest comment. */
const END = 22, MAX_COMMENT = 65535;
const END_MARK = 0x06054b50, ENTRY_MARK = 0x02014b50, LOCAL_MARK = 0x04034b50, END64_MARK = 0x06064b50;
const LOCATOR = 20, STORED = 0, DEFLATED = 8;
const UNKNOWN = 0xffffffff;

function damaged(what: string): DataError {
  return new DataError(`the archive is damaged or truncated: ${what}. Copy or download it again.`);
}

/** Returns the range of the directory. */
async function directoryRange(read: ReadRange, size: number): Promise<{ start: number; length: number }> {
  const tail = await read(
    Math.max(0, size - END - MAX_COMMENT - LOCATOR),
    Math.min(size, END + MAX_COMMENT + LOCATOR),
  );
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tail.length - END; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_MARK) continue;
    const length = view.getUint32(at + 12, true), start = view.getUint32(at + 16, true);
    if (start !== UNKNOWN && length !== UNKNOWN) return { start, length };
    if (at < LOCATOR) throw damaged("its 64-bit directory is missing");
    const end64 = Number(view.getBigUint64(at - LOCATOR + 8, true));
    const record = await read(end64, 56),
      wide = new DataView(record.buffer, record.byteOffset, record.byteLength);
    if (record.length < 56 || wide.getUint32(0, true) !== END64_MARK) {
      throw damaged("its 64-bit directory is missing");
    }
    return { length: Number(wide.getBigUint64(40, true)), start: Number(wide.getBigUint64(48, true)) };
  }
  throw damaged("it has no directory at its end");
}

/**
 * Lists the members of a ZIP archive.
 *
 * @param read Reads a range of it.
 * @param size Length of the archive.
 * @throws {DataError} If it is damaged, or a member is encrypted or compressed in another way than by deflate.
 */
export async function zipEntries(read: ReadRange, size: number): Promise<ArchiveEntry[]> {
  const { start, length } = await directoryRange(read, size);
  if (start + length > size) throw damaged("its directory is beyond its end");
  const bytes = await read(start, length),
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ArchiveEntry[] = [];
  for (let at = 0; at + 46 <= bytes.length && view.getUint32(at, true) === ENTRY_MARK;) {
    const flags = view.getUint16(at + 8, true), method = view.getUint16(at + 10, true);
    const nameLength = view.getUint16(at + 28, true), extraLength = view.getUint16(at + 30, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const sizes = [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ];
    const crc = view.getUint32(at + 16, true), extra = at + 46 + nameLength;
    wideSizes(view, extra, Math.min(bytes.length, extra + extraLength), sizes);
    const [full = 0, packed = 0, local = 0] = sizes;
    at = extra + extraLength + view.getUint16(at + 32, true);
    if (name.endsWith("/")) continue;
    entries.push({
      name,
      size: full,
      read: () => readMember(read, { name, flags, method, crc, full, packed, local }),
    });
  }
  return entries;
}

/** Replaces sizes that do not fit 32 bits by those of the 64-bit extra field. */
function wideSizes(view: DataView, start: number, end: number, sizes: number[]): void {
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    sizes.forEach((value, i) => {
      if (value !== UNKNOWN || next + 8 > end) return;
      sizes[i] = Number(view.getBigUint64(next, true));
      next += 8;
    });
    return;
  }
}

interface Member {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** Checksum of the contents. */
  readonly crc: number;
  /** Length of the contents. */
  readonly full: number;
  /** Length in the archive. */
  readonly packed: number;
  /** Offset of the local header. */
  readonly local: number;
}

async function readMember(
  read: ReadRange,
  { name, flags, method, crc, full, packed, local }: Member,
): Promise<Uint8Array<ArrayBuffer>> {
  if ((flags & 1) !== 0) throw new DataError(`${name} is encrypted: unpack the archive with its password.`);
  if (method !== STORED && method !== DEFLATED) {
    throw new DataError(
      `${name} is compressed by method ${method}: only deflate is supported. Unpack the archive.`,
    );
  }
  const header = await read(local, 30),
    view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < 30 || view.getUint32(0, true) !== LOCAL_MARK) {
    throw damaged(`${name} is not where it should be`);
  }
  const start = local + 30 + view.getUint16(26, true) + view.getUint16(28, true),
    data = await read(start, packed);
  if (data.length < packed || (method === STORED && packed !== full)) throw damaged(`${name} is cut off`);
  try {
    const contents = method === STORED ? data : inflateExactly(data, full, name);
    checkCrc(contents, crc, name);
    return new Uint8Array(contents);
  } catch (error) {
    if (error instanceof FileFormatError) throw damaged(error.message);
    throw error;
  }
}
