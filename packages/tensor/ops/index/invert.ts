/**
 * The inverse of a table of row indices, computed within the program.
 * @module
 */
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { clamp } from "../elementwise/arithmetic.ts";
import { checkWhole, hostValues, requireTensor } from "../shape/check.ts";
import { slice } from "../shape/movement.ts";
import { trustTable } from "./index_table.ts";
import type { IndexTable } from "./index_table.ts";

/**
 * Builds an index table with its inverse within the program; `indexTable` does so on the host.
 *
 * @param index i32, any shape; row indices in `0 .. rows - 1`. The inverse skips others: negative ones, and those that
 *   a program computes; a gather takes the nearest row for them.
 * @param rows Number of rows indexed.
 * @throws {TypeError} If the index is not i32.
 * @throws {RangeError} If the number of rows is not an integer from 0, or an index on the host is beyond it.
 * @category Points
 *
 * @example Sums of rows by a computed index
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, invertIndex, reference, segmentSum, tensor } from "@gasp/tensor";
 *
 * const table = invertIndex(tensor(Int32Array.of(2, 0, 2)), 3);
 * const y = await evaluate(segmentSum(tensor([1, 2, 3]), table), reference);
 * assertEquals([...await y.data()], [2, 0, 4]);
 * ```
 */
export function invertIndex(index: Tensor, rows: number): IndexTable {
  requireTensor("invertIndex", index);
  if (index.dtype !== "i32") {
    throw new TypeError(`row indices must be i32, got ${index.dtype}: use cast()`);
  }
  checkWhole("invertIndex", "the number of rows", rows, 0, 2 ** 31 - 2);
  const known = hostValues(index);
  known?.forEach((row, i) => {
    if (row < rows) return;
    throw new RangeError(`invertIndex: index ${i} is ${row}, but rows are 0 to ${rows - 1}`);
  });
  const isInside = rows === 0 || known?.every((row) => row >= 0);
  return trustTable({ ...invertRows(index, rows), index: isInside ? index : clamp(index, 0, rows - 1) });
}

/**
 * Builds an index table of indices that are in range.
 *
 * @param index i32, any shape; row indices in `0 .. rows - 1`.
 * @param rows Number of rows indexed.
 */
export function invertRows(index: Tensor, rows: number): IndexTable {
  const joined = makeNode("invertIndex", { rows }, [index], [rows + 1 + index.size], "i32");
  return trustTable({
    index,
    indptr: slice(joined, [0], [rows + 1]),
    positions: slice(joined, [rows + 1]),
  });
}
