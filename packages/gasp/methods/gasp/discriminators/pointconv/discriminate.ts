/**
 * The PointConv discriminator of the paper (section 3.3): PointConv layers and pools over a set of (coordinate, feature) pairs, down to one number.
 * @module
 */
import {
  applyBatchNorm,
  getTensor,
  mlp,
  type Mode,
  type NetworkState,
  type StateDict,
  withoutPrefix,
  withPrefix,
} from "@gasp/autograd";
import {
  convolve,
  type ConvTables,
  type NeighbourWeights,
  pointPool,
  toBatchMajor,
  weightNet,
  type WeightNetOptions,
} from "@gasp/pointconv";
import { leakyRelu, reshape, scope, type Tensor } from "@gasp/tensor";
import type { DiscriminatorOutput, SharedEvaluation } from "../core/discriminator.ts";
import type { PointConvNetwork } from "./config.ts";
import { headLayers, type NumberedLayer, numberedLayers } from "./layers.ts";
import type { DiscriminatorTables } from "./tables.ts";

/** Slope below 0 of the leaky rectifiers, as in the reference. */
const SLOPE = 0.2;

/** The weight nets of all PointConv layers, evaluated. */
export interface WeightNetOutputs extends SharedEvaluation {
  /** By the number of the layer. */
  readonly nets: ReadonlyMap<number, NeighbourWeights>;
  /** The next running statistics of the weight nets. */
  readonly statistics: StateDict;
}

/** What the PointConv discriminator says of a batch. */
export interface PointConvOutput extends DiscriminatorOutput {
  /** Output of each layer by the reference's numbers, `[points, batch, channels]`; empty where it has no layer. */
  readonly outputs: readonly Tensor[];
}

function layersOf(network: PointConvNetwork, params: StateDict): NumberedLayer[] {
  return numberedLayers(network, (name) => name in params);
}

/**
 * Evaluates the weight nets. They depend on parameters and coordinates only, so one evaluation serves the real and the
 * fake batch.
 *
 * @param network The discriminator.
 * @param state Parameters and running statistics of the discriminator.
 * @param tables Tables of {@link discriminatorTables}.
 * @param options Which statistics normalise, and how many examples share the coordinates.
 */
export function evaluateWeightNets(
  network: PointConvNetwork,
  state: NetworkState,
  tables: DiscriminatorTables,
  options: WeightNetOptions,
): WeightNetOutputs {
  const nets = new Map<number, NeighbourWeights>();
  const statistics: Record<string, Tensor> = {};
  for (const layer of layersOf(network, state.params)) {
    if (!("name" in layer)) continue;
    const prefix = `${layer.name}.`;
    const own = {
      params: withoutPrefix(state.params, prefix),
      statistics: withoutPrefix(state.statistics, prefix),
    };
    const net = scope(
      `discriminator/${layer.name}/weight net`,
      () => weightNet(tables[layer.position] as ConvTables, own, options),
    );
    nets.set(layer.index, net);
    Object.assign(statistics, withPrefix(net.statistics, prefix));
  }
  return { nets, statistics };
}

/**
 * Evaluates a batch.
 *
 * @param features `[points, batch, channels]`, or `[batch · points, 1, channels]` where coordinates differ.
 * @param network The discriminator.
 * @param state Parameters and running statistics of the discriminator.
 * @param tables Tables of {@link discriminatorTables}.
 * @param kernels Weight nets of {@link evaluateWeightNets} for the same parameters and tables.
 * @param mode Which statistics normalise features.
 */
export function discriminate(
  features: Tensor,
  network: PointConvNetwork,
  state: NetworkState,
  tables: DiscriminatorTables,
  kernels: WeightNetOutputs,
  mode: Mode,
): PointConvOutput {
  const statistics: Record<string, Tensor> = {};
  const outputs: Tensor[] = [];
  const evaluate = (layer: NumberedLayer, input: Tensor): Tensor => {
    const table = tables[layer.position]!;
    if (!("name" in layer)) return outputs[layer.index] = pointPool(input, table);
    const params = withoutPrefix(state.params, `${layer.name}.`);
    const net = kernels.nets.get(layer.index)!;
    let x = convolve(input, net, params, table as ConvTables, { bias: layer.norm === undefined });
    outputs[layer.index] = x;
    if (layer.norm !== undefined) {
      const inputBias = getTensor(params, "linear.bias");
      const normalised = applyBatchNorm(x, state, layer.norm, { mode, inputBias });
      Object.assign(statistics, normalised.statistics);
      x = outputs[layer.index + 1] = normalised.features;
    }
    return layer.activation === undefined ? x : outputs[layer.activation] = leakyRelu(x, SLOPE);
  };
  const last = layersOf(network, state.params).reduce((x, layer) => {
    return scope(`discriminator/layers.${layer.index}`, () => evaluate(layer, x));
  }, features);
  const logits = scope("discriminator/head", () => head(last, network, state.params));
  return { logits, statistics, outputs };
}

/** Points and channels of each example in one row, then the affine layers, if there are any. */
function head(features: Tensor, network: PointConvNetwork, params: StateDict): Tensor {
  const examples = toBatchMajor(features, network.layers.at(-1)!.points);
  const flat = reshape(examples, [examples.shape[0]!, -1]);
  const layers = headLayers(network).map(({ name }) => ({
    weight: getTensor(params, `${name}.weight`),
    bias: getTensor(params, `${name}.bias`),
  }));
  return layers.length === 0 ? flat : mlp(flat, layers, (x) => leakyRelu(x, SLOPE));
}
