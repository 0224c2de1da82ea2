/**
 * What draws samples: from latents to functions, from functions to features at any coordinates. Sampler, sheets, exports and
 * `fit` need nothing else of a model.
 * @module
 */
import type { Tensor, Tree } from "@gasp/tensor";

/**
 * A distribution over functions. Latents are always standard normal; a method whose latents are distributed otherwise maps
 * them within `functions`, and has the prior among its weights. A method whose samples exist on a grid only has their values
 * as its functions, and interpolates between them in `evaluate`.
 *
 * All three functions build tensor expressions; they are traced once for each set of shapes.
 */
export interface FunctionGenerator<
  Weights extends Tree = Tree,
  Functions extends Tree = Tree,
  Shared extends Tree = Tree,
> {
  /** Size of a coordinate. */
  readonly coordinateDim: number;
  /** Size of a feature. */
  readonly featureDim: number;
  /** Size of a latent. */
  readonly latentDim: number;
  /**
   * The functions of some latents.
   *
   * @param weights The trained weights.
   * @param latents Standard normal, `[count, latentDim]`.
   * @returns What tells the functions apart, each tensor with a first axis of `count`.
   */
  functions(weights: Weights, latents: Tensor): Functions;
  /**
   * The part of the weights that all functions share, such as the frequencies of Fourier features or a decoder.
   *
   * @param weights The trained weights.
   * @returns Some of the same tensors; an empty object if there are none.
   */
  shared(weights: Weights): Shared;
  /**
   * What of the evaluation depends on the coordinates alone, so that it is computed once where they stay the same.
   *
   * @param shared What {@link shared} returned.
   * @param coordinates `[..., coordinateDim]`.
   * @returns `[..., size]`; the coordinates themselves where there is nothing to compute.
   */
  encode(shared: Shared, coordinates: Tensor): Tensor;
  /**
   * The functions at some points.
   *
   * @param functions What {@link functions} returned.
   * @param encoding Encoded coordinates, `[points, size]` for all functions or `[count, points, size]`.
   * @param shared What {@link shared} returned.
   * @returns Features in [-1, 1], `[count, points, featureDim]`.
   */
  evaluate(functions: Functions, encoding: Tensor, shared: Shared): Tensor;
}

/** Which weights of a generator: the latest, or their moving average where the method keeps one. */
export type WeightsKind = "latest" | "average";
