/**
 * Compares the readers of .npy and .npz files with NumPy, on files of every type, order and header:
 * `deno run -A tools/agreement/arrays.ts`. It prints counts by format, and fails on a difference.
 *
 * @module
 */
import { type NpyArray, parseNpy, parseNpz } from "@gasp/tensor";
import { type Agreement, type Entry, largestDifference, printAgreement } from "./agreement.ts";

/** A file with the shapes of its arrays, in the order of their names. */
interface ArrayEntry extends Entry {
  readonly shapes: readonly (readonly number[])[];
}

/** Arrays, against NumPy. */
export const ARRAYS: Agreement<ArrayEntry> = {
  what: "arrays",
  modules: ["numpy"],
  packages: ["python3-numpy"],
  async compare(path, { shapes }, bytes) {
    const file = await Deno.readFile(path);
    const arrays: readonly NpyArray[] = path.endsWith(".npz")
      ? [...parseNpz(file)].sort(([a], [b]) => a < b ? -1 : 1).map(([, array]) => array)
      : [parseNpy(file)];
    const found = JSON.stringify(arrays.map(({ shape }) => shape));
    if (found !== JSON.stringify(shapes)) {
      throw new Error(`shapes ${found}, expected ${JSON.stringify(shapes)}`);
    }
    const numbers = arrays.flatMap(({ data }) => Array.from<number | bigint>(data));
    return largestDifference(numbers, new Float64Array(bytes.buffer));
  },
};

if (import.meta.main) Deno.exit(await printAgreement(ARRAYS));
