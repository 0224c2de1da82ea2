/**
 * What a model is made of, and how it is trained.
 * @module
 */

/** A PointConv layer, then batch norm and a leaky rectifier (unless it ends the network). */
export interface ConvLayer {
  /** Which kind. */
  readonly kind: "conv";
  /** Channels that it gives. */
  readonly channels: number;
  /** Points that it gives. */
  readonly points: number;
  /** Neighbours that each point reads, itself included. */
  readonly neighbours: number;
  /** Neighbours farther away are left out. Default: none are. */
  readonly radius?: number;
  /** Sizes of the layers of the weight net. Default: 16, 16, 16, 16. */
  readonly mid?: readonly number[];
}

/** An average over neighbours. */
export interface PoolLayer {
  /** Which kind. */
  readonly kind: "pool";
  /** Points that it gives. */
  readonly points: number;
  /** Neighbours that each point reads, itself included. */
  readonly neighbours: number;
  /** Neighbours farther away are left out. Default: none are. */
  readonly radius?: number;
}

/** One layer of the discriminator. */
export type LayerConfig = ConvLayer | PoolLayer;

/** Random Fourier features of the coordinates. */
export interface FourierConfig {
  /** Number of frequencies m; there are 2 m features. */
  readonly count: number;
  /** Standard deviation σ of the frequencies. */
  readonly sigma: number;
}

/** The discriminator. */
export interface DiscriminatorConfig {
  /** Its layers in order. The last is a PointConv layer to one number: 1 channel at 1 point, unless there is a head. */
  readonly layers: readonly LayerConfig[];
  /** Order of the norm that distances are measured in: 2, or any from 1 to `Infinity`. */
  readonly norm: number;
  /** Sizes of affine layers after the last one, ending in 1. Default: none. */
  readonly head?: readonly number[];
  /**
   * What normalises features after a convolution. Batch norm, as in the reference, treats real and generated batches apart,
   * which hides from the discriminator how large values are on the whole. Default: `batch`.
   */
  readonly featureNorm?: "batch" | "none";
  /**
   * Whether the first layer reads the coordinates of each point beside its features. PointConv knows only how points lie to
   * each other, so that a part in a wrong place goes unseen. Default, and the reference: no.
   */
  readonly positions?: boolean;
}

/** The networks. */
export interface ModelConfig extends DiscriminatorConfig {
  /** Numbers of a coordinate: 2 for images, 3 for shapes and the sphere. */
  readonly coordinateDim: number;
  /** Numbers of a feature: 3 for colours, 1 for grey values, occupancy and temperature. */
  readonly featureDim: number;
  /** Numbers of a latent. */
  readonly latentDim: number;
  /** Hidden sizes of the hypernetwork. */
  readonly hyperHidden: readonly number[];
  /** Hidden sizes of the function network. */
  readonly functionHidden: readonly number[];
  /** Encoding of coordinates; null: none. */
  readonly fourier: FourierConfig | null;
}

/** Whether something works on the probability that the discriminator gives, or on its logit. */
export type Scale = "probability" | "logit";

/** How a model is trained. */
export interface TrainOptions {
  /** Examples of a step. */
  readonly batch: number;
  /** Learning rate of the generator. */
  readonly generatorRate: number;
  /** Learning rate of the discriminator. */
  readonly discriminatorRate: number;
  /** Weight of the R1 penalty; 0: none. */
  readonly r1Weight: number;
  /** What the R1 penalty is the gradient of. The reference: the probability. */
  readonly r1On: Scale;
  /** Form of the cross-entropy. The reference: on probabilities, with logarithms not below -100. */
  readonly loss: Scale;
  /** Decay of the moving average of the generator; null: none is kept. */
  readonly averageDecay: number | null;
  /** Points that each step looks at. Default: all. */
  readonly subset?: SubsetConfig;
}

/** A step that looks at some of the points; they are chosen anew for every step. */
export interface SubsetConfig {
  /** How many. */
  readonly count: number;
  /** `uniform` as in the paper; `blue-noise`: evenly spread; `balanced`: half of them where something is occupied. */
  readonly choose: "uniform" | "blue-noise" | "balanced";
}

/**
 * Numbers that the discriminator reads at each point.
 *
 * @param model The networks.
 */
export function discriminatorInputs(
  { featureDim, coordinateDim, positions = false }: Pick<
    ModelConfig,
    "featureDim" | "coordinateDim" | "positions"
  >,
): number {
  return featureDim + (positions ? coordinateDim : 0);
}

/**
 * Sizes of the function network from its input to its output.
 *
 * @param model The networks.
 *
 * @example
 * ```ts
 * import { functionSizes, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = resolveRunConfig({ preset: "tiny" });
 * assertEquals(functionSizes(model).at(-1), model.featureDim);
 * ```
 */
export function functionSizes(model: ModelConfig): number[] {
  const input = model.fourier ? 2 * model.fourier.count : model.coordinateDim;
  return [input, ...model.functionHidden, model.featureDim];
}
