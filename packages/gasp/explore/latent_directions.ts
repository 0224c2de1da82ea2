/**
 * Directions of the latent space along which samples change most.
 * @module
 */
import { principalComponents } from "../metrics/statistics/principal_components.ts";

/**
 * Directions in the latent space, in order of the variance of samples that they explain.
 *
 * @category Exploration
 */
export interface LatentDirections {
  /** Unit vectors, `[count, latentDim]`. */
  readonly directions: Float32Array;
  /** Share of the samples' variance that the principal component of each explains, in [0, 1]. */
  readonly shares: Float64Array;
}

/**
 * Computes directions by regression of latents on the principal components of their samples, as GANSpace does for layers that
 * are not linear (Härkönen et al., 2020, section 3.2): component k of sample i is cᵢₖ, and its direction Σᵢ cᵢₖ zᵢ, scaled to
 * length 1.
 *
 * @param latents Latents, `[samples, latentDim]`, standard normal.
 * @param values Their samples at any points, `[samples, points · featureDim]`.
 * @param latentDim Dimension of a latent.
 * @param count Number of directions, at most the number of samples less one.
 * @throws {RangeError} If there are fewer samples than directions plus one, or sizes that do not match.
 *
 * @example Samples that grow with the second latent only
 * ```ts
 * import { latentDirections } from "@gasp/gasp/explore";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const latents = Float32Array.of(1, 1, -1, 1, 1, -1, -1, -1);
 * const { directions } = latentDirections(latents, Float32Array.of(5, 5, -5, -5), 2, 1);
 * assertAlmostEquals(Math.abs(directions[1]!), 1, 1e-6);
 * ```
 *
 * @category Exploration
 */
export function latentDirections(
  latents: Float32Array,
  values: Float32Array,
  latentDim: number,
  count: number,
): LatentDirections {
  const samples = latents.length / latentDim, size = values.length / samples;
  if (!Number.isInteger(samples) || !Number.isInteger(size) || samples < count + 1) {
    throw new RangeError(
      `${count} directions need at least ${count + 1} latents of ${latentDim} numbers and as many samples, ` +
        `got ${latents.length} and ${values.length} numbers`,
    );
  }
  const all = Math.min(samples - 1, size);
  const { mean, directions: components, variances } = principalComponents(values, size, all);
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  const directions = new Float32Array(count * latentDim);
  for (let k = 0; k < Math.min(count, all); k++) {
    const direction = new Float64Array(latentDim);
    for (let i = 0; i < samples; i++) {
      let score = 0;
      for (let d = 0; d < size; d++) score += components[k * size + d]! * (values[i * size + d]! - mean[d]!);
      for (let d = 0; d < latentDim; d++) direction[d]! += score * latents[i * latentDim + d]!;
    }
    const length = Math.hypot(...direction);
    if (length > 0) directions.set(direction.map((x) => x / length), k * latentDim);
  }
  return { directions, shares: Float64Array.from({ length: count }, (_, k) => (variances[k] ?? 0) / total) };
}
