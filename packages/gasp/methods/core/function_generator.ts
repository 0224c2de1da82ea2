/**
 * The generator interface: maps latents to functions, and evaluates functions at any coordinates (section 3.2 of the paper).
 * The sampler, sheets, exports and `fit` depend on nothing else of a model.
 * @module
 */
import type { Tensor, Tree } from "@gasp/tensor";

/**
 * A distribution over functions. Latents are always standard normal; a method with another prior transforms them in
 * `functions`, with the parameters of the prior among its weights. A method whose samples are defined on a grid only returns
 * grid values from `functions` and interpolates them in `evaluate`.
 *
 * All methods build tensor expressions; they are traced once for each set of shapes.
 *
 * @category Training methods
 */
export interface FunctionGenerator<
  Weights extends Tree = Tree,
  Functions extends Tree = Tree,
  Shared extends Tree = Tree,
> {
  /** Coordinate dimension. */
  readonly coordinateDim: number;
  /** Feature dimension. */
  readonly featureDim: number;
  /** Dimension of a latent. */
  readonly latentDim: number;
  /**
   * Maps latents to functions.
   *
   * @param weights Trained weights.
   * @param latents Standard normal, `[count, latentDim]`.
   * @returns The parameters that differ between functions, each tensor with a leading axis of `count`.
   */
  functions(weights: Weights, latents: Tensor): Functions;
  /**
   * Returns the weights that all functions share, such as Fourier frequencies or a decoder.
   *
   * @param weights Trained weights.
   * @returns A subset of the same tensors; an empty object if there are none.
   */
  shared(weights: Weights): Shared;
  /**
   * Computes the part of the evaluation that depends on coordinates only, so that it can be reused while they do not change.
   *
   * @param shared Result of {@link shared}.
   * @param coordinates `[..., coordinateDim]`.
   * @returns `[..., size]`; the coordinates themselves if there is nothing to compute.
   */
  encode(shared: Shared, coordinates: Tensor): Tensor;
  /**
   * Evaluates functions at points.
   *
   * @param functions Result of {@link functions}.
   * @param encoding Encoded coordinates, `[points, size]` shared by all functions, or `[count, points, size]`.
   * @param shared Result of {@link shared}.
   * @returns Features in [-1, 1], `[count, points, featureDim]`.
   */
  evaluate(functions: Functions, encoding: Tensor, shared: Shared): Tensor;
  /**
   * Computes the log-density of the method's own latents, which {@link functions} maps standard normal ones to. Absent if it
   * uses standard normal latents themselves, up to a scale.
   *
   * @param weights Trained weights.
   * @param latents Standard normal latents that are mapped, `[count, latentDim]`.
   * @returns In nats, `[count]`.
   */
  logDensity?(weights: Weights, latents: Tensor): Tensor;
}

/**
 * Which weights of a generator: the latest, or their exponential moving average if the method maintains one.
 *
 * @category Training methods
 */
export type WeightsKind = "latest" | "ema";
