/**
 * Configuration of a GASP: its networks and its training.
 * @module
 */
import type { RunConfig } from "../../config/run_settings.ts";
import type { FunctionModel } from "../../model/function_model.ts";
import type { SubsetConfig } from "../core/subset.ts";
import type { DiscriminatorConfig } from "./discriminators/table.ts";

/**
 * The networks: the function generator (section 3.2 of the paper) and the discriminator (section 3.3).
 *
 * @category Training methods
 */
export interface GaspModel extends FunctionModel {
  /** The discriminator. */
  readonly discriminator: DiscriminatorConfig;
}

/**
 * Whether a loss is computed on the discriminator's probability or on its logit.
 *
 * @category Training methods
 */
export type Scale = "probability" | "logit";

/**
 * Optimisation settings (section 3.4, appendix A.1 of the paper).
 *
 * @category Training methods
 */
export interface GaspTraining {
  /** Learning rate of the generator. */
  readonly generatorRate: number;
  /** Learning rate of the discriminator. */
  readonly discriminatorRate: number;
  /** Weight of the R1 penalty (section 3.4); 0: none. */
  readonly r1Weight: number;
  /** What the R1 penalty differentiates; `probability` in the reference code. */
  readonly r1On: Scale;
  /** Form of the cross-entropy; the reference code uses probabilities, with logarithms clamped at -100. */
  readonly loss: Scale;
  /** Decay of the exponential moving average of the generator's weights; null: no average. */
  readonly emaDecay: number | null;
  /** Subsampling of points in each step (section 3.1). Default: all points. */
  readonly subset?: SubsetConfig;
}

/**
 * Configuration of a run of GASP.
 *
 * @category Training methods
 */
export type GaspConfig = RunConfig<GaspModel, GaspTraining>;
