/**
 * Helpers of the reference interpreter for point searches and neighbour sums.
 * @module
 */
import type { Shape } from "../graph/shape.ts";
import type { CountParams } from "../graph/primitives.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Search } from "../ir/search_oracle.ts";

/** Values of any type, as doubles. */
type Values = Float64Array;

/**
 * Returns the inputs of a search. All devices search float32 coordinates, so that ties agree everywhere.
 *
 * @param out Result of the search.
 * @param params Norm and radius.
 * @param inputs Points, offsets, queries, query offsets.
 */
export function searchOf(
  out: Tensor,
  { norm, radius }: CountParams,
  [points, starts, queries, queryStarts]: readonly Values[],
): Search {
  return {
    points: Float32Array.from(points!),
    starts: starts!,
    queries: Float32Array.from(queries!),
    queryStarts: queryStarts!,
    dimension: out.node.inputs[0]!.shape[1]!,
    norm,
    radius,
  };
}

/**
 * Returns the row that lists each position of a table; -1 for those that none does.
 *
 * @param starts Start of each list, and the end of the last.
 * @param entries Positions, by row.
 */
export function listedRows(starts: Values, entries: Values): Values {
  const rows = new Float64Array(entries.length).fill(-1);
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let i = starts[row]!; i < starts[row + 1]!; i++) rows[entries[i]!] = row;
  }
  return rows;
}

/**
 * Visits every term of `Σ F[index[m,k], b, c] · W[m, k, j] · H[m, b, c, j]` with its flat indices in F, W and H.
 *
 * @param features Shape of F.
 * @param weights Shape of W.
 * @param index Row indices; negative ones are skipped.
 * @param visit Called per term.
 */
export function forEachTerm(
  features: Shape,
  weights: Shape,
  index: Values,
  visit: (f: number, w: number, h: number) => void,
): void {
  const row = features[1]! * features[2]!;
  const [outputs, k, mid] = weights as [number, number, number];
  for (let m = 0; m < outputs; m++) {
    for (let i = 0; i < k; i++) {
      const point = index[m * k + i]!;
      if (point < 0) continue;
      for (let r = 0; r < row; r++) {
        for (let j = 0; j < mid; j++) visit(point * row + r, (m * k + i) * mid + j, (m * row + r) * mid + j);
      }
    }
  }
}
