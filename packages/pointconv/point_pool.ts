/**
 * Average pooling over points.
 * @module
 */
import { div, gather, mean, neighbourSum, reshape, sum, type Tensor } from "@gasp/tensor";
import type { PoolTables } from "./tables.ts";

/**
 * The plain mean over the neighbours of each output point that are there.
 *
 * @param features `[points, batch, channels]`.
 * @param tables Tables of the layer over the same points.
 * @returns `[outputs, batch, channels]`.
 */
export function pointPool(features: Tensor, { neighbours, present }: PoolTables): Tensor {
  if (!present) return mean(gather(features, neighbours), { axes: 1 });
  const rows = reshape(present, neighbours.index.shape);
  const shares = reshape(div(rows, sum(rows, { axes: 1, keepDims: true })), [...neighbours.index.shape, 1]);
  const means = neighbourSum(features, shares, neighbours);
  return reshape(means, means.shape.slice(0, 3));
}
