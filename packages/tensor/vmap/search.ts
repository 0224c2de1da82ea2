/**
 * Batching rules of point searches: the clouds of all elements are concatenated, separated by offsets, so that one
 * search serves all. Its indices count over all elements, and are converted to indices within each element.
 * @module
 */
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { add, mul, sub } from "../ops/elementwise/arithmetic.ts";
import { concatenate } from "../ops/shape/concatenate.ts";
import { full } from "../ops/shape/constant.ts";
import { arange } from "../ops/elementwise/creation.ts";
import { less, where } from "../ops/elementwise/logic.ts";
import { reshape, slice } from "../ops/shape/movement.ts";
import { type BatchRulesFor, lift, type Operand, unrolled } from "./rule.ts";

/** Concatenates the rows of all elements, `[size · rows, dimension]`, and the offsets of all their clouds. */
function joinClouds(
  points: Operand,
  starts: Operand,
  size: number,
): { points: Tensor; starts: Tensor; rows: number } {
  const all = lift(points, size), [, rows, dimension] = all.shape as [number, number, number];
  const bounds = lift(starts, size), clouds = bounds.shape[1]! - 1;
  const first = slice(bounds, [0, 0], [size, clouds]);
  const shifted = add(first, firstRows(size, rows, 2));
  return {
    points: reshape(all, [size * rows, dimension]),
    starts: concatenate([reshape(shifted, [size * clouds]), full([1], size * rows, "i32")], 0),
    rows,
  };
}

/** Returns the offset of each element among all rows: `[size, 1, ...]` of a given rank. */
function firstRows(size: number, rows: number, rank: number): Tensor {
  return reshape(mul(arange(size), rows), [size, ...new Array<number>(rank - 1).fill(1)]);
}

/** Converts indices over all elements to indices within each element; -1 is preserved. */
function localIndices(numbers: Tensor, size: number, rows: number): Tensor {
  return where(less(numbers, 0), numbers, sub(numbers, firstRows(size, rows, numbers.rank)));
}

/** Primitives with rules in this module. */
export type SearchName = "knn" | "countWithinRadius" | "farthestPointSample" | "invertIndex";

/** Rules by primitive. */
export const searchRules: BatchRulesFor<SearchName> = {
  knn({ y, params, size }, points, starts, queries, queryStarts) {
    const clouds = joinClouds(points!, starts!, size), asking = joinClouds(queries!, queryStarts!, size);
    const [count, width] = y.shape as [number, number];
    const inputs = [clouds.points, clouds.starts, asking.points, asking.starts];
    const found = reshape(makeNode("knn", params, inputs, [size * count, width], "i32"), [
      size,
      count,
      width,
    ]);
    if (!params.distances) return localIndices(found, size, clouds.rows);
    const numbers = slice(found, [0, 0, 0], [size, count, params.k]);
    const distances = slice(found, [0, 0, params.k]);
    return concatenate([localIndices(numbers, size, clouds.rows), distances], 2);
  },
  countWithinRadius({ y, params, size }, points, starts, queries, queryStarts) {
    const clouds = joinClouds(points!, starts!, size), asking = joinClouds(queries!, queryStarts!, size);
    const inputs = [clouds.points, clouds.starts, asking.points, asking.starts];
    const counts = makeNode("countWithinRadius", params, inputs, [size * y.shape[0]!], "i32");
    return reshape(counts, [size, ...y.shape]);
  },
  farthestPointSample({ y, params, size }, points, starts) {
    const clouds = joinClouds(points!, starts!, size), [own, count] = y.shape as [number, number];
    const inputs = [clouds.points, clouds.starts];
    const taken = makeNode("farthestPointSample", params, inputs, [size * own, count], "i32");
    return localIndices(reshape(taken, [size, own, count]), size, clouds.rows);
  },
  // The offset of an element's entries in a merged table would depend on the number of rows indexed by the others
  invertIndex: ({ y, size }, index) => unrolled(y, size, [index!]),
};
