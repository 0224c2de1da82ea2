/**
 * Batching rules of products, gathers and neighbour sums. The batch axis is merged into an existing axis of the
 * operation: rows of a matrix, examples or groups of a convolution, columns of a row, points of one larger set.
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { add, mul } from "../ops/elementwise/arithmetic.ts";
import { convGeneral } from "../ops/spatial/convolution.ts";
import { arange } from "../ops/elementwise/creation.ts";
import type { IndexTable } from "../ops/index/index_table.ts";
import { gather, segmentSum } from "../ops/index/indexing.ts";
import { matmul } from "../ops/linear/linear.ts";
import { less, where } from "../ops/elementwise/logic.ts";
import { reshape } from "../ops/shape/movement.ts";
import { neighbourFeatures, neighbourSum, neighbourWeights } from "../ops/index/neighbour.ts";
import { invertRows } from "../ops/index/invert.ts";
import { type BatchRulesFor, lift, moveAxis, type Operand } from "./rule.ts";

/** Returns a table shared by all elements of a batch; undefined if each has its own. */
function sharedTable(...[index, indptr, positions]: readonly Operand[]): IndexTable | undefined {
  if (index!.batched || indptr!.batched || positions!.batched) return undefined;
  return { index: index!.value, indptr: indptr!.value, positions: positions!.value };
}

/**
 * Shifts row indices to the concatenated rows of all elements, `[size, ...index]`; negative ones (no row) are
 * preserved.
 *
 * @param index Row indices of each element.
 * @param rows Rows per element.
 * @param size Batch size.
 */
export function joinedRows(index: Operand, rows: number, size: number): Tensor {
  const own = lift(index, size),
    first = reshape(mul(arange(size), rows), [size, ...own.shape.slice(1).map(() => 1)]);
  return where(less(own, 0), own, add(own, first));
}

/** Merges the first two axes. */
function joinFirst(x: Tensor): Tensor {
  return reshape(x, [x.shape[0]! * x.shape[1]!, ...x.shape.slice(2)]);
}

/** Splits the first axis into the batch axis and another one. */
function splitFirst(x: Tensor, size: number): Tensor {
  return reshape(x, [size, size === 0 ? 0 : x.shape[0]! / size, ...x.shape.slice(1)]);
}

/** Moves the batch axis before another one and merges both: `[size, …, n, …] → […, size · n, …]`. */
function mergeInto(x: Tensor, axis: number): Tensor {
  const moved = moveAxis(x, 0, axis), { shape } = moved;
  return reshape(moved, [...shape.slice(0, axis), shape[axis]! * shape[axis + 1]!, ...shape.slice(axis + 2)]);
}

/** Inverse of {@link mergeInto}. */
function splitFrom(x: Tensor, axis: number, size: number, own: number): Tensor {
  return moveAxis(reshape(x, [...x.shape.slice(0, axis), size, own, ...x.shape.slice(axis + 1)]), axis, 0);
}

/** Primitives with rules in this module. */
export type ProductName =
  | "matmul"
  | "conv"
  | "gather"
  | "segmentSum"
  | "neighbourSum"
  | "neighbourWeights"
  | "neighbourFeatures";

/** Rules by primitive. */
export const productRules: BatchRulesFor<ProductName> = {
  // A shared right matrix is multiplied once, by the rows of all elements; else the batch is one more leading axis
  matmul({ y, size }, a, b) {
    if (b.batched || a.value.rank !== 3) return matmul(a.value, b.value);
    return reshape(matmul(joinFirst(a.value), b.value), [size, ...y.shape]);
  },
  // With shared weights the batch adds examples, with a shared input outputs, else groups
  conv({ y, params, size }, x, w) {
    const space = y.shape.slice(3), [, batch, outputs] = y.shape as [number, number, number];
    if (!w.batched) {
      return splitFrom(convGeneral(mergeInto(x.value, 1), w.value, params, space), 1, size, batch);
    }
    if (!x.batched) {
      return splitFrom(convGeneral(x.value, mergeInto(w.value, 1), params, space), 2, size, outputs);
    }
    return splitFirst(convGeneral(joinFirst(x.value), joinFirst(w.value), params, space), size);
  },
  // A shared table gathers rows of all elements at once; else all gather from one larger set of rows
  gather({ size }, x, index, indptr, positions) {
    const table = sharedTable(index!, indptr!, positions!);
    if (table) return moveAxis(gather(moveAxis(x!.value, 0, 1), table), table.index.rank, 0);
    if (!x!.batched) return gather(x!.value, invertRows(lift(index!, size), x!.value.shape[0]!));
    const rows = x!.value.shape[1]!;
    return gather(joinFirst(x!.value), invertRows(joinedRows(index!, rows, size), size * rows));
  },
  segmentSum({ y, size }, x, index, indptr, positions) {
    const table = sharedTable(index!, indptr!, positions!), rows = y.shape[0]!;
    if (table) return moveAxis(segmentSum(moveAxis(x!.value, 0, table.index.rank), table), 1, 0);
    const joined = invertRows(joinedRows(index!, rows, size), size * rows);
    return reshape(segmentSum(lift(x!, size), joined), [size, ...y.shape]);
  },
  // H[m, b, c, j] = Σ F[index[m, k], b, c] W[m, k, j]: the batch adds examples b, weights j, or points and outputs
  neighbourSum({ y, size }, features, weights, ...table) {
    const shared = sharedTable(...table), [, batch, , mid] = y.shape as [number, number, number, number];
    if (shared && !weights!.batched) {
      return splitFrom(neighbourSum(mergeInto(features!.value, 1), weights!.value, shared), 1, size, batch);
    }
    if (shared && !features!.batched) {
      return splitFrom(neighbourSum(features!.value, mergeInto(weights!.value, 2), shared), 3, size, mid);
    }
    const all = lift(features!, size), joined = joinedTable(table, all.shape[1]!, size);
    return splitFirst(neighbourSum(joinFirst(all), joinFirst(lift(weights!, size)), joined), size);
  },
  // W[m, k, j] = Σ F[index[m, k], b, c] H[m, b, c, j]
  neighbourWeights({ y, size }, features, sums, ...table) {
    const shared = sharedTable(...table);
    if (shared && !features!.batched) {
      const wide = neighbourWeights(features!.value, mergeInto(sums!.value, 3), shared);
      return splitFrom(wide, 2, size, y.shape[2]!);
    }
    const all = lift(features!, size), joined = joinedTable(table, all.shape[1]!, size);
    return splitFirst(neighbourWeights(joinFirst(all), joinFirst(lift(sums!, size)), joined), size);
  },
  // F[p, b, c] = Σ W[m, k, j] H[m, b, c, j] over index[m, k] = p
  neighbourFeatures({ y, size }, weights, sums, ...table) {
    const shared = sharedTable(...table), [points, batch] = y.shape as [number, number];
    if (shared && !weights!.batched) {
      return splitFrom(neighbourFeatures(weights!.value, mergeInto(sums!.value, 1), shared), 1, size, batch);
    }
    const joined = joinedTable(table, points, size);
    const all = neighbourFeatures(joinFirst(lift(weights!, size)), joinFirst(lift(sums!, size)), joined);
    return splitFirst(all, size);
  },
};

/** Concatenates the tables of all elements, `[size · outputs, k]`, over the points of all. */
function joinedTable([index]: readonly Operand[], points: number, size: number): IndexTable {
  return invertRows(joinFirst(joinedRows(index!, points, size)), size * points);
}
