/**
 * What a comparison still has to do, so that its length is known before it starts.
 *
 * @module
 */
import { phaseSteps } from "./budget.ts";
import type { ComparisonRecord } from "./record.ts";

/**
 * Work that is left.
 *
 * @category Comparison
 */
export interface ComparisonPlan {
  /** Number of runs that are not trained and evaluated. */
  readonly runs: number;
  /**
   * Seconds of the clock of the comparison that training them takes, without compilation and evaluation; absent if the times
   * of their steps have not been measured.
   */
  readonly seconds?: number;
}

/**
 * Sums up the runs that are left.
 *
 * @param record Record of the comparison, with the configurations of all methods.
 * @param methods Names of the methods.
 * @param seeds Seeds of each method.
 * @category Comparison
 */
export function planOf(
  { methods: known, runs }: Pick<ComparisonRecord, "methods" | "runs">,
  methods: readonly string[],
  seeds: readonly number[],
): ComparisonPlan {
  let left = 0, seconds = 0;
  for (const method of methods) {
    const { config, stepSeconds } = known[method]!;
    const isDone = (seed: number) =>
      runs.some((run) => run.method === method && run.seed === seed && run.values);
    const open = seeds.filter((seed) => !isDone(seed)).length;
    if (open === 0) continue;
    left += open;
    seconds += phaseSteps(config).reduce(
      (sum, count, i) => sum + open * count * (stepSeconds?.[i] ?? NaN),
      0,
    );
  }
  return { runs: left, ...(Number.isFinite(seconds) && { seconds }) };
}
