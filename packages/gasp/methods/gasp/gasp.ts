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

/**
 * The training method GASP.
 *
 * @category Training methods
 */
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
  weights: ({ generator, ema, frequencies }, kind): GeneratorWeights => ({
    generator: kind === "ema" && ema ? ema : generator,
    ...(frequencies && { frequencies }),
  }),
};

/**
 * Narrows a configuration to one of GASP.
 *
 * @param config A valid configuration.
 * @throws {TypeError} If its method is another one.
 *
 * @example
 * ```ts
 * import { asGasp, resolveRunConfig } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * const { model } = asGasp(resolveRunConfig({ preset: "digits" }));
 * assert(model.hyperHidden.length > 0);
 * ```
 *
 * @category Training methods
 */
export function asGasp(config: RunConfig): GaspConfig {
  if (config.method !== gasp.name) {
    throw new TypeError(`expected a configuration of the method gasp, got one of ${config.method}`);
  }
  return config as GaspConfig;
}
