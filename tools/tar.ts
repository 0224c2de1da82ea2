/**
 * Archives as npm and JSR take them: `tar`, compressed by `gzip`.
 *
 * @module
 */

/** The files of an archive by their paths. */
export type ArchiveFiles = Map<string, Uint8Array<ArrayBuffer>>;

const BLOCK = 512, decoder = new TextDecoder(), encoder = new TextEncoder();

/** An entry that holds settings for the entry behind it, in files of `deno` one with a long path. */
const EXTENDED = "x";

async function through(bytes: Uint8Array<ArrayBuffer>, transform: GenericTransformStream) {
  return await new Response(new Blob([bytes]).stream().pipeThrough(transform)).bytes();
}

/** The text of a field of a header. */
function field(header: Uint8Array, start: number, length: number): string {
  return decoder.decode(header.subarray(start, start + length)).split("\0")[0]!;
}

/**
 * Reads an archive.
 *
 * @param archive Its bytes.
 * @returns Its files; folders and links are left out.
 * @throws {Error} If a path is longer than the 255 characters that a header has room for.
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
    if (type === EXTENDED) throw new Error(`the path of the entry behind ${path} is too long`);
    if (type === "0" || type === "") files.set(path, bytes.slice(start, start + size));
    at = start + BLOCK * Math.ceil(size / BLOCK);
  }
  return files;
}

/** A header; every file is dated alike, so that the same files are the same archive. */
function headerOf(path: string, size: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK), name = encoder.encode(path);
  if (name.length > 100) throw new Error(`${path} is longer than the 100 bytes that an archive has room for`);
  const put = (start: number, text: string) => header.set(encoder.encode(text), start);
  header.set(name);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(156, "0");
  put(257, "ustar\x0000");
  // The checksum is taken with spaces in its own place.
  put(148, " ".repeat(8));
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return header;
}

/**
 * Writes an archive.
 *
 * @param files Its files.
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
