/**
 * NumPy's archives of arrays: .npz, a zip of .npy files.
 *
 * @module
 */
import { zipSync } from "fflate";
import { DEFAULT_MAX_BYTES } from "./compression.ts";
import { FileFormatError } from "./file_format_error.ts";
import { type NpyArray, type NpyOptions, parsePlainNpy, writeNpy } from "./npy.ts";
import { unzip } from "./zip.ts";

const SUFFIX = ".npy";

/**
 * Reads a .npz file.
 *
 * @param bytes The file.
 * @param options Limits.
 * @returns Arrays by name, without the `.npy` of their entries, in the order of the archive.
 * @throws {FileFormatError} If the archive or an array is damaged, expands to more than allowed, or holds anything
 * other than arrays of plain numbers.
 */
export function parseNpz(bytes: Uint8Array, options: NpyOptions = {}): Map<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const [name, contents] of unzip(bytes, options.maxBytes ?? DEFAULT_MAX_BYTES)) {
    if (!name.endsWith(SUFFIX)) throw new FileFormatError(`npz: ${JSON.stringify(name)} is not a .npy file`);
    try {
      arrays.set(name.slice(0, -SUFFIX.length), parsePlainNpy(contents));
    } catch (error) {
      if (!(error instanceof FileFormatError)) throw error;
      throw new FileFormatError(`${JSON.stringify(name)}: ${error.message}`);
    }
  }
  return arrays;
}

/**
 * Writes a .npz file; the same arrays always give the same bytes.
 *
 * @param arrays Arrays with their names.
 * @param options `compress: true` deflates, as `np.savez_compressed` does.
 * @returns The file.
 * @throws {TypeError} If a name is given twice or a type does not fit its array.
 * @throws {RangeError} If a shape does not fit its array, or the file would pass 4 GiB.
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
