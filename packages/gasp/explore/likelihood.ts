/**
 * Likelihoods of functions under a generator, and anomaly scores.
 *
 * The model of an observed function is `z ~ N(0, I)`, `s = f_z(x) + noise · N(0, I)` at its n points with k features. Its
 * evidence `log p(s) = log ∫ p(s | z) p(z) dz` is approximated by Laplace's method around the latent z* that fits best, with
 * the Gauss–Newton curvature `H = I + Jᵀ J / noise²`, where `J = ∂f_z(x) / ∂z` is exact:
 *
 *     log p(s) ≈ log p(s | z*) + log N(z*; 0, I) + d/2 log 2π - ½ log det H
 *
 * This is exact for a generator that is linear in z, and approached by any smooth one as the noise decreases. It does not
 * depend on how a method maps standard normal latents to its own: a flow's divergence is part of J. Values are densities in nats, with
 * respect to features in [-1, 1] at these points: they can be compared between functions observed at the same points with
 * the same noise.
 * @module
 */
import { jvp } from "@gasp/autograd";
import {
  broadcastTo,
  compile,
  disposeTree,
  eye,
  matmul,
  reshape,
  sub,
  type Tensor,
  tensor,
  transpose,
  type Tree,
} from "@gasp/tensor";
import type { FunctionGenerator } from "../methods/core/function_generator.ts";
import { fitLatents, type FitRequest } from "./fit.ts";
import { FIT_DEFAULTS } from "./latent_search.ts";

/**
 * Likelihood of one function, in nats.
 *
 * @category Exploration
 */
export interface FunctionLikelihood {
  /** `log p(s)`, the sum of the terms below. */
  readonly evidence: number;
  /** `log p(s | z*)`: how well the best function of the generator fits. */
  readonly fit: number;
  /** `log N(z*; 0, I)`: how typical its latent is. */
  readonly prior: number;
  /** `d/2 log 2π - ½ log det H`: how many latents fit as well. */
  readonly volume: number;
  /** Log-density of the method's own latent, such as that of a flow; absent if the method has none. */
  readonly latent?: number;
  /** `-evidence / (n k)`: larger for functions that are less like the data. */
  readonly anomaly: number;
}

/**
 * Result of {@link functionLikelihoods}.
 *
 * @category Exploration
 */
export interface FunctionLikelihoods {
  /** Best latent of each function, `[targets, latentDim]`. */
  readonly latents: Float32Array;
  /** Likelihood of each function. */
  readonly likelihoods: readonly FunctionLikelihood[];
}

/**
 * Computes the likelihoods of observed functions. All points count alike: weights of observations are not supported.
 *
 * @param request Generator, observations, and options of the search for latents; `noise` should be that of the training.
 * @returns Latents and likelihoods.
 * @throws {RangeError} If the observations do not match the model, have weights, or the noise is 0.
 * @category Exploration
 *
 * @example A function of the generator is more likely than one that it cannot represent
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig } from "@gasp/gasp";
 * import { functionLikelihoods } from "@gasp/gasp/explore";
 * import { reference } from "@gasp/tensor";
 * import { assert } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const observations = {
 *   targets: 2,
 *   points: 2,
 *   coordinates: Float32Array.of(0, 0, 1, 1),
 *   features: Float32Array.of(0.1, 0, 1, -1),
 * };
 * const { likelihoods: [usual, unusual] } = await functionLikelihoods({
 *   ...{ generator, weights: initialGenerator(config.model, 0), device: reference, observations },
 *   ...{ steps: 5, restarts: 2 },
 * });
 * assert(usual!.anomaly < unusual!.anomaly);
 * ```
 */
export async function functionLikelihoods(request: FitRequest): Promise<FunctionLikelihoods> {
  const { generator, weights, device, observations, noise } = { ...FIT_DEFAULTS, ...request };
  if (observations.weights) throw new RangeError("likelihoods are of observations without weights");
  if (!(noise > 0)) throw new RangeError(`a likelihood needs a noise above 0, got ${noise}`);
  const { latents } = await fitLatents(request);
  const { targets, points, coordinates, features } = observations, { latentDim, featureDim } = generator;
  const size = points * featureDim, isShared = coordinates.length === points * generator.coordinateDim;
  const program = compile(
    (weights: Tree, latent: Tensor, at: Tensor, observed: Tensor) =>
      terms(generator, weights, latent, at, observed),
    { device },
  );
  const likelihoods: FunctionLikelihood[] = [];
  try {
    for (let i = 0; i < targets; i++) {
      const part = (values: Float32Array, length: number) => values.slice(i * length, (i + 1) * length);
      const at = isShared ? coordinates : part(coordinates, points * generator.coordinateDim);
      const latent = part(latents, latentDim);
      const result = await program(
        weights,
        tensor(latent, [1, latentDim]),
        tensor(at, [points, generator.coordinateDim]),
        tensor(part(features, size), [1, points, featureDim]),
      );
      const errors = await result["errors"]!.data(), gram = await result["gram"]!.data();
      const own = result["logDensity"] && (await result["logDensity"].data())[0]!;
      disposeTree(result);
      const fit = -sumOfSquares(errors) / (2 * noise ** 2) - size / 2 * Math.log(2 * Math.PI * noise ** 2);
      const prior = -sumOfSquares(latent) / 2 - latentDim / 2 * Math.log(2 * Math.PI);
      const curvature = Float64Array.from(
        gram,
        (value, j) => value / noise ** 2 + (j % (latentDim + 1) === 0 ? 1 : 0),
      );
      const volume = latentDim / 2 * Math.log(2 * Math.PI) - logDeterminant(curvature, latentDim) / 2;
      const evidence = fit + prior + volume;
      likelihoods.push({
        ...{ evidence, fit, prior, volume, anomaly: -evidence / size },
        ...(own !== undefined && { latent: own }),
      });
    }
  } finally {
    program.release();
  }
  return { latents, likelihoods };
}

/** Errors of the function of one latent, and JᵀJ, `[latentDim, latentDim]`. */
function terms(
  generator: FunctionGenerator,
  weights: Tree,
  latent: Tensor,
  at: Tensor,
  observed: Tensor,
): Record<string, Tensor> {
  const { latentDim } = generator, shared = generator.shared(weights);
  const encoding = generator.encode(shared, at);
  const evaluate = (z: Tensor) => generator.evaluate(generator.functions(weights, z), encoding, shared);
  // One tangent per dimension: the rows of the result are the columns of J
  const repeated = broadcastTo(latent, [latentDim, latentDim]);
  const [, tangents] = jvp(evaluate, [repeated], [eye(latentDim)]);
  const columns = reshape(tangents, [latentDim, observed.size]);
  return {
    errors: sub(evaluate(latent), observed),
    gram: matmul(columns, transpose(columns)),
    ...(generator.logDensity && { logDensity: generator.logDensity(weights, latent) }),
  };
}

function sumOfSquares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return sum;
}

/** The logarithm of the determinant of a positive definite matrix, by Cholesky's factorisation. */
function logDeterminant(matrix: Float64Array, size: number): number {
  const lower = new Float64Array(size * size);
  let log = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      if (i === j) {
        lower[i * size + i] = Math.sqrt(sum);
        log += Math.log(sum);
      } else lower[i * size + j] = sum / lower[j * size + j]!;
    }
  }
  return log;
}
