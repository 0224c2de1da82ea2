/**
 * Cases of the operations with an index table: repeated rows, unreferenced rows, empty tables.
 *
 * @module
 */
import * as ops from "@gasp/tensor";
import type { IndexTable, Shape, Tensor } from "@gasp/tensor";
import { floats, type Formula, integers, type OpCase, opCase } from "./op_case.ts";

/** Row indices with their shape, and the number of rows; some rows repeat, some are unreferenced. */
interface Rows {
  readonly index: readonly number[];
  readonly shape: Shape;
  readonly rows: number;
}

const LIST: Rows = { index: [2, 0, 2, 1, 2], shape: [5], rows: 4 };
const GRID: Rows = { index: [1, 1, 0, 3, 1, 3], shape: [2, 3], rows: 5 };
const SINGLE: Rows = { index: [0], shape: [1], rows: 1 };
const NONE: Rows = { index: [], shape: [0], rows: 3 };
const NO_OUTPUT: Rows = { index: [], shape: [0, 2], rows: 3 };
const ONE_EACH: Rows = { index: [0, 0, 2], shape: [3, 1], rows: 3 };

function tableOf({ index, shape, rows }: Rows): IndexTable {
  return ops.indexTable(index, shape, rows);
}

/** Returns the row at an index of the table. */
function rowAt(rows: Rows, index: readonly number[]): number {
  return rows.index[rows.shape.length === 1 ? index[0]! : index[0]! * rows.shape[1]! + index[1]!]!;
}

/** Lists the indices of the table. */
function positions({ shape: [first, second] }: Rows): number[][] {
  const outer = Array.from({ length: first! }, (_, i) => [i]);
  return second === undefined
    ? outer
    : outer.flatMap(([i]) => Array.from({ length: second }, (_, j) => [i!, j]));
}

function gatherCase(rows: Rows, rest: Shape): OpCase {
  const table = tableOf(rows), rank = rows.shape.length;
  const formula: Formula = (index, x) => x!(rowAt(rows, index), ...index.slice(rank));
  const note = `[${rows.index}]`;
  return opCase("gather", [floats([rows.rows, ...rest])], (x) => ops.gather(x!, table), formula, { note });
}

function segmentSumCase(rows: Rows, rest: Shape): OpCase {
  const table = tableOf(rows);
  const formula: Formula = ([row, ...tail], x) =>
    positions(rows).filter((at) => rowAt(rows, at) === row)
      .reduce((total, at) => total + x!(...at, ...tail), 0);
  const note = `[${rows.index}]`;
  return opCase("segmentSum", [floats([...rows.shape, ...rest])], (x) => ops.segmentSum(x!, table), formula, {
    note,
  });
}

/** Cases of the three neighbour operations with a table `[outputs, k]`. */
function neighbourCases(rows: Rows, batch: number, channels: number, mid: number): OpCase[] {
  const table = tableOf(rows), [outputs, k] = rows.shape as [number, number];
  const features = floats([rows.rows, batch, channels], 1);
  const weights = floats([outputs, k, mid], 2);
  const sums = floats([outputs, batch, channels, mid], 3);
  const count = (n: number) => Array.from({ length: n }, (_, i) => i);
  const total = (terms: number[]) => terms.reduce((sum, term) => sum + term, 0);
  const note = `[${rows.index}]`;
  const sum: Formula = ([m, b, c, j], f, w) =>
    total(count(k).map((i) => f!(rowAt(rows, [m!, i]), b!, c!) * w!(m!, i, j!)));
  const weight: Formula = ([m, i, j], f, h) =>
    total(
      count(batch).flatMap((b) =>
        count(channels).map((c) => f!(rowAt(rows, [m!, i!]), b, c) * h!(m!, b, c, j!))
      ),
    );
  const feature: Formula = ([p, b, c], w, h) =>
    total(
      positions(rows).filter((at) => rowAt(rows, at) === p)
        .flatMap(([m, i]) => count(mid).map((j) => w!(m!, i!, j) * h!(m!, b!, c!, j))),
    );
  const call = (op: (a: Tensor, b: Tensor, table: IndexTable) => Tensor) => (a: Tensor, b: Tensor) =>
    op(a, b, table);
  const cases: [string, typeof features[], (a: Tensor, b: Tensor) => Tensor, Formula][] = [
    ["neighbourSum", [features, weights], call(ops.neighbourSum), sum],
    ["neighbourWeights", [features, sums], call(ops.neighbourWeights), weight],
    ["neighbourFeatures", [weights, sums], call(ops.neighbourFeatures), feature],
  ];
  return cases.map(([op, inputs, fn, formula]) => opCase(op, inputs, fn as OpCase["fn"], formula, { note }));
}

function alongAxisCases(): OpCase[] {
  const along: Formula = ([i, j, l], x) => x!(i!, LIST.index[j!]!, l!);
  return [
    opCase("gather", [floats([2, 4, 3])], (x) => ops.gather(x!, tableOf(LIST), 1), along, {
      note: "along axis 1",
    }),
    opCase(
      "gather",
      [floats([2, 4])],
      (x) => ops.gather(x!, tableOf(LIST), -1),
      ([i, j], x) => x!(i!, LIST.index[j!]!),
      { note: "along the last axis" },
    ),
    opCase(
      "gather",
      [integers([4, 2], "i32")],
      (x) => ops.gather(x!, tableOf(LIST)),
      ([i, j], x) => x!(LIST.index[i!]!, j!),
    ),
  ];
}

/** Returns all cases of operations with an index table. */
export function tableCases(): OpCase[] {
  return [
    ...[LIST, GRID, SINGLE, NONE, NO_OUTPUT].flatMap((rows) => [
      gatherCase(rows, []),
      gatherCase(rows, [3]),
      gatherCase(rows, [2, 2]),
      segmentSumCase(rows, []),
      segmentSumCase(rows, [3]),
      segmentSumCase(rows, [2, 2]),
    ]),
    gatherCase(LIST, [0]),
    segmentSumCase(LIST, [0]),
    ...alongAxisCases(),
    ...neighbourCases(GRID, 2, 3, 2),
    ...neighbourCases(GRID, 1, 1, 1),
    ...neighbourCases(ONE_EACH, 2, 2, 3),
    ...neighbourCases({ ...SINGLE, shape: [1, 1] }, 1, 1, 1),
    ...neighbourCases(NO_OUTPUT, 2, 2, 2),
    ...neighbourCases(GRID, 0, 2, 2),
  ];
}
