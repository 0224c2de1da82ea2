/**
 * Sizes of a model whose samples are functions: a hypernetwork and the function networks whose weights it computes.
 * @module
 */
import type { ModelConfig } from "../config/run_settings.ts";

/** Random Fourier features of the coordinates. */
export interface FourierConfig {
  /** Number of frequencies m; there are 2 m features. */
  readonly count: number;
  /** Standard deviation σ of the frequencies. */
  readonly sigma: number;
}

/** A hypernetwork and its function networks. */
export interface FunctionModel extends ModelConfig {
  /** Size of a latent. */
  readonly latentDim: number;
  /** Hidden sizes of the hypernetwork. */
  readonly hyperHidden: readonly number[];
  /** Hidden sizes of the function network. */
  readonly functionHidden: readonly number[];
  /** Encoding of coordinates; null: none. */
  readonly fourier: FourierConfig | null;
}

/** Slope below 0 of the leaky rectifiers of hypernetwork and function network, as in the reference. */
export const GENERATOR_SLOPE = 0.1;

/**
 * Sizes of the function network from its input to its output.
 *
 * @param model The networks.
 *
 * @example
 * ```ts
 * import { asGasp, functionSizes, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * assertEquals(functionSizes(model).at(-1), model.featureDim);
 * ```
 */
export function functionSizes(model: FunctionModel): number[] {
  const input = model.fourier ? 2 * model.fourier.count : model.coordinateDim;
  return [input, ...model.functionHidden, model.featureDim];
}
