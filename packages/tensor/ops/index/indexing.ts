/**
 * Gathering rows by index, and segment sums. Both use the inverse of the index table, so that neither needs atomic
 * additions and each is the adjoint of the other.
 * @module
 */
import { normaliseAxis, showShape, sizeOf } from "../../graph/shape.ts";
import { tensor } from "../../graph/from_host.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkWhole, requireTensor } from "../shape/check.ts";
import { transpose } from "../shape/movement.ts";
import { checkTable, type IndexTable, trustTable } from "./index_table.ts";

/**
 * Builds a table and its inverse on the host, by a counting sort.
 *
 * @param index Row indices, row-major.
 * @param shape Shape of the table.
 * @param rows Number of rows indexed.
 * @throws {RangeError} If an index is not an integer in `0 .. rows - 1`, or the shape does not match.
 * @category Indexing and order
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { indexTable } from "@gasp/tensor";
 *
 * const table = indexTable([2, 0, 2], [3], 4);
 * assertEquals([...await table.indptr.data()], [0, 1, 1, 3, 3]); // rows 0 to 3 occur 1, 0, 2 and 0 times
 * assertEquals([...await table.positions.data()], [1, 0, 2]);
 * ```
 */
export function indexTable(index: ArrayLike<number>, shape: readonly number[], rows: number): IndexTable {
  if (sizeOf(shape) !== index.length) {
    throw new RangeError(
      `a table of shape ${showShape(shape)} needs ${sizeOf(shape)} indices, got ${index.length}`,
    );
  }
  checkWhole("indexTable", "the number of rows", rows, 0, 2 ** 31 - 2);
  const values = new Int32Array(index.length);
  const starts = new Int32Array(rows + 1);
  for (let i = 0; i < index.length; i++) {
    const row = index[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= rows) {
      throw new RangeError(`index ${i} of the table is ${row}, but rows are 0 to ${rows - 1}`);
    }
    values[i] = row;
    starts[row + 1]! += 1;
  }
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!;
  const next = starts.slice();
  const entries = new Int32Array(index.length);
  for (let i = 0; i < values.length; i++) entries[next[values[i]!]!++] = i;
  return trustTable({
    index: tensor(values, [...shape]),
    indptr: tensor(starts),
    positions: tensor(entries),
  });
}

/**
 * Number of rows that a table indexes.
 *
 * @param table Index table.
 * @category Indexing and order
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { indexTable, tableRows } from "@gasp/tensor";
 *
 * assertEquals(tableRows(indexTable([2, 0], [2], 5)), 5);
 * ```
 */
export function tableRows(table: IndexTable): number {
  return table.indptr.size - 1;
}

/**
 * Gathers rows along an axis: `out[..., i..., ...] = x[..., index[i...], ...]`. For indices without a table see
 * {@link take}.
 *
 * @param x Source; its size along the axis is the number of rows of the table.
 * @param table Index table.
 * @param axis Axis; negative values count from the end. For an axis other than 0 the table has one axis.
 * @throws {RangeError} If the number of rows does not match.
 * @throws {TypeError} If `table` is not an index table.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { evaluate, gather, indexTable, reference, tensor } from "@gasp/tensor";
 *
 * const table = indexTable([2, 0], [2], 3);
 * const rows = await evaluate(gather(tensor([[1, 2], [3, 4], [5, 6]]), table), reference);
 * assert((await rows.data()).join() === "5,6,1,2");
 * ```
 *
 * @category Indexing and order
 */
export function gather(x: Tensor, table: IndexTable, axis = 0): Tensor {
  requireTensor("gather", x);
  checkTable("gather", table);
  const along = normaliseAxis(axis, x.rank);
  if (x.shape[along] !== tableRows(table)) {
    throw new RangeError(
      `gather along axis ${along} of ${showShape(x.shape)} needs a table over ${x.shape[along]} rows, ` +
        `got one over ${tableRows(table)}`,
    );
  }
  if (along === 0) {
    const shape = [...table.index.shape, ...x.shape.slice(1)];
    return makeNode("gather", {}, [x, table.index, table.indptr, table.positions], shape, x.dtype);
  }
  if (table.index.rank !== 1) {
    throw new RangeError(
      `gather along axis ${along} needs a table of one axis, got ${showShape(table.index.shape)}`,
    );
  }
  const order = x.shape.map((_, i) => i);
  [order[0], order[along]] = [along, 0];
  return transpose(gather(transpose(x, order), table), order);
}

/**
 * Sums rows by index: `out[r, ...] = Σ_{i : index[i] = r} x[i, ...]`, the adjoint of {@link gather}.
 *
 * @param x f32, `[...index.shape, ...rest]`.
 * @param table Index table.
 * @returns `[rows, ...rest]`.
 * @throws {RangeError} If the leading axes of `x` do not match the table.
 * @category Indexing and order
 *
 * @example Sums of values by class
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, indexTable, reference, segmentSum, tensor } from "@gasp/tensor";
 *
 * const classes = indexTable([0, 1, 0], [3], 2);
 * const y = await evaluate(segmentSum(tensor([1, 2, 3]), classes), reference);
 * assertEquals([...await y.data()], [4, 2]);
 * ```
 */
export function segmentSum(x: Tensor, table: IndexTable): Tensor {
  requireTensor("segmentSum", x);
  checkTable("segmentSum", table);
  const lead = table.index.shape;
  if (x.dtype !== "f32" || !lead.every((size, axis) => x.shape[axis] === size)) {
    throw new RangeError(
      `segmentSum needs f32 of shape ${showShape(lead)} + rest, got ${x.dtype} of ${showShape(x.shape)}`,
    );
  }
  const shape = [tableRows(table), ...x.shape.slice(lead.length)];
  return makeNode("segmentSum", {}, [x, table.index, table.indptr, table.positions], shape, "f32");
}
