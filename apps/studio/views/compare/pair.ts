/**
 * What is compared.
 *
 * @module
 */
import type { ModelInfo } from "../../worker/core/models.ts";

/** Two models. */
export interface PairProps {
  /** The chosen model and the other one. */
  readonly pair: readonly [ModelInfo, ModelInfo];
  /** Seed of latents and of the observed function. */
  readonly seed: number;
}
