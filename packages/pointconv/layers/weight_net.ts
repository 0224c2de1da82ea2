/**
 * The weight net of PointConv (Wu, Qi & Li, 2019): a small network from the offset of a neighbour to its weights. It
 * depends on coordinates only, so one evaluation serves a whole batch that shares them.
 * @module
 */
import {
  applyBatchNorm,
  getTensor,
  linear,
  type Mode,
  type NetworkState,
  type StateDict,
} from "@gasp/autograd";
import { expandDims, gather, leakyRelu, mul, reshape, type Tensor } from "@gasp/tensor";
import type { ConvTables } from "../tables/tables.ts";

/** Negative slope of the weight net's LeakyReLU, as in the reference code. */
const WEIGHT_NET_SLOPE = 0.2;

/**
 * Result of the weight net.
 *
 * @category PointConv
 */
export interface NeighbourWeights {
  /** `[outputs, k, mid]`. */
  readonly weights: Tensor;
  /** `[offsets, mid]`: the same, once per offset of the tables. */
  readonly byOffset: Tensor;
  /** Updated running statistics, `weight_net.forward_layers.1.running_mean`, ... */
  readonly statistics: StateDict;
}

interface WeightNetLayer {
  readonly affine: string;
  /** Absent in a net without batch norm. */
  readonly norm: string | undefined;
}

/**
 * Options of {@link weightNet}.
 *
 * @category PointConv
 */
export interface WeightNetOptions {
  /** Training or evaluation. */
  readonly mode: Mode;
  /** Number of examples that share the coordinates; each counts in the running variance, though it is computed once. */
  readonly copies: number;
  /** Whether every rank has coordinates of its `own`, or all the `same`. Default: `own`. */
  readonly rows?: "own" | "same";
}

/** Returns the layers described by the parameters: affine map, optional batch norm, activation. */
function layersOf(params: StateDict): WeightNetLayer[] {
  const layers: WeightNetLayer[] = [];
  const at = (index: number) => `weight_net.forward_layers.${index}`;
  for (let index = 0; params[`${at(index)}.weight`];) {
    const next = params[`${at(index + 1)}.weight`];
    layers.push({ affine: at(index), norm: next ? at(index + 1) : undefined });
    index += next ? 3 : 2;
  }
  return layers;
}

/**
 * Evaluates the weight net on the offsets of a layer. Every affine map is followed by batch norm, if the net has it,
 * and a leaky ReLU of slope 0.2, including the last one.
 *
 * @param tables Offsets of the layer.
 * @param state Holds `weight_net.forward_layers.N.weight` `[out, in, 1, 1]` and so on.
 * @param options Mode, number of examples.
 *
 * @example
 * ```ts
 * import { convTables, findNeighbourhoods, pointSet, weightNet } from "@gasp/pointconv";
 * import { evaluate, reference, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 2), [2, 1]), layer = { points: 2, neighbours: 2 };
 * const [found] = await findNeighbourhoods(points, [layer], { device: reference });
 * const params = {
 *   "weight_net.forward_layers.0.weight": tensor([1], [1, 1, 1, 1]),
 *   "weight_net.forward_layers.0.bias": tensor([10]),
 * };
 * const { weights } = weightNet(convTables(found!), { params, statistics: {} }, { mode: "eval", copies: 1 });
 * assertEquals([...await (await evaluate(weights)).data()], [10, 12, 10, 8]); // 10 + offset
 * ```
 *
 * @category PointConv
 */
export function weightNet(
  tables: ConvTables,
  state: NetworkState,
  options: WeightNetOptions,
): NeighbourWeights {
  const { offsets, distinct, present } = tables, counts = distinct?.counts ?? present;
  const statistics: Record<string, Tensor> = {};
  let x = offsets;
  for (const { affine, norm } of layersOf(state.params)) {
    const weight = getTensor(state.params, `${affine}.weight`),
      bias = getTensor(state.params, `${affine}.bias`);
    const matrix = reshape(weight, weight.shape.slice(0, 2));
    if (norm === undefined) {
      x = linear(x, matrix, bias);
    } else {
      const weighed = { ...options, inputBias: bias, ...(counts && { counts }) };
      const result = applyBatchNorm(linear(x, matrix), state, norm, weighed);
      Object.assign(statistics, result.statistics);
      x = result.features;
    }
    x = leakyRelu(x, WEIGHT_NET_SLOPE);
  }
  return { weights: everyOffset(x, tables), byOffset: x, statistics };
}

/**
 * Gathers the row of each neighbour's offset; zeros for missing neighbours.
 *
 * @param rows `[offsets, width]`, one per offset of the tables.
 * @param tables Tables of the layer.
 * @returns `[outputs, k, width]`.
 */
export function everyOffset(rows: Tensor, { distinct, neighbours, present }: ConvTables): Tensor {
  const every = distinct ? gather(rows, distinct.table) : rows;
  const masked = present ? mul(every, expandDims(present, 1)) : every;
  return reshape(masked, [...neighbours.index.shape, -1]);
}
