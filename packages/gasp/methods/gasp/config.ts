/**
 * What a GASP is made of, and how it is trained.
 * @module
 */
import type { RunConfig } from "../../config/run_settings.ts";
import type { FunctionModel } from "../../model/function_model.ts";
import type { DiscriminatorConfig } from "./discriminators/table.ts";

/** The networks: the function generator (section 3.2 of the paper) and the discriminator (section 3.3). */
export interface GaspModel extends FunctionModel {
  /** The discriminator. */
  readonly discriminator: DiscriminatorConfig;
}

/** Whether something works on the probability that the discriminator returns, or on its logit. */
export type Scale = "probability" | "logit";

/** How the networks are trained. */
export interface GaspTraining {
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
  /** Decay of the exponential moving average of the generator; null: none is kept. */
  readonly emaDecay: number | null;
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

/** Configuration of a run of this method. */
export type GaspConfig = RunConfig<GaspModel, GaspTraining>;
