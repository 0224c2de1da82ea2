/**
 * What every stage shows.
 *
 * @module
 */
import type { ModelInfo } from "../../../worker/core/models.ts";

/** Properties of every stage. */
export interface StageProps {
  /** Model of the function. */
  readonly info: ModelInfo;
  /** Latent of the function, `[latentDim]`. */
  readonly latent: Float32Array;
}
