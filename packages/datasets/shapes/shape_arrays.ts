/**
 * Arrays of shapes in NumPy's files: finding the one that is meant.
 *
 * @module
 */
import { type NumberArray, openArrayFile } from "../arrays/array_file.ts";
import { DataError } from "../core/data_error.ts";

/**
 * The one array of a file that has a wanted shape.
 *
 * @param bytes A .npy file, plain or gzipped, or a .npz file.
 * @param name Name of the file for messages.
 * @param wanted The shapes wanted, for messages.
 * @param fits Whether an array has one of them.
 * @returns The array.
 * @throws {DataError} If the file is damaged or of another kind, or none or several of its arrays fit.
 * @throws {MemoryError} If the array does not fit in memory.
 */
export function shapeArray(
  bytes: Uint8Array,
  name: string,
  wanted: string,
  fits: (shape: readonly number[]) => boolean,
): NumberArray {
  const arrays = openArrayFile(bytes, name);
  const fitting = [...arrays].filter(([, { shape }]) => fits(shape));
  const [chosen] = fitting;
  if (fitting.length > 1) {
    const names = fitting.map(([key]) => key).join(", ");
    throw new DataError(`${name} has several arrays of shape ${wanted} (${names}): keep one of them in it.`);
  }
  if (chosen === undefined) {
    const found = [...arrays].map(([key, { shape }]) => `${key}[${shape.join(", ")}]`).slice(0, 5).join(", ");
    throw new DataError(`${name} has no array of shape ${wanted}: found ${found || "none at all"}.`);
  }
  return chosen[1].read();
}
