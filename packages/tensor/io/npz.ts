/**
 * NumPy's archives of arrays: .npz, a zip of .npy files.
 *
 * @module
 */
import { zipSync } from "fflate";
import { DEFAULT_MAX_BYTES } from "./compression.ts";
import { FileFormatError } from "./file_format_error.ts";
import { type NpyArray, type NpyEntry, type NpyOptions, openPackedNpy, writeNpy } from "./npy.ts";
import { openZip, type ZipEntry } from "./zip.ts";

const SUFFIX = ".npy";

/**
 * Reads a .npz file.
 *
 * @param bytes The file.
 * @param options Limits.
 * @returns Arrays by name, without the `.npy` of their entries, in the order of the archive.
 * @throws {FileFormatError} If the archive or an array is damaged, expands to more than allowed, or holds anything
 * other than arrays of plain numbers.
 *
 * @example
 * ```ts
 * import { writeNpz } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const file = writeNpz(new Map([["x", { shape: [2], data: Float32Array.of(1, 2) }]]));
 * assertEquals([...parseNpz(file).get("x")!.data], [1, 2]);
 * ```
 */
export function parseNpz(bytes: Uint8Array, options: NpyOptions = {}): Map<string, NpyArray> {
  const entries = openZip(bytes), { maxBytes = DEFAULT_MAX_BYTES } = options;
  const total = entries.values().reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) {
    throw new FileFormatError(`npz expands to ${total} bytes, at most ${maxBytes} are allowed`);
  }
  return new Map(openEntries(entries).entries().map(([name, entry]) => [name, entry.read()]));
}

/**
 * Reads the directory of a .npz file and the headers of its arrays. Arrays that are not read are not expanded.
 *
 * @param bytes The file.
 * @returns Arrays by name, without the `.npy` of their entries, in the order of the archive.
 * @throws {FileFormatError} As for {@link parseNpz}, as far as directory and headers show it.
 *
 * @example
 * ```ts
 * import { openNpz, writeNpz } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const file = writeNpz(new Map([["x", { shape: [2], data: Float32Array.of(1, 2) }]]));
 * assertEquals(openNpz(file).get("x")?.shape, [2]);
 * ```
 */
export function openNpz(bytes: Uint8Array): Map<string, NpyEntry> {
  return openEntries(openZip(bytes));
}

function openEntries(entries: ReadonlyMap<string, ZipEntry>): Map<string, NpyEntry> {
  const arrays = new Map<string, NpyEntry>();
  for (const [name, file] of entries) {
    if (!name.endsWith(SUFFIX)) throw new FileFormatError(`npz: ${JSON.stringify(name)} is not a .npy file`);
    const array = named(name, () => openPackedNpy(file));
    arrays.set(name.slice(0, -SUFFIX.length), { ...array, read: () => named(name, () => array.read()) });
  }
  return arrays;
}

/** Reads something of an entry, whose name is in the message where it is damaged. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new FileFormatError(`${JSON.stringify(name)}: ${error.message}`);
  }
}

/**
 * Writes a .npz file; the same arrays always give the same bytes.
 *
 * @param arrays Arrays with their names.
 * @param options `compress: true` deflates, as `np.savez_compressed` does.
 * @returns The file.
 * @throws {TypeError} If a name is given twice or a type does not fit its array.
 * @throws {RangeError} If a shape does not fit its array, or the file would pass 4 GiB.
 *
 * @example
 * ```ts
 * import { writeNpz } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const file = writeNpz(new Map([["x", { shape: [2], data: Float32Array.of(1, 2) }]]));
 * assertEquals([...parseNpz(file).keys()], ["x"]);
 * ```
 */
export function writeNpz(
  arrays: Iterable<readonly [string, Omit<NpyArray, "dtype"> & { readonly dtype?: string }]>,
  options: { readonly compress?: boolean } = {},
): Uint8Array {
  const files: Record<string, Uint8Array> = Object.create(null);
  let total = 0;
  for (const [name, array] of arrays) {
    const file = `${name}${SUFFIX}`;
    if (file in files) throw new TypeError(`npz: the name ${JSON.stringify(name)} is given twice`);
    const bytes = writeNpy(array);
    files[file] = bytes;
    total += bytes.length + 2 * file.length + 100;
  }
  if (total >= 0xffffffff) throw new RangeError(`npz: ${total} bytes pass the 4 GiB of a zip archive`);
  // Zip cannot say "no time": its first moment stands for it.
  return zipSync(files, { level: options.compress ? 6 : 0, mtime: new Date(1980, 0, 1) });
}
