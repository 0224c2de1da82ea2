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
 * Parses a .npz file.
 *
 * @param bytes The file.
 * @param options Limits.
 * @returns Arrays by name, without the suffix `.npy`, in archive order.
 * @throws {FileFormatError} If the archive or an array is damaged, expands to more than allowed, or contains anything
 * other than plain numeric arrays.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseNpz, writeNpz } from "@gasp/tensor";
 *
 * const file = writeNpz([["x", { shape: [2], data: Float32Array.of(1, 2) }]]);
 * assertEquals(parseNpz(file).get("x")?.data, Float32Array.of(1, 2));
 * ```
 *
 * @category Files
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
 * Reads the directory of a .npz file and the headers of its arrays. Only arrays that are read are decompressed.
 *
 * @param bytes The file.
 * @returns Arrays by name, without the suffix `.npy`, in archive order.
 * @throws {FileFormatError} As for {@link parseNpz}, as far as directory and headers reveal.
 *
 * @example One array of an archive: the others are not decompressed
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openNpz, writeNpz } from "@gasp/tensor";
 *
 * const one = { shape: [1], data: Float32Array.of(1) };
 * const arrays = openNpz(writeNpz([["x", one], ["y", one]]));
 * assertEquals([...arrays.keys()], ["x", "y"]);
 * assertEquals(arrays.get("y")?.read().data, Float32Array.of(1));
 * ```
 *
 * @category Files
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

/** Adds the name of an entry to the errors of a function. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new FileFormatError(`${JSON.stringify(name)}: ${error.message}`);
  }
}

/**
 * Writes a .npz file; deterministic.
 *
 * @param arrays Arrays with their names.
 * @param options `compress: true` deflates, like `np.savez_compressed`.
 * @returns The file.
 * @throws {TypeError} If a name is duplicated or a type does not match its array.
 * @throws {RangeError} If a shape does not match its array, or the file would exceed 4 GiB.
 *
 * @example Smaller, as with `numpy.savez_compressed`
 * ```ts
 * import { assertLess } from "@std/assert";
 * import { writeNpz } from "@gasp/tensor";
 *
 * const arrays = [["x", { shape: [1000], data: new Float32Array(1000) }]] as const;
 * assertLess(writeNpz(arrays, { compress: true }).length, writeNpz(arrays).length / 10);
 * ```
 *
 * @category Files
 */
export function writeNpz(
  arrays: Iterable<readonly [string, Omit<NpyArray, "dtype"> & { readonly dtype?: string }]>,
  options: { readonly compress?: boolean } = {},
): Uint8Array {
  const files: Record<string, Uint8Array> = Object.create(null);
  let total = 0;
  for (const [name, array] of arrays) {
    const file = `${name}${SUFFIX}`;
    if (file in files) throw new TypeError(`npz: the name ${JSON.stringify(name)} is duplicated`);
    const bytes = writeNpy(array);
    files[file] = bytes;
    total += bytes.length + 2 * file.length + 100;
  }
  if (total >= 0xffffffff) throw new RangeError(`npz: ${total} bytes exceed the 4 GiB of a zip archive`);
  // Zip requires a time: use its epoch.
  return zipSync(files, { level: options.compress ? 6 : 0, mtime: new Date(1980, 0, 1) });
}
