/**
 * Average pooling over points.
 * @module
 */
import { gather, mean, type Tensor } from "@gasp/tensor";
import type { PoolTables } from "./tables.ts";

/**
 * The plain mean over the neighbours of each output point.
 *
 * @param features `[points, batch, channels]`.
 * @param tables Tables of the layer over the same points.
 * @returns `[outputs, batch, channels]`.
 */
export function pointPool(features: Tensor, tables: PoolTables): Tensor {
  return mean(gather(features, tables.neighbours), { axes: 1 });
}
