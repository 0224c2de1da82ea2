/**
 * Principal component analysis.
 *
 * @module
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { momentsOf, sampleCount } from "./covariance.ts";

/**
 * Principal components of a set of samples: the directions of the largest variance.
 *
 * @category Metrics
 */
export interface PrincipalComponents {
  /** Mean of the samples, `[dimensions]`. */
  readonly mean: Float64Array;
  /** Orthonormal rows in order of decreasing variance, `[components, dimensions]`. */
  readonly directions: Float64Array;
  /** Variances along the directions, `[components]`. */
  readonly variances: Float64Array;
}

/**
 * Computes the first principal components of samples from the eigenvectors of their covariance.
 *
 * @param samples Values `[samples, dimensions]`.
 * @param dimensions Dimension of a sample.
 * @param components Number of components; default `min(64, dimensions)`.
 * @throws {RangeError} If there are more components than dimensions, fewer than two samples, or values that are not finite.
 *
 * @example
 * ```ts
 * import { principalComponents } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const samples = [-2, 0, 2, 0, 0, 1, 0, -1]; // four points, spread along the first axis
 * const { directions, variances } = principalComponents(samples, 2, 1);
 * assertAlmostEquals(Math.abs(directions[0]!), 1, 1e-6);
 * assertAlmostEquals(variances[0]!, 8 / 3, 1e-6);
 * ```
 *
 * @category Metrics
 */
export function principalComponents(
  samples: ArrayLike<number>,
  dimensions: number,
  components: number = Math.min(64, dimensions),
): PrincipalComponents {
  if (components > dimensions) {
    throw new RangeError(
      `Samples of ${dimensions} values have at most ${dimensions} principal components, got ${components}.`,
    );
  }
  return sampleCount(samples, dimensions) < dimensions
    ? fromGramMatrix(samples, dimensions, components)
    : fromCovariance(samples, dimensions, components);
}

function fromCovariance(
  samples: ArrayLike<number>,
  dimensions: number,
  components: number,
): PrincipalComponents {
  const { mean, covariance } = momentsOf(samples, dimensions);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(dimensions, dimensions, covariance),
    { assumeSymmetric: true },
  );
  const directions = new Float64Array(components * dimensions);
  const variances = new Float64Array(components);
  for (let component = 0; component < components; component++) {
    const column = dimensions - 1 - component; // Eigenvalues ascend.
    variances[component] = Math.max(0, realEigenvalues[column]!);
    directions.set(eigenvectorMatrix.getColumn(column), component * dimensions);
  }
  return { mean, directions, variances };
}

/**
 * With fewer samples than dimensions the Gram matrix of the samples is smaller than the covariance: for centred samples X,
 * an eigenvector u of `X Xᵀ / (n - 1)` with eigenvalue λ corresponds to the direction `Xᵀ u / √((n - 1) λ)` of variance λ.
 */
function fromGramMatrix(
  samples: ArrayLike<number>,
  dimensions: number,
  components: number,
): PrincipalComponents {
  const count = sampleCount(samples, dimensions);
  const mean = new Float64Array(dimensions), centred = Float64Array.from(samples);
  for (let i = 0; i < centred.length; i++) mean[i % dimensions]! += centred[i]! / count;
  for (let i = 0; i < centred.length; i++) centred[i]! -= mean[i % dimensions]!;
  const row = (i: number) => centred.subarray(i * dimensions, (i + 1) * dimensions);
  const gram = Matrix.zeros(count, count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(row(i), row(j)) / (count - 1);
      gram.set(i, j, product);
      gram.set(j, i, product);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, {
    assumeSymmetric: true,
  });
  const directions = new Float64Array(components * dimensions);
  const variances = new Float64Array(components);
  for (let component = 0; component < Math.min(components, count - 1); component++) {
    const column = count - 1 - component;
    const variance = realEigenvalues[column]!;
    // Past the rank of the samples, directions and variances stay 0.
    if (variance <= 1e-12 * realEigenvalues[count - 1]!) break;
    variances[component] = variance;
    const direction = directions.subarray(component * dimensions, (component + 1) * dimensions);
    for (let i = 0; i < count; i++) {
      const share = eigenvectorMatrix.get(i, column) / Math.sqrt((count - 1) * variance);
      row(i).forEach((value, d) => direction[d]! += share * value);
    }
  }
  return { mean, directions, variances };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Projects samples onto principal components, relative to the mean that these were computed with.
 *
 * @param basis Principal components.
 * @param samples Values `[samples, dimensions]`.
 * @returns `[samples, components]`.
 * @throws {RangeError} If there are fewer than two samples.
 *
 * @example
 * ```ts
 * import { principalComponents, projectOnto } from "@gasp/gasp/metrics";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const basis = principalComponents([-2, 0, 2, 0, 0, 1, 0, -1], 2, 1);
 * assertAlmostEquals(Math.abs(projectOnto(basis, [3, 0, 3, 1])[0]!), 3, 1e-6);
 * ```
 *
 * @category Metrics
 */
export function projectOnto(basis: PrincipalComponents, samples: ArrayLike<number>): Float64Array {
  const { mean, directions, variances } = basis;
  const dimensions = mean.length, components = variances.length;
  const count = sampleCount(samples, dimensions);
  const projected = new Float64Array(count * components);
  for (let sample = 0; sample < count; sample++) {
    for (let component = 0; component < components; component++) {
      let sum = 0;
      for (let j = 0; j < dimensions; j++) {
        sum += (samples[sample * dimensions + j]! - mean[j]!) * directions[component * dimensions + j]!;
      }
      projected[sample * components + component] = sum;
    }
  }
  return projected;
}
