/**
 * What the rules of the reference interpreter for sets of points share.
 * @module
 */
import type { Shape } from "../graph/shape.ts";
import type { CountParams, Tensor } from "../graph/tensor.ts";
import type { Search } from "../ir/search_oracle.ts";

/** Values of any type, held as doubles. */
type Values = Float64Array;

/**
 * The points of a search. Searches see float32 coordinates everywhere: a tie is a tie on every device.
 *
 * @param out The result of the search.
 * @param params Norm and radius.
 * @param inputs Points, starts, queries, starts of queries.
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
 * Every term of `Σ F[index[m,k], b, c] · W[m, k, j] · H[m, b, c, j]` as flat positions in F, W and H.
 *
 * @param features Shape of F.
 * @param weights Shape of W.
 * @param index Row numbers.
 * @param visit Called for each term.
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
      for (let r = 0; r < row; r++) {
        for (let j = 0; j < mid; j++) visit(point * row + r, (m * k + i) * mid + j, (m * row + r) * mid + j);
      }
    }
  }
}
