/**
 * Selection of an array in NumPy files by its shape.
 *
 * @module
 */
import { type NumberArray, openArrayFile } from "../arrays/array_file.ts";
import { DataError } from "../core/data_error.ts";

/**
 * Reads the only array of a file that has an expected shape.
 *
 * @param bytes Contents of a `.npy` file, plain or gzipped, or of a `.npz` file.
 * @param name File name for messages.
 * @param expected Expected shapes, for messages.
 * @param matches Whether a shape is expected.
 * @throws {DataError} If the file is damaged or of another format, or none or several of its arrays match.
 * @throws {MemoryError} If the array does not fit in memory.
 */
export function arrayOfShape(
  bytes: Uint8Array,
  name: string,
  expected: string,
  matches: (shape: readonly number[]) => boolean,
): NumberArray {
  const arrays = openArrayFile(bytes, name);
  const matching = [...arrays].filter(([, { shape }]) => matches(shape));
  const [chosen] = matching;
  if (matching.length > 1) {
    const names = matching.map(([key]) => key).join(", ");
    throw new DataError(
      `${name} has several arrays of shape ${expected} (${names}): leave only one of them.`,
    );
  }
  if (chosen === undefined) {
    const found = [...arrays].map(([key, { shape }]) => `${key}[${shape.join(", ")}]`).slice(0, 5).join(", ");
    throw new DataError(`${name} has no array of shape ${expected}: found ${found || "none"}.`);
  }
  return chosen[1].read();
}
