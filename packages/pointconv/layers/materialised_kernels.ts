/**
 * PointConv with materialised kernels of distinct offsets: the order `kernels` of `contraction.ts`.
 * @module
 */
import { linear } from "@gasp/autograd";
import {
  add,
  gather,
  matmul,
  neighbourSum,
  reshape,
  segmentSum,
  slice,
  type Tensor,
  transpose,
} from "@gasp/tensor";
import type { KernelGroup } from "../tables/kernel_groups.ts";
import type { ConvTables } from "../tables/tables.ts";
import { everyOffset } from "./weight_net.ts";

/**
 * Applies the kernels of offsets, one group at a time.
 *
 * @param features `[points, batch, in]`.
 * @param net `[offsets, mid]`: the weight net at each distinct offset.
 * @param weight `[out, in · mid]`, mid varying fastest.
 * @param groups Neighbours grouped by offset.
 * @param outputs Number of output points.
 * @returns `[outputs, batch, out]`.
 */
export function applyKernels(
  features: Tensor,
  net: Tensor,
  weight: Tensor,
  groups: readonly KernelGroup[],
  outputs: number,
): Tensor {
  const [, batch, channelsIn] = features.shape as [number, number, number];
  const channelsOut = weight.shape[0]!;
  const byMid = reshape(weight, [channelsOut * channelsIn, -1]);
  const sums = groups.map((group) => {
    const count = group.offsets.index.size, rows = group.points.index.size;
    const kernels = reshape(linear(gather(net, group.offsets), byMid), [count, channelsOut, channelsIn]);
    const gathered = reshape(gather(features, group.points), [count, rows / count * batch, channelsIn]);
    const products = matmul(gathered, transpose(kernels));
    return segmentSum(reshape(products, [rows, batch, channelsOut]), group.outputs);
  });
  // The last sum is that of the padding rows
  return slice(sums.reduce(add), [0, 0, 0], [outputs, batch, channelsOut]);
}

/**
 * Applies the kernels of offsets to features with one channel: a kernel is then a row, and the neighbour sum applies
 * it.
 *
 * @param features `[points, batch, 1]`.
 * @param net `[offsets, mid]`: the weight net at each offset of the tables.
 * @param weight `[out, mid]`.
 * @param tables Tables of the layer.
 * @returns `[outputs, batch, out]`.
 */
export function applyRows(features: Tensor, net: Tensor, weight: Tensor, tables: ConvTables): Tensor {
  const sums = neighbourSum(features, everyOffset(linear(net, weight), tables), tables.neighbours);
  const [outputs, batch, , channelsOut] = sums.shape;
  return reshape(sums, [outputs!, batch!, channelsOut!]);
}
