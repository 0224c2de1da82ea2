/**
 * The point cloud discriminator of the paper (section 3.3): PointConv and pooling layers map a set of (coordinate, feature)
 * pairs to a single logit.
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

/** Negative slope of the discriminator's LeakyReLU, as in the reference code. */
const DISCRIMINATOR_SLOPE = 0.2;

/**
 * Outputs of the weight nets of all PointConv layers.
 *
 * @category Training methods
 */
export interface WeightNetOutputs extends SharedEvaluation {
  /** Outputs by layer index in the state dictionary. */
  readonly nets: ReadonlyMap<number, NeighbourWeights>;
  /** Updated running statistics of the weight nets. */
  readonly statistics: StateDict;
}

/**
 * Output of the PointConv discriminator for a batch.
 *
 * @category Training methods
 */
export interface PointConvOutput extends DiscriminatorOutput {
  /** Output of each layer by index in the state dictionary, `[points, batch, channels]`; sparse. */
  readonly outputs: readonly Tensor[];
}

function layersOf(network: PointConvNetwork, params: StateDict): NumberedLayer[] {
  return numberedLayers(network, (name) => name in params);
}

/**
 * Evaluates the weight nets W(xᵢ - x) of all PointConv layers (section 3.3). They depend on parameters and coordinates only,
 * so one evaluation serves both the real and the fake batch.
 *
 * @param network The discriminator.
 * @param state Parameters and running statistics of the discriminator.
 * @param tables Tables returned by `discriminatorTables`.
 * @param options Batch norm mode, and the number of examples that share the coordinates.
 * @category Training methods
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
 * Computes the logits of a batch (section 3.3).
 *
 * @param features `[points, batch, channels]`, or `[batch · points, 1, channels]` if examples have separate coordinates.
 * @param network The discriminator.
 * @param state Parameters and running statistics of the discriminator.
 * @param tables Tables returned by `discriminatorTables`.
 * @param kernels Result of {@link evaluateWeightNets} for the same parameters and tables.
 * @param mode Batch norm mode: batch statistics in `train`, running statistics in `eval`.
 * @category Training methods
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
    return layer.activation === undefined ? x : outputs[layer.activation] = leakyRelu(x, DISCRIMINATOR_SLOPE);
  };
  const last = layersOf(network, state.params).reduce((x, layer) => {
    return scope(`discriminator/layers.${layer.index}`, () => evaluate(layer, x));
  }, features);
  const logits = scope("discriminator/head", () => head(last, network, state.params));
  return { logits, statistics, outputs };
}

/** Flattens points and channels of each example, then applies the affine layers, if any. */
function head(features: Tensor, network: PointConvNetwork, params: StateDict): Tensor {
  const examples = toBatchMajor(features, network.layers.at(-1)!.points);
  const flat = reshape(examples, [examples.shape[0]!, -1]);
  const layers = headLayers(network).map(({ name }) => ({
    weight: getTensor(params, `${name}.weight`),
    bias: getTensor(params, `${name}.bias`),
  }));
  return layers.length === 0 ? flat : mlp(flat, layers, (x) => leakyRelu(x, DISCRIMINATOR_SLOPE));
}
