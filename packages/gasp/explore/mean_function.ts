/**
 * The mean of several functions of a generator, such as all fits to one set of observations.
 * @module
 */
import type { Tree } from "@gasp/tensor";
import type { Sampler } from "../sampling/sampler.ts";

/** Maximum number of functions, and of points over all of them, that {@link meanFunction} evaluates at the same time. */
const MEAN_LATENTS = 16, MEAN_POINTS = 2 ** 18;

/**
 * Evaluates the mean of the functions of several latents, block by block: the memory does not depend on their number.
 *
 * @param sampler Sampler of the generator.
 * @param weights Weights of the generator; faster if on the device.
 * @param latents Latents, `[count, latentDim]`, such as {@link Fit.candidates} of one target.
 * @param coordinates `[points, coordinateDim]`.
 * @returns `[points, featureDim]`
 *
 * @example The mean of a function with itself
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig, sampleLatents, Sampler } from "@gasp/gasp";
 * import { meanFunction } from "@gasp/gasp/explore";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const sampler = new Sampler(generator, reference), weights = initialGenerator(config.model, 0);
 * const one = sampleLatents(0, 1, generator.latentDim), twice = Float32Array.of(...one, ...one);
 * const points = Float32Array.of(0, 0, 0.5, 0.5);
 * assertEquals(
 *   await meanFunction(sampler, weights, twice, points),
 *   await sampler.sample(weights, one, points),
 * );
 * sampler.release();
 * ```
 *
 * @category Exploration
 */
export async function meanFunction(
  sampler: Sampler,
  weights: Tree,
  latents: Float32Array,
  coordinates: Float32Array,
): Promise<Float32Array> {
  return (await meanAndMember(sampler, weights, latents, coordinates, 0)).mean;
}

/**
 * Evaluates the mean of the functions of several latents, as {@link meanFunction} does, and one of them, which costs nothing
 * more.
 *
 * @param sampler Sampler of the generator.
 * @param weights Weights of the generator; faster if on the device.
 * @param latents Latents, `[count, latentDim]`.
 * @param coordinates `[points, coordinateDim]`.
 * @param member Index of one of the latents.
 * @returns Both `[points, featureDim]`.
 *
 * @example The second of two functions, and their mean
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig, sampleLatents, Sampler } from "@gasp/gasp";
 * import { meanAndMember } from "@gasp/gasp/explore";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const sampler = new Sampler(generator, reference), weights = initialGenerator(config.model, 0);
 * const two = sampleLatents(0, 2, generator.latentDim), points = Float32Array.of(0, 0, 0.5, 0.5);
 * const { member } = await meanAndMember(sampler, weights, two, points, 1);
 * assertEquals(member, (await sampler.sample(weights, two, points)).slice(2));
 * sampler.release();
 * ```
 *
 * @category Exploration
 */
export async function meanAndMember(
  sampler: Sampler,
  weights: Tree,
  latents: Float32Array,
  coordinates: Float32Array,
  member: number,
): Promise<{ readonly mean: Float32Array; readonly member: Float32Array }> {
  const { latentDim, coordinateDim, featureDim } = sampler.generator;
  const count = latents.length / latentDim, points = coordinates.length / coordinateDim;
  const mean = new Float32Array(points * featureDim), one = new Float32Array(points * featureDim);
  for (let first = 0; first < count; first += MEAN_LATENTS) {
    const group = latents.slice(first * latentDim, (first + MEAN_LATENTS) * latentDim);
    const functions = await sampler.functions(weights, group), size = group.length / latentDim;
    const block = Math.max(1, Math.floor(MEAN_POINTS / size));
    try {
      for (let start = 0; start < points; start += block) {
        const end = Math.min(points, start + block);
        const values = await functions.sample(
          coordinates.subarray(start * coordinateDim, end * coordinateDim),
        );
        const width = (end - start) * featureDim, part = mean.subarray(start * featureDim);
        for (let i = 0; i < size; i++) {
          const own = values.subarray(i * width, (i + 1) * width);
          for (let j = 0; j < width; j++) part[j]! += own[j]! / count;
          if (first + i === member) one.set(own, start * featureDim);
        }
      }
    } finally {
      functions.release();
    }
  }
  return { mean, member: one };
}

/**
 * Averages the candidate functions of each target, an estimate of the posterior mean where little is observed.
 *
 * @param values Features of {@link Fit.candidates}, `[targets · restarts, size]`.
 * @param restarts Candidates per target.
 * @param size Features per function.
 * @returns `[targets, size]`
 *
 * @example Two candidates of two values each, for one target
 * ```ts
 * import { meanOfCandidates } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(meanOfCandidates(Float32Array.of(0, 2, 4, 6), 2, 2), Float32Array.of(2, 4));
 * ```
 *
 * @category Exploration
 */
export function meanOfCandidates(values: Float32Array, restarts: number, size: number): Float32Array {
  const mean = new Float32Array(values.length / restarts);
  values.forEach((value, i) =>
    mean[Math.floor(i / (restarts * size)) * size + i % size]! += value / restarts
  );
  return mean;
}
