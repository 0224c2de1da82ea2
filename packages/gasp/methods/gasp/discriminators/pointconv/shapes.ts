/**
 * Names and shapes of the discriminator's tensors, as in the state dictionary of the reference code.
 * @module
 */
import type { Shape } from "@gasp/tensor";
import type { DiscriminatorShapes } from "../core/discriminator.ts";
import type { PointConvNetwork } from "./config.ts";
import { headLayers, numberedLayers } from "./layers.ts";

/** Default layer widths of a weight net (appendix A.1 of the paper). */
const WEIGHT_NET_SIZES = [16, 16, 16, 16];

/**
 * Returns the names and shapes of all tensors of the discriminator.
 *
 * @param network The discriminator.
 * @category Training methods
 */
export function discriminatorShapes(network: PointConvNetwork): DiscriminatorShapes {
  const params = new Map<string, Shape>(), statistics = new Map<string, Shape>();
  const untrained = new Set<string>();
  const affine = (name: string, weight: Shape, norm: string | undefined) => {
    params.set(`${name}.weight`, weight).set(`${name}.bias`, [weight[0]!]);
    if (norm === undefined) return;
    untrained.add(`${name}.bias`);
    params.set(`${norm}.weight`, [weight[0]!]).set(`${norm}.bias`, [weight[0]!]);
    statistics.set(`${norm}.running_mean`, [weight[0]!]).set(`${norm}.running_var`, [weight[0]!]);
  };
  for (const layer of numberedLayers(network)) {
    if (!("name" in layer)) continue;
    const net = `${layer.name}.weight_net.forward_layers`;
    const { weightNetSizes: sizes = WEIGHT_NET_SIZES } = layer.config;
    const isNormed = network.weightNorm !== "none";
    sizes.forEach((size, i) => {
      // An affine map, its batch norm if it has one, and its activation count as one each
      const index = (isNormed ? 3 : 2) * i, shape = [size, sizes[i - 1] ?? network.coordinateDim, 1, 1];
      affine(`${net}.${index}`, shape, isNormed ? `${net}.${index + 1}` : undefined);
    });
    const width = layer.channelsIn * sizes.at(-1)!;
    affine(`${layer.name}.linear`, [layer.config.channels, width], layer.norm);
  }
  for (const { name, size, sizeIn } of headLayers(network)) {
    affine(name, [size, sizeIn], undefined);
  }
  return { params, statistics, untrained };
}
