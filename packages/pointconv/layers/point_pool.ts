/**
 * Average pooling over points.
 * @module
 */
import { div, gather, mean, neighbourSum, reshape, sum, type Tensor } from "@gasp/tensor";
import type { PoolTables } from "../tables/tables.ts";

/**
 * Computes the plain mean over the present neighbours of each output point.
 *
 * @param features `[points, batch, channels]`.
 * @param tables Tables of the layer over the same points.
 * @returns `[outputs, batch, channels]`.
 *
 * @example The mean of each of four points on a line and its nearest neighbour
 * ```ts
 * import { findNeighbourhoods, pointPool, pointSet, poolTables } from "@gasp/pointconv";
 * import { evaluate, reference, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 1, 10, 11), [4, 1]), layer = { points: 4, neighbours: 2 };
 * const [found] = await findNeighbourhoods(points, [layer], { device: reference });
 * const pooled = pointPool(tensor([1, 3, 5, 7], [4, 1, 1]), poolTables(found!));
 * assertEquals([...await (await evaluate(pooled)).data()], [2, 2, 6, 6]);
 * ```
 *
 * @category PointConv
 */
export function pointPool(features: Tensor, { neighbours, present }: PoolTables): Tensor {
  if (!present) return mean(gather(features, neighbours), { axes: 1 });
  const rows = reshape(present, neighbours.index.shape);
  const shares = reshape(div(rows, sum(rows, { axes: 1, keepDims: true })), [...neighbours.index.shape, 1]);
  const means = neighbourSum(features, shares, neighbours);
  return reshape(means, means.shape.slice(0, 3));
}
