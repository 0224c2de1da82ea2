/**
 * PointConv (Wu, Qi & Li, 2019; section 3.3 of the paper): a convolution over arbitrary points. The weight of a
 * neighbour is a function of its offset.
 *
 * `out[m] = L · flatten(Σ_k F[n(m,k)] ⊗ h(x[n(m,k)] - x[m])) + b`, where h is the weight net and n(m,k) the k-th
 * neighbour of output point m: a plain sum, without density weighting and without division by k.
 * @module
 */
import {
  getTensor,
  type LayerResult,
  linear,
  type Mode,
  type NetworkState,
  type StateDict,
} from "@gasp/autograd";
import { add, neighbourSum, reshape, scope, type Tensor } from "@gasp/tensor";
import { chooseContraction, type Contraction } from "./contraction.ts";
import type { ConvTables } from "../tables/tables.ts";
import type { TableTree } from "../tables/table_tree.ts";
import { type NeighbourWeights, weightNet } from "./weight_net.ts";
import { applyKernels, applyRows } from "./materialised_kernels.ts";

/**
 * Options of {@link project}.
 *
 * @category PointConv
 */
export interface ProjectOptions {
  /** Whether to add `linear.bias`. Batch norm after the layer cancels it, so it can be omitted. Default: true. */
  readonly bias?: boolean;
}

/**
 * Contraction order of a layer.
 *
 * @category PointConv
 */
export interface ContractOptions {
  /** Contraction order; results agree up to rounding. Default: `auto`, the cheaper one. */
  readonly contraction?: Contraction;
}

/**
 * Applies a PointConv layer.
 *
 * @param features `[points, batch, channels]`.
 * @param state Parameters and statistics of the weight net, `linear.weight` `[out, channels · mid]` (mid varies
 *   fastest) and `linear.bias` `[out]`.
 * @param tables Tables of the layer over the same points.
 * @param mode Batch norm of the weight net: training or evaluation.
 * @param options Contraction order.
 * @returns Features `[outputs, batch, out]` and the updated statistics of the weight net.
 *
 * @example A layer with a weight net of one layer, without batch norm
 * ```ts
 * import { convTables, findNeighbourhoods, pointConv, pointSet } from "@gasp/pointconv";
 * import { evaluate, reference, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(new Float32Array([0, 1, 2, 3]), [4, 1]);
 * const [found] = await findNeighbourhoods(points, [{ points: 4, neighbours: 2 }], { device: reference });
 * const tables = convTables(found!);
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
 *
 * @category PointConv
 */
export function pointConv(
  features: Tensor,
  state: NetworkState,
  tables: ConvTables,
  mode: Mode,
  options: ContractOptions = {},
): LayerResult {
  const net = scope("weight net", () => weightNet(tables, state, { mode, copies: features.shape[1]! }));
  return { features: convolve(features, net, state.params, tables, options), statistics: net.statistics };
}

/**
 * Applies a PointConv layer with an evaluated weight net.
 *
 * @param features `[points, batch, channels]`.
 * @param net Result of {@link weightNet} for the same tables.
 * @param params `linear.weight` `[out, channels · mid]` and `linear.bias` `[out]`.
 * @param tables Tables of the layer over the same points.
 * @param options Bias and contraction order.
 * @returns `[outputs, batch, out]`.
 * @category PointConv
 */
export function convolve(
  features: Tensor,
  net: NeighbourWeights,
  params: StateDict,
  tables: ConvTables,
  options: ProjectOptions & ContractOptions = {},
): Tensor {
  const { groups, neighbours } = tables, weight = getTensor(params, "linear.weight");
  const [outputs, k] = neighbours.index.shape as [number, number];
  const [, batch, channelsIn] = features.shape as [number, number, number];
  const [offsets, mid] = net.byOffset.shape as [number, number];
  const order = chooseContraction(options.contraction ?? "auto", {
    outputs,
    neighbours: k,
    batch,
    channelsIn,
    channelsOut: weight.shape[0]!,
    mid,
    offsets,
    groupedRows: groups?.reduce((rows, { points }) => rows + points.index.size, 0),
  });
  if (order === "mid") return project(sumNeighbours(features, net.weights, neighbours), params, options);
  const products = channelsIn === 1
    ? applyRows(features, net.byOffset, weight, tables)
    : applyKernels(features, net.byOffset, weight, groups!, outputs);
  return options.bias ?? true ? add(products, getTensor(params, "linear.bias")) : products;
}

/**
 * Computes the weighted sums over the neighbours of each output point, with an evaluated weight net.
 *
 * @param features `[points, batch, channels]`.
 * @param weights `[outputs, k, mid]`, from {@link weightNet}.
 * @param neighbours `[outputs, k]` over the points.
 * @returns `[outputs, batch, channels · mid]`, mid varying fastest.
 * @category PointConv
 */
export function sumNeighbours(features: Tensor, weights: Tensor, neighbours: TableTree): Tensor {
  const sums = neighbourSum(features, weights, neighbours);
  const [outputs, batch, channels, mid] = sums.shape;
  return reshape(sums, [outputs!, batch!, channels! * mid!]);
}

/**
 * Applies the final affine map of the layer.
 *
 * @param sums `[outputs, batch, channels · mid]`.
 * @param params `linear.weight` and `linear.bias`.
 * @param options Whether the bias is added.
 * @returns `[outputs, batch, out]`.
 * @category PointConv
 */
export function project(sums: Tensor, params: StateDict, options: ProjectOptions = {}): Tensor {
  const bias = options.bias ?? true ? getTensor(params, "linear.bias") : undefined;
  return linear(sums, getTensor(params, "linear.weight"), bias);
}
