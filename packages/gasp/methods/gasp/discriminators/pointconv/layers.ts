/**
 * The discriminator's layers with their indices in the state dictionary of the reference code: a PointConv layer, its batch
 * norm and its activation count as three, a pooling layer as one.
 * @module
 */
import { type ConvLayer, inputChannels, type PointConvNetwork, type PoolLayer } from "./config.ts";

/** A layer and its names in the state dictionary. */
export type NumberedLayer = {
  readonly config: ConvLayer;
  /** Position in the configuration's list of layers. */
  readonly position: number;
  /** Index in the state dictionary. */
  readonly index: number;
  /** `layers.0` */
  readonly name: string;
  /** Input channels. */
  readonly channelsIn: number;
  /** `layers.1.batchnorm`, if batch norm follows. */
  readonly norm: string | undefined;
  /** Index of the activation, if one follows. */
  readonly activation: number | undefined;
} | {
  readonly config: PoolLayer;
  readonly position: number;
  readonly index: number;
};

/** Tests whether a state has a tensor of a name. */
export type Has = (name: string) => boolean;

/**
 * Assigns indices to the layers. The last layer has neither batch norm nor activation, unless a head follows.
 *
 * @param network The discriminator.
 * @param has Which tensors the state has, for states without batch norm. Default: all.
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
 * Returns the names and sizes of the head's affine layers: `linear_layers.0`, `linear_layers.2`, ...
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
