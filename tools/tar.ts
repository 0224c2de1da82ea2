/**
 * Reads and writes archives for npm and JSR: `tar`, compressed by `gzip`.
 *
 * @module
 */

/** Files of an archive by path. */
export type ArchiveFiles = Map<string, Uint8Array<ArrayBuffer>>;

const BLOCK = 512, decoder = new TextDecoder(), encoder = new TextEncoder();

/** Type of an entry with settings for the next entry; `deno` writes one before entries with long paths. */
const EXTENDED = "x";

async function through(bytes: Uint8Array<ArrayBuffer>, transform: GenericTransformStream) {
  return await new Response(new Blob([bytes]).stream().pipeThrough(transform)).bytes();
}

/** Decodes a text field of a header. */
function field(header: Uint8Array, start: number, length: number): string {
  return decoder.decode(header.subarray(start, start + length)).split("\0")[0]!;
}

/**
 * Reads an archive.
 *
 * @param archive Bytes of the archive.
 * @returns Its files, without folders and links.
 * @throws {Error} If a path is longer than 255 characters, the limit of a header.
 */
export async function readArchive(archive: Uint8Array<ArrayBuffer>): Promise<ArchiveFiles> {
  const bytes = await through(archive, new DecompressionStream("gzip"));
  const files: ArchiveFiles = new Map();
  for (let at = 0; bytes[at];) {
    const header = bytes.subarray(at, at + BLOCK), type = field(header, 156, 1);
    const size = parseInt(field(header, 124, 12), 8), start = at + BLOCK;
    const path = [field(header, 345, 155), field(header, 0, 100)].filter(Boolean).join("/").replace(
      /^\.\//,
      "",
    );
    if (type === EXTENDED) throw new Error(`the path of the entry after ${path} is too long`);
    if (type === "0" || type === "") files.set(path, bytes.slice(start, start + size));
    at = start + BLOCK * Math.ceil(size / BLOCK);
  }
  return files;
}

/** Encodes a header. All files have the same date, so that equal files result in equal archives. */
function headerOf(path: string, size: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK), name = encoder.encode(path);
  if (name.length > 100) {
    throw new Error(`${path} is longer than 100 bytes, the limit for a path in an archive`);
  }
  const put = (start: number, text: string) => header.set(encoder.encode(text), start);
  header.set(name);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(156, "0");
  put(257, "ustar\x0000");
  // The checksum is computed with spaces in its own field.
  put(148, " ".repeat(8));
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/**
 * Writes an archive.
 *
 * @param files Files of the archive.
 * @throws {Error} If a path is longer than 100 bytes.
 */
export async function writeArchive(files: ArchiveFiles): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const [path, bytes] of [...files].toSorted(([a], [b]) => a < b ? -1 : 1)) {
    parts.push(headerOf(path, bytes.length), bytes, new Uint8Array((BLOCK - bytes.length % BLOCK) % BLOCK));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  const whole = await new Blob(parts).bytes();
  return await through(whole, new CompressionStream("gzip"));
}
