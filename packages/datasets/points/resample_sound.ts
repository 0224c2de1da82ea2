/**
 * Resamples sound by windowed sinc interpolation, with a low-pass filter at the new Nyquist frequency.
 *
 * @module
 */

import { requireMemory } from "@gasp/tensor";

/** Zero crossings of the filter on either side. */
const CROSSINGS = 16;

/**
 * Resamples a uniformly sampled function of time.
 *
 * @param samples Source samples; 0 is assumed beyond them.
 * @param length Number of samples of the result.
 * @param ratio Step of the result in source steps; sample `i` is at source position `i · ratio`.
 * @returns Samples `[length]`.
 * @throws {MemoryError} If they do not fit in memory.
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
 *
 * @category Curves and sounds
 */
export function resampleSound(samples: Float32Array, length: number, ratio: number): Float32Array {
  requireMemory({ purpose: `a sound of ${length} samples`, bytes: 4 * length });
  // Cutoff at the lower of the two Nyquist frequencies.
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
