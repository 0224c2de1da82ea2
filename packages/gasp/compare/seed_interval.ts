/**
 * Means over seeds with intervals of Student's t distribution (Student, 1908, The probable error of a mean).
 *
 * @module
 */
import type { Estimate } from "../metrics/core/estimate.ts";

/** 97.5 % quantiles of Student's t distribution with 1, 2, … degrees of freedom. */
const T_975 = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/**
 * Returns the mean over seeds with its 95 % interval. That of a single seed is the interval of its value, which covers other
 * samples of the same run, but not other seeds.
 *
 * @param estimates Values of one metric, one per seed, at least one.
 *
 * @example
 * ```ts
 * import { seedInterval } from "@gasp/gasp/compare";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const of = (value: number) => ({ value, low: value - 1, high: value + 1 });
 * const { value, high } = seedInterval([of(1), of(2), of(3)]);
 * assertEquals(value, 2);
 * assertAlmostEquals(high, 2 + 4.303 / Math.sqrt(3), 1e-12);
 * assertEquals(seedInterval([of(5)]), { value: 5, low: 4, high: 6 });
 * ```
 *
 * @category Comparison
 */
export function seedInterval(estimates: readonly Estimate[]): Estimate {
  const count = estimates.length;
  if (count === 1) return { ...estimates[0]! };
  const mean = estimates.reduce((sum, { value }) => sum + value, 0) / count;
  const variance = estimates.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = (T_975[count - 2] ?? 1.96) * Math.sqrt(variance / count);
  return { value: mean, low: mean - half, high: mean + half };
}
