/**
 * Budgets of training: a number of steps, or of seconds, from which the number of steps of each method is computed.
 *
 * @module
 */
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import { methodOf } from "../methods/table.ts";

/**
 * What each run of a comparison may use.
 *
 * @category Comparison
 */
export type Budget = { readonly steps: number } | {
  /** Seconds of the clock of the comparison: processor time on the command line. */
  readonly seconds: number;
};

/**
 * Returns the number of steps in each phase of a run.
 *
 * @param config A valid configuration.
 * @returns At least one phase; the sum is `config.steps`.
 *
 * @example
 * ```ts
 * import { phaseSteps } from "@gasp/gasp/compare";
 * import { resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const config = resolveRunConfig({ preset: "tiny", method: "latent-flow", overrides: { steps: 10 } });
 * assertEquals(phaseSteps(config), [5, 5]);
 * ```
 *
 * @category Comparison
 */
export function phaseSteps(config: RunConfig): number[] {
  const starts = methodOf(config).phaseStarts?.(config) ?? [0];
  return starts.map((start, i) => Math.max(0, (starts[i + 1] ?? config.steps) - start));
}

/** Maximum number of steps of a run. */
const MOST_STEPS = 2 ** 31;

/**
 * Returns the largest number of steps that takes at most some time.
 *
 * @param seconds Budget.
 * @param config Configuration, whose own number of steps does not matter.
 * @param stepSeconds Seconds of a step in each phase; see {@linkcode measureStepSeconds}.
 * @throws {UserError} If the budget is shorter than the shortest run: a step of each phase.
 *
 * @example
 * ```ts
 * import { stepsWithin } from "@gasp/gasp/compare";
 * import { resolveRunConfig } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const config = resolveRunConfig({ preset: "tiny", method: "latent-flow" });
 * // Half of the steps train the decoder, at 30 ms each, the others the flow, at 10 ms each
 * assertEquals(stepsWithin(4, config, [0.03, 0.01]), 200);
 * ```
 *
 * @category Comparison
 */
export function stepsWithin(seconds: number, config: RunConfig, stepSeconds: readonly number[]): number {
  const duration = (steps: number) =>
    phaseSteps({ ...config, steps }).reduce((sum, count, phase) => sum + count * stepSeconds[phase]!, 0);
  const fewest = stepSeconds.length;
  if (duration(fewest) > seconds) {
    throw new UserError(
      `${seconds} seconds are not enough to train ${config.method}, whose shortest run takes ${
        duration(fewest).toPrecision(2)
      }: choose a larger budget`,
    );
  }
  let low = fewest, high = MOST_STEPS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (duration(middle) <= seconds) low = middle;
    else high = middle;
  }
  return low;
}
