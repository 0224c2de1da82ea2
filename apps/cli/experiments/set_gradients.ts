/**
 * Gradients of a set discriminator beside the bounds of its Lipschitz constants (appendix B.3).
 * @module
 */
import { grad } from "@gasp/autograd";
import type { Dataset } from "@gasp/datasets";
import {
  asGasp,
  gaspNetworks,
  type GaspState,
  type RunConfig,
  type SetLipschitz,
  setLipschitz,
} from "@gasp/gasp";
import { compile, type Device, disposeTree, sum, type Tensor, tensor, transpose } from "@gasp/tensor";

/** Bounds and gradients of a discriminator. */
export interface SetGradients {
  /** Bounds of the Lipschitz constants. */
  readonly bounds: SetLipschitz;
  /** Largest norm of the gradient of the logit with respect to the features of an item. */
  readonly largest: number;
  /** Mean of these norms. */
  readonly mean: number;
}

/**
 * Computes bounds, and gradients at items.
 *
 * @param config Configuration of a run of the method `set`.
 * @param state Its state.
 * @param data Data whose items share their points.
 * @param items Values of the items, `[items, points, featureDim]`.
 * @param device Device to compute on.
 */
export async function setGradients(
  config: RunConfig,
  state: GaspState,
  data: Dataset,
  items: Float32Array,
  device: Device,
): Promise<SetGradients> {
  const { model, training } = asGasp({ ...config, method: "gasp" }),
    { pointCount, featureDim, coordinateDim } = data;
  const { discriminator } = gaspNetworks(model, training), count = items.length / (pointCount * featureDim);
  const coordinates = tensor(data.coordinates, [pointCount, coordinateDim]);
  const program = compile((params: GaspState["discriminator"], features: Tensor) => {
    const network = { params, statistics: {} }, points = discriminator.points(coordinates);
    const shared = discriminator.evaluateShared(network, points, { mode: "eval", copies: count });
    // Logits of different items are independent, so the gradient of their sum contains that of each
    return grad((features: Tensor) => {
      const byPoints = transpose(features, [1, 0, 2]);
      return sum(discriminator.evaluate(byPoints, network, points, shared, "eval").logits);
    })(features);
  }, { device });
  const gradient = await program(state.discriminator, tensor(items, [count, pointCount, featureDim]));
  const values = await gradient.data(), size = pointCount * featureDim;
  const norms = Array.from({ length: count }, (_, i) => {
    let square = 0;
    for (let at = i * size; at < (i + 1) * size; at++) square += values[at]! ** 2;
    return Math.sqrt(square);
  });
  disposeTree(gradient);
  program.release();
  return {
    bounds: await setLipschitz(state.discriminator),
    largest: Math.max(...norms),
    mean: norms.reduce((total, norm) => total + norm, 0) / count,
  };
}
