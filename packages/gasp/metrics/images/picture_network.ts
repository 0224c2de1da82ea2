/**
 * The interface of a network that maps pictures to features.
 *
 * @module
 */
import type { Tensor } from "@gasp/tensor";

/** A network: pictures in [-1, 1], `[batch, 3, 299, 299]`, to features, `[batch, width]`. */
export interface PictureNetwork {
  /** Dimension of the features. */
  readonly width: number;
  /**
   * Evaluates the network.
   *
   * @param pictures Concrete, `[batch, 3, 299, 299]`; not disposed of.
   */
  run(pictures: Tensor): Promise<Float32Array>;
  /** Frees the network. */
  release(): void;
}
