/**
 * The members of a TAR archive (ustar, GNU and pax), read in place.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import type { ArchiveEntry, ReadRange } from "./archive_entry.ts";

const BLOCK = 512;
/** Longest path that a header of its own may hold. */
const MAX_PATH = 2 ** 16;

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Octal digits, or base 256 if the first bit is set. */
function numberOf(bytes: Uint8Array): number {
  if (bytes[0]! < 128) return parseInt(textOf(bytes).trim() || "0", 8);
  return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, bytes[0]! & 127);
}

/** Whether the checksum of a header is right. */
function isHeader(header: Uint8Array): boolean {
  const stored = numberOf(header.subarray(148, 156));
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0) === stored;
}

/**
 * Lists the members of a TAR archive.
 *
 * @param read Reads a range of it.
 * @param size Length of the archive.
 * @throws {DataError} If it is damaged.
 */
export async function tarEntries(read: ReadRange, size: number): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= size;) {
    const header = await read(at, BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (!isHeader(header)) {
      throw new DataError(
        `the archive is damaged at byte ${at}: a header is expected there. Copy or download it again.`,
      );
    }
    const length = numberOf(header.subarray(124, 136)),
      start = at + BLOCK,
      type = String.fromCharCode(header[156]!);
    if (!Number.isSafeInteger(length) || start + length > size) {
      throw new DataError("the archive is truncated: its last member is cut off. Copy or download it again.");
    }
    at = start + Math.ceil(length / BLOCK) * BLOCK;
    if (type === "L" || type === "x") {
      const text = textOf(await read(start, Math.min(length, MAX_PATH)));
      longName = type === "L" ? text : /(?:^|\n)\d+ path=([^\n]*)/.exec(text)?.[1] ?? longName;
      continue;
    }
    const prefix = textOf(header.subarray(257, 262)) === "ustar" ? textOf(header.subarray(345, 500)) : "";
    const short = textOf(header.subarray(0, 100)),
      name = longName ?? (prefix === "" ? short : `${prefix}/${short}`);
    longName = undefined;
    if (type !== "0" && type !== "\0" && type !== "7") continue;
    entries.push({
      name: name.replace(/^\.\//, ""),
      size: length,
      read: async () => new Uint8Array(await read(start, length)),
    });
  }
  return entries;
}
