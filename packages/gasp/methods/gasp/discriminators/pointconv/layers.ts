/**
 * The discriminator's layers with the numbers that the reference's state dictionary gives them: a PointConv layer, its
 * batch norm and its non-linearity count as three, a pool as one.
 * @module
 */
import { type ConvLayer, inputChannels, type PointConvNetwork, type PoolLayer } from "./config.ts";

/** One layer and its names. */
export type NumberedLayer = {
  readonly config: ConvLayer;
  /** Position in the list of layers of the configuration. */
  readonly position: number;
  /** Number in the state dictionary. */
  readonly index: number;
  /** `layers.0` */
  readonly name: string;
  /** Input channels. */
  readonly channelsIn: number;
  /** `layers.1.batchnorm`, if batch norm follows. */
  readonly norm: string | undefined;
  /** Number of the non-linearity, if one follows. */
  readonly activation: number | undefined;
} | {
  readonly config: PoolLayer;
  readonly position: number;
  readonly index: number;
};

/** Whether a state has a tensor of some name. */
export type Has = (name: string) => boolean;

/**
 * Numbers the layers. The last layer has neither batch norm nor non-linearity unless a head follows.
 *
 * @param network The discriminator.
 * @param has Tells which tensors a state has, where networks without batch norm may come. Default: all.
 */
export function numberedLayers(network: PointConvNetwork, has: Has = () => true): NumberedLayer[] {
  const { layers, head, featureNorm } = network;
  let index = 0, channelsIn = inputChannels(network);
  return layers.map((config, position): NumberedLayer => {
    if (config.kind === "pool") return { config, position, index: index++ };
    const own = index++, bare = position === layers.length - 1 && !head?.length;
    const normName = `layers.${index}.batchnorm`;
    const isNormed = !bare && featureNorm !== "none" && has(`${normName}.weight`);
    const norm = isNormed ? normName : undefined;
    if (norm !== undefined) index++;
    const layer = { config, position, index: own, name: `layers.${own}`, channelsIn, norm };
    channelsIn = config.channels;
    return { ...layer, activation: bare ? undefined : index++ };
  });
}

/**
 * Names and sizes of the affine layers of the head: `linear_layers.0`, `linear_layers.2`, ...
 *
 * @param network The discriminator.
 */
export function headLayers(
  network: PointConvNetwork,
): { readonly name: string; readonly sizeIn: number; readonly size: number }[] {
  const { layers, head = [] } = network;
  const channels = layers.findLast((layer) => layer.kind === "conv")?.channels ?? inputChannels(network);
  const flat = channels * (layers.at(-1)?.points ?? 0);
  return head.map((size, i) => ({ name: `linear_layers.${2 * i}`, sizeIn: head[i - 1] ?? flat, size }));
}
