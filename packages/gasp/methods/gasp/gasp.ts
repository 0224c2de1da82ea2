/**
 * Generative adversarial stochastic processes (Dupont, Teh & Doucet, 2021) as a training method.
 * @module
 */
import type { RunConfig } from "../../config/run_settings.ts";
import type { Method } from "../core/method.ts";
import type { GaspConfig } from "./config.ts";
import { hypernetworkGenerator } from "./generator.ts";
import { exportedName, stackGaspState } from "./layout.ts";
import { GASP_PRESETS } from "./presets.ts";
import { checkGasp, checkGaspData, modelSchema, trainingSchema } from "./schema.ts";
import { abstractState, type GaspState, type GeneratorWeights, initialState } from "./state.ts";
import { type GaspInputs, prepareGasp } from "./training.ts";

/** The method. */
export const gasp: Method<GaspConfig, GaspState, GaspInputs> = {
  name: "gasp",
  model: modelSchema,
  training: trainingSchema,
  presets: GASP_PRESETS,
  divergedAdvice:
    "Start again with lower learning rates (training.generatorRate, training.discriminatorRate), " +
    "a larger training.r1Weight or another seed",
  check: checkGasp,
  checkData: checkGaspData,
  initialState: ({ model, training, seed }) => initialState(model, training, seed),
  abstractState: ({ model, training }) => abstractState(model, training),
  stack: (state, { model }) => stackGaspState(state, model),
  exportedName,
  prepare: prepareGasp,
  generator: ({ model }) => hypernetworkGenerator(model),
  weights: ({ generator, average, frequencies }, kind): GeneratorWeights => ({
    generator: kind === "average" && average ? average : generator,
    ...(frequencies && { frequencies }),
  }),
};

/**
 * A configuration as one of GASP.
 *
 * @param config Any valid configuration.
 * @throws {TypeError} If it is of another method.
 *
 * @example
 * ```ts
 * import { asGasp, resolveRunConfig } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "digits" }));
 * assert(model.hyperHidden.length > 0);
 * ```
 */
export function asGasp(config: RunConfig): GaspConfig {
  if (config.method !== gasp.name) {
    throw new TypeError(`a configuration of gasp is needed, got one of ${config.method}`);
  }
  return config as GaspConfig;
}
