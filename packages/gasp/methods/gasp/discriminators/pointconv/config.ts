/**
 * Configuration of the PointConv discriminator.
 * @module
 */
import type { ModelConfig } from "../../../../config/run_settings.ts";

/**
 * A PointConv layer, followed by batch norm and LeakyReLU unless it is the last layer.
 *
 * @category Training methods
 */
export interface ConvLayer {
  /** Kind of layer. */
  readonly kind: "conv";
  /** Output channels. */
  readonly channels: number;
  /** Number of output points. */
  readonly points: number;
  /** Number of neighbours per output point, itself included; 3^d in the paper (appendix A.1). */
  readonly neighbours: number;
  /** Largest distance of a neighbour; farther ones are ignored. Default: unlimited. */
  readonly radius?: number;
  /** Layer widths of the weight net. Default: 16, 16, 16, 16, as in appendix A.1. */
  readonly weightNetSizes?: readonly number[];
}

/**
 * Average pooling over neighbours.
 *
 * @category Training methods
 */
export interface PoolLayer {
  /** Kind of layer. */
  readonly kind: "pool";
  /** Number of output points; a pooling layer of the paper divides it by 2^d (appendix A.1). */
  readonly points: number;
  /** Number of neighbours per output point, itself included. */
  readonly neighbours: number;
  /** Largest distance of a neighbour; farther ones are ignored. Default: unlimited. */
  readonly radius?: number;
}

/**
 * One layer of the discriminator.
 *
 * @category Training methods
 */
export type LayerConfig = ConvLayer | PoolLayer;

/**
 * The PointConv discriminator of the paper (section 3.3).
 *
 * @category Training methods
 */
export interface PointConvConfig {
  /** Kind of discriminator. */
  readonly kind: "pointconv";
  /** Layers in order. Without a head, the last must be a PointConv layer with 1 channel at 1 point. */
  readonly layers: readonly LayerConfig[];
  /** Order p ≥ 1 of the ℓ_p norm for distances, usually 2. */
  readonly norm: number;
  /** Widths of affine layers after the last layer, ending in 1. Default: none. */
  readonly head?: readonly number[];
  /**
   * Normalisation after each convolution. Batch norm, as in the reference code, normalises real and generated batches
   * separately, which hides the overall scale of the features from the discriminator. Default: `batch`.
   */
  readonly featureNorm?: "batch" | "none";
  /** Normalisation of the layers of the weight nets; `none` is an ablation of appendix A.2. Default: `batch`. */
  readonly weightNorm?: "batch" | "none";
  /**
   * Whether the first layer reads each point's coordinates in addition to its features. PointConv is translation equivariant
   * (section 3.3), so without them a part in the wrong place may go unnoticed. Default: false, as in the reference code.
   */
  readonly positions?: boolean;
}

/**
 * A PointConv discriminator with the dimensions of its input.
 *
 * @category Training methods
 */
export type PointConvNetwork = Omit<PointConvConfig, "kind"> & ModelConfig;

/**
 * Returns the number of input channels of the first layer.
 *
 * @param network The discriminator.
 */
export function inputChannels({ featureDim, coordinateDim, positions = false }: PointConvNetwork): number {
  return featureDim + (positions ? coordinateDim : 0);
}
