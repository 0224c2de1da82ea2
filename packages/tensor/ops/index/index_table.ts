/**
 * Tables of row indices with their inverse, and the check of those that callers pass.
 * @module
 */
import { showShape } from "../../graph/shape.ts";
import { Tensor } from "../../graph/tensor.ts";
import { hostValues } from "../shape/check.ts";

/**
 * A table of row indices with its inverse: `positions[indptr[r] .. indptr[r + 1]]` lists, ascending, the flat positions
 * in `index` that refer to row r. Build it once with `indexTable` and reuse it.
 *
 * @category Indexing and order
 */
export type IndexTable = {
  /** Row indices in `0 .. rows - 1`, i32, any shape. */
  readonly index: Tensor;
  /** i32, `[rows + 1]`. */
  readonly indptr: Tensor;
  /** i32, `[index.size]`. */
  readonly positions: Tensor;
};

/** Tables whose values were checked, by their index: large tables are used many times. */
const checked = new WeakMap<Tensor, IndexTable>();

/**
 * Checks that a value is an index table. Of its tensors, those on the host are checked element by element, once.
 *
 * @param name Operation.
 * @param table The value.
 * @throws {TypeError} If it is not an index table.
 * @throws {RangeError} If its parts do not belong together.
 */
export function checkTable(name: string, table: IndexTable): void {
  if (table instanceof Tensor) {
    throw new TypeError(
      `${name} needs an index table, got a tensor of ${table.dtype}: use take(x, index), or build a ` +
        "table with invertIndex(index, rows) or indexTable(index, shape, rows)",
    );
  }
  const { index, indptr, positions } = Object(table) as IndexTable;
  if (![index, indptr, positions].every((part) => part instanceof Tensor && part.dtype === "i32")) {
    throw new TypeError(`${name} needs an index table: build one with invertIndex() or indexTable()`);
  }
  const known = checked.get(index);
  if (known?.indptr === indptr && known.positions === positions) return;
  const problem = shapeProblem(table) ?? valueProblem(table);
  if (problem !== undefined) {
    throw new RangeError(`${name}: ${problem}: build the table with invertIndex() or indexTable()`);
  }
  trustTable(table);
}

/**
 * Marks a table as checked.
 *
 * @param table A table whose parts belong together.
 * @returns The table.
 */
export function trustTable(table: IndexTable): IndexTable {
  checked.set(table.index, table);
  return table;
}

function shapeProblem({ index, indptr, positions }: IndexTable): string | undefined {
  if (indptr.rank === 1 && indptr.size > 0 && positions.rank === 1 && positions.size === index.size) return;
  return `a table with an index of ${showShape(index.shape)} has indptr of [rows + 1] and positions of ` +
    `[${index.size}], got ${showShape(indptr.shape)} and ${showShape(positions.shape)}`;
}

function valueProblem({ index, indptr, positions }: IndexTable): string | undefined {
  const [numbers, starts, places] = [index, indptr, positions].map(hostValues);
  const rows = indptr.size - 1, entries = index.size;
  const invalid = (values: ArrayLike<number> | undefined, end: number) =>
    values ? Array.prototype.findIndex.call(values, (value: number) => !(value >= 0 && value < end)) : -1;
  let at = invalid(numbers, rows);
  if (at >= 0) return `index ${at} of the table is ${numbers![at]}, but rows are 0 to ${rows - 1}`;
  at = starts
    ? starts.findIndex((start, i) => !(start >= (i > 0 ? starts[i - 1]! : 0) && start <= entries))
    : -1;
  if (at < 0 && starts && starts[0] !== 0) at = 0;
  if (at >= 0) return `indptr must ascend from 0 to at most ${entries}, got ${starts![at]} at ${at}`;
  at = invalid(places, entries);
  if (at >= 0) return `position ${at} of the table is ${places![at]}, but there are ${entries} indices`;
  if (!numbers || !starts || !places) return;
  for (let row = 0; row < rows; row++) {
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      if (numbers[places[i]!] === row) continue;
      return `position ${places[i]} is listed for row ${row}, but its index is ${numbers[places[i]!]}`;
    }
  }
  if (starts[rows] === entries) return;
  return `indptr ends at ${starts[rows]}, but the table has ${entries} indices`;
}
