/**
 * PointConv: a convolution over points that lie anywhere. The weight of a neighbour is a function of its offset.
 *
 * `out[m] = L · flatten(Σ_k F[n(m,k)] ⊗ h(x[n(m,k)] - x[m])) + b`, where h is the weight net and n(m,k) the k-th neighbour
 * of output point m: a plain sum, with no density and no division by k.
 * @module
 */
import { linear } from "@gasp/autograd";
import { neighbourSum, reshape, type Tensor } from "@gasp/tensor";
import { named, type NamedTensors } from "./named_tensors.ts";
import type { LayerResult, Mode, NetworkState } from "./normalise.ts";
import type { ConvTables, TableTree } from "./tables.ts";
import { weightNet } from "./weight_net.ts";

/** What is done besides the products. */
export interface ProjectOptions {
  /** Adds `linear.bias`. Batch norm after the layer takes it away again, so it can be spared. Default: true. */
  readonly bias?: boolean;
}

/**
 * One PointConv layer.
 *
 * @param features `[points, batch, channels]`.
 * @param state Parameters and statistics of the weight net, `linear.weight` `[out, channels · mid]` (mid varies fastest)
 *   and `linear.bias` `[out]`.
 * @param tables Tables of the layer over the same points.
 * @param mode Which statistics normalise in the weight net.
 * @returns Features `[outputs, batch, out]` and the next statistics of the weight net.
 *
 * @example A layer with a weight net of one layer, without batch norm
 * ```ts
 * import { convTables, findNeighbourhood, pointConv, pointSet } from "@gasp/pointconv";
 * import { evaluate, reference, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(new Float32Array([0, 1, 2, 3]), [4, 1]);
 * const tables = convTables(findNeighbourhood(points, { points: 4, neighbours: 2 }));
 * const params = {
 *   "weight_net.forward_layers.0.weight": tensor([0], [1, 1, 1, 1]),
 *   "weight_net.forward_layers.0.bias": tensor([1]),
 *   "linear.weight": tensor([[1]]),
 *   "linear.bias": tensor([0]),
 * };
 * const features = tensor([1, 10, 100, 1000], [4, 1, 1]);
 * const result = pointConv(features, { params, statistics: {} }, tables, "train");
 * const sums = await evaluate(result.features, reference);
 * assertEquals([...await sums.data()], [11, 11, 110, 1100]);
 * ```
 */
export function pointConv(
  features: Tensor,
  state: NetworkState,
  tables: ConvTables,
  mode: Mode,
): LayerResult {
  const { weights, statistics } = weightNet(tables, state, { mode, copies: features.shape[1]! });
  const sums = sumNeighbours(features, weights, tables.neighbours);
  return { features: project(sums, state.params), statistics };
}

/**
 * The weighted sums over the neighbours of each output point, for a weight net evaluated before.
 *
 * @param features `[points, batch, channels]`.
 * @param weights `[outputs, k, mid]`, of {@link weightNet}.
 * @param neighbours `[outputs, k]` over the points.
 * @returns `[outputs, batch, channels · mid]`, mid varying fastest.
 */
export function sumNeighbours(features: Tensor, weights: Tensor, neighbours: TableTree): Tensor {
  const sums = neighbourSum(features, weights, neighbours);
  const [outputs, batch, channels, mid] = sums.shape;
  return reshape(sums, [outputs!, batch!, channels! * mid!]);
}

/**
 * The affine map that ends the layer.
 *
 * @param sums `[outputs, batch, channels · mid]`.
 * @param params `linear.weight` and `linear.bias`.
 * @param options Whether the bias is added.
 * @returns `[outputs, batch, out]`.
 */
export function project(sums: Tensor, params: NamedTensors, options: ProjectOptions = {}): Tensor {
  const bias = options.bias ?? true ? named(params, "linear.bias") : undefined;
  return linear(sums, named(params, "linear.weight"), bias);
}
