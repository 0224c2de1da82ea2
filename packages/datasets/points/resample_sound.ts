/**
 * Sound at another rate: interpolation by a windowed sinc, which leaves out what the new rate cannot hold.
 *
 * @module
 */

import { requireMemory } from "@gasp/tensor";

/** Zero crossings of the filter on each side. */
const CROSSINGS = 16;

/**
 * Resamples a function of time.
 *
 * @param samples Values at even steps.
 * @param length Number of values of the result; its first and last step are those of the source's span.
 * @param ratio Steps of the source in a step of the result.
 * @returns `[length]` values; what lies beyond the source counts as 0.
 *
 * @example
 * ```ts
 * import { resampleSound } from "@gasp/datasets";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const half = resampleSound(new Float32Array(200).fill(0.5), 100, 0.5);
 * assertEquals(half.length, 100);
 * assertAlmostEquals(half[50]!, 0.5, 1e-2);
 * ```
 */
export function resampleSound(samples: Float32Array, length: number, ratio: number): Float32Array {
  requireMemory({ purpose: `a sound of ${length} samples`, bytes: 4 * length });
  // Cut off at the lower of the two rates' highest frequencies.
  const cutoff = Math.min(1, 1 / ratio), reach = CROSSINGS / cutoff;
  return Float32Array.from({ length }, (_, i) => {
    const centre = i * ratio;
    let sum = 0, total = 0;
    for (let from = Math.ceil(centre - reach); from <= centre + reach; from++) {
      const x = (from - centre) * cutoff;
      const window = 0.5 + 0.5 * Math.cos(Math.PI * x / CROSSINGS);
      const weight = window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
      total += weight;
      if (from >= 0 && from < samples.length) sum += weight * samples[from]!;
    }
    return sum / total;
  });
}
