/**
 * Names and shapes of the discriminator's tensors, as in the reference's state dictionary.
 * @module
 */
import type { Shape } from "@gasp/tensor";
import { headLayers, numberedLayers } from "./discriminator_layers.ts";
import { discriminatorInputs, type ModelConfig } from "../config/model_config.ts";

/** Sizes of the layers of a weight net, if the configuration gives none. */
const WEIGHT_NET = [16, 16, 16, 16];

/** Tensors of the discriminator. */
export interface DiscriminatorShapes {
  /** Parameters by name. */
  readonly params: ReadonlyMap<string, Shape>;
  /** Running statistics by name. */
  readonly statistics: ReadonlyMap<string, Shape>;
  /**
   * Biases right before a batch norm. Their gradient is exactly zero in training, so they are kept, for the running
   * means, but not trained.
   */
  readonly untrained: ReadonlySet<string>;
}

/**
 * All tensors of the discriminator.
 *
 * @param model The networks.
 */
export function discriminatorShapes(model: ModelConfig): DiscriminatorShapes {
  const params = new Map<string, Shape>(), statistics = new Map<string, Shape>();
  const untrained = new Set<string>();
  const affine = (name: string, weight: Shape, norm: string | undefined) => {
    params.set(`${name}.weight`, weight).set(`${name}.bias`, [weight[0]!]);
    if (norm === undefined) return;
    untrained.add(`${name}.bias`);
    params.set(`${norm}.weight`, [weight[0]!]).set(`${norm}.bias`, [weight[0]!]);
    statistics.set(`${norm}.running_mean`, [weight[0]!]).set(`${norm}.running_var`, [weight[0]!]);
  };
  for (const layer of numberedLayers(model, discriminatorInputs(model))) {
    if (!("name" in layer)) continue;
    const net = `${layer.name}.weight_net.forward_layers`;
    const { mid = WEIGHT_NET } = layer.config;
    mid.forEach((size, i) =>
      affine(`${net}.${3 * i}`, [size, mid[i - 1] ?? model.coordinateDim, 1, 1], `${net}.${3 * i + 1}`)
    );
    const width = layer.channelsIn * mid.at(-1)!;
    affine(`${layer.name}.linear`, [layer.config.channels, width], layer.norm);
  }
  for (const { name, size, sizeIn } of headLayers(model, discriminatorInputs(model))) {
    affine(name, [size, sizeIn], undefined);
  }
  return { params, statistics, untrained };
}
