/**
 * Configuration of the PointConv discriminator.
 * @module
 */
import type { ModelConfig } from "../../../../config/run_settings.ts";

/** A PointConv layer, then batch norm and a leaky rectifier (unless it ends the network). */
export interface ConvLayer {
  /** Which kind. */
  readonly kind: "conv";
  /** Output channels. */
  readonly channels: number;
  /** Output points. */
  readonly points: number;
  /** Neighbours that each point reads, itself included. */
  readonly neighbours: number;
  /** Neighbours farther away are left out. Default: none are. */
  readonly radius?: number;
  /** Sizes of the layers of the weight net. Default: 16, 16, 16, 16. */
  readonly weightNetSizes?: readonly number[];
}

/** An average over neighbours. */
export interface PoolLayer {
  /** Which kind. */
  readonly kind: "pool";
  /** Output points. */
  readonly points: number;
  /** Neighbours that each point reads, itself included. */
  readonly neighbours: number;
  /** Neighbours farther away are left out. Default: none are. */
  readonly radius?: number;
}

/** One layer of the discriminator. */
export type LayerConfig = ConvLayer | PoolLayer;

/** The PointConv discriminator of the paper (section 3.3). */
export interface PointConvConfig {
  /** Which kind. */
  readonly kind: "pointconv";
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

/** A PointConv discriminator with the sizes of what it reads. */
export type PointConvNetwork = Omit<PointConvConfig, "kind"> & ModelConfig;

/**
 * Input channels of the first layer.
 *
 * @param network The discriminator.
 */
export function inputChannels({ featureDim, coordinateDim, positions = false }: PointConvNetwork): number {
  return featureDim + (positions ? coordinateDim : 0);
}
