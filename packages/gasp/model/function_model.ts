/**
 * Sizes of a model whose samples are functions: a hypernetwork g_φ and the function network f_θ whose weights it
 * computes (section 3.2 of the paper).
 * @module
 */
import type { ModelConfig } from "../config/run_settings.ts";

/**
 * Random Fourier features of the coordinates (section 2, "Representing high frequency functions").
 *
 * @category Models
 */
export interface FourierConfig {
  /** Number of frequencies m; the encoding has 2m features. */
  readonly count: number;
  /** Standard deviation σ of the entries of B. */
  readonly sigma: number;
  /** Whether B is trained, an ablation of appendix A.2. Default: false. */
  readonly learned?: boolean;
}

/** Name of trained frequencies B among the parameters of a hypernetwork. */
export const LEARNED_FREQUENCIES = "frequencies";

/**
 * Sizes of the hypernetwork and of the function network.
 *
 * @category Models
 */
export interface FunctionModel extends ModelConfig {
  /** Dimension of the latent z. */
  readonly latentDim: number;
  /** Widths of the hypernetwork's hidden layers. */
  readonly hyperHidden: readonly number[];
  /** Widths of the function network's hidden layers. */
  readonly functionHidden: readonly number[];
  /** Encoding γ of the coordinates; null: none. */
  readonly fourier: FourierConfig | null;
}

/** Negative slope of the LeakyReLU in the hypernetwork and the function network, as in the reference code. */
export const GENERATOR_SLOPE = 0.1;

/**
 * Returns the layer widths of the function network, from input to output.
 *
 * @param model Sizes of the networks.
 *
 * @example
 * ```ts
 * import { asGasp, functionSizes, resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "tiny" }));
 * assertEquals(functionSizes(model).at(-1), model.featureDim);
 * ```
 *
 * @category Models
 */
export function functionSizes(model: FunctionModel): number[] {
  const input = model.fourier ? 2 * model.fourier.count : model.coordinateDim;
  return [input, ...model.functionHidden, model.featureDim];
}
