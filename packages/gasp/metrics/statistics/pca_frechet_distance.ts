/**
 * PCA-FD: the Fréchet distance between real and generated samples in the principal components of the real ones. 0 means
 * equal means and covariances. Two sets of real samples score slightly above 0, more so the fewer samples they have.
 * Higher moments are not compared: a Gaussian of the same mean and covariance also scores 0.
 *
 * @module
 */
import { type MeanAndCovariance, momentsOf } from "./covariance.ts";
import { type PrincipalComponents, projectOnto } from "./principal_components.ts";
import { symmetricEigenvalues } from "./symmetric_eigenvalues.ts";

/**
 * Computes the squared Fréchet distance between two Gaussians, relative to the total variance of the real one. One is
 * fitted to the real samples in their principal components, where its mean is 0 and its covariance R is diagonal; the
 * other, with mean m and covariance G, to the generated samples in the same components:
 * `(|m|² + tr R + tr G - 2 tr (R½ G R½)½) / tr R`.
 *
 * @param real Principal components of the real samples.
 * @param generated Values `[samples, dimensions]`.
 * @throws {RangeError} If there are fewer than two samples, or values that are not finite.
 *
 * @example A set has no distance to itself
 * ```ts
 * import { pcaFrechetDistance, principalComponents } from "@gasp/gasp/metrics";
 * import { assert, assertAlmostEquals } from "@std/assert";
 *
 * const samples = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i * i));
 * const real = principalComponents(samples, 2, 2);
 * assertAlmostEquals(pcaFrechetDistance(real, samples), 0, 1e-6);
 * assert(pcaFrechetDistance(real, samples.map((value) => value + 1)) > 0.1);
 * ```
 *
 * @category Metrics
 */
export function pcaFrechetDistance(real: PrincipalComponents, generated: ArrayLike<number>): number {
  return relativeFrechetDistance(
    real.variances,
    momentsOf(projectOnto(real, generated), real.variances.length),
  );
}

/**
 * The same for samples in the principal components of the real ones.
 *
 * @param variances Variances of the real samples along their components, `[components]`.
 * @param generated Mean and covariance of the generated samples in these components.
 */
export function relativeFrechetDistance(
  variances: Float64Array,
  { mean, covariance }: MeanAndCovariance,
): number {
  const components = variances.length;
  const product = new Float64Array(components * components);
  let generatedVariance = 0;
  for (let j = 0; j < components; j++) {
    generatedVariance += covariance[j * components + j]!;
    for (let k = 0; k <= j; k++) {
      product[j * components + k] = Math.sqrt(variances[j]! * variances[k]!) *
        covariance[j * components + k]!;
    }
  }
  const overlap = symmetricEigenvalues(product, components)
    .reduce((sum, eigenvalue) => sum + Math.sqrt(Math.max(0, eigenvalue)), 0);
  const realVariance = variances.reduce((sum, variance) => sum + variance, 0);
  const meanDistance = mean.reduce((sum, value) => sum + value * value, 0);
  return (meanDistance + realVariance + generatedVariance - 2 * overlap) / realVariance;
}
