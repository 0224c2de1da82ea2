/**
 * Finding the latents of functions that are known at some points, by gradient descent through the generator: for each
 * function z minimises
 *
 *     mean over its n points and k features of (f_z(x) - y)²  +  noise² · |z|² / (n · k),
 *
 * which is the most probable z where z is standard normal and each feature is off by normal noise of that size. The less is
 * known, the more the second term decides. Every function is tried from several starting points, all in one batch, since
 * the valleys of the loss are many: the best is one function that fits, and the mean of them all is nearer to the truth on
 * average, being less sure where nothing is known. The step is one program on the device.
 * @module
 */
import { compileSearch, FIT_DEFAULTS, type SearchRequest } from "./latent_search.ts";
import type { Observations } from "./observations.ts";

/**
 * What {@link fitLatents} takes.
 *
 * @category Exploration
 */
export interface FitRequest extends SearchRequest {
  /** What is known. */
  readonly observations: Observations;
}

/**
 * Latents that were found.
 *
 * @category Exploration
 */
export interface Fit {
  /** The best latent of each function, `[targets, latentDim]`. */
  readonly latents: Float32Array;
  /** Its loss, the second term included, `[targets]`. */
  readonly losses: Float32Array;
  /** What each starting point led to, `[targets, restarts, latentDim]`. */
  readonly candidates: Float32Array;
  /** Losses of these, `[targets, restarts]`. */
  readonly candidateLosses: Float32Array;
}

/** Latents times points that a device works on at a time. */
const CHUNK = 2 ** 17;

/**
 * Finds the latents of functions from what is known of them.
 *
 * @param request The generator, observations and how to search.
 * @returns For each function the latent of least loss.
 * @throws {RangeError} If the observations do not fit the model, or an option is out of range.
 *
 * @example The latent whose function has some values, found from two of its points
 * ```ts
 * import { asGasp, generatorOf, initialGenerator, resolveRunConfig } from "@gasp/gasp";
 * import { fitLatents, observationsOf } from "@gasp/gasp/explore";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const weights = initialGenerator(config.model, 0);
 * const one = { coordinates: Float32Array.of(0, 0, 1, 1), features: Float32Array.of(0.1, -0.1) };
 * const observations = observationsOf([one], config.model), few = { steps: 2, restarts: 2 };
 * const { latents } = await fitLatents({ generator, weights, device: reference, observations, ...few });
 * assertEquals(latents.length, generator.latentDim);
 * ```
 *
 * @category Exploration
 */
export async function fitLatents(request: FitRequest): Promise<Fit> {
  const { generator, observations, steps, restarts } = { ...FIT_DEFAULTS, ...request };
  const { latentDim } = generator;
  checkRequest(request);
  const { targets, points } = observations;
  const atOnce = Math.min(targets, Math.max(1, Math.floor(CHUNK / (restarts * points))));
  const candidates = new Float32Array(targets * restarts * latentDim);
  const candidateLosses = new Float32Array(targets * restarts);
  const search = compileSearch(request);
  const chunks = Math.ceil(targets / atOnce);
  try {
    for (let chunk = 0; chunk < chunks; chunk++) {
      // The last chunk begins earlier, so that one program serves all
      const first = Math.min(chunk * atOnce, targets - atOnce);
      const onStep = (step: number) => request.onProgress?.((chunk + step / steps) / chunks);
      const found = await search.run(
        sliceTargets(observations, first, atOnce, generator.coordinateDim),
        first,
        onStep,
      );
      candidates.set(found.latents, first * restarts * latentDim);
      candidateLosses.set(found.losses, first * restarts);
    }
  } finally {
    search.release();
  }
  return { ...chooseBest(candidates, candidateLosses, restarts, latentDim), candidates, candidateLosses };
}

function checkRequest(request: FitRequest): void {
  const { generator, observations, steps, restarts, noise } = { ...FIT_DEFAULTS, ...request };
  const { targets, points, coordinates, features, weights } = observations;
  const count = points * generator.coordinateDim;
  if (targets < 1 || points < 1 || features.length !== targets * points * generator.featureDim) {
    throw new RangeError(
      `${targets} functions at ${points} points have ${
        targets * points * generator.featureDim
      } features, got ${features.length}`,
    );
  }
  if (coordinates.length !== count && coordinates.length !== targets * count) {
    throw new RangeError(
      `coordinates are ${count} numbers shared by all functions or ${
        targets * count
      }, got ${coordinates.length}`,
    );
  }
  if (weights && weights.length !== targets * points) {
    throw new RangeError(`there is a weight for each of ${targets * points} points, got ${weights.length}`);
  }
  if (!(steps >= 1) || !(restarts >= 1) || !(noise >= 0)) {
    throw new RangeError(
      `a search takes 1 step and 1 start or more and a noise of 0 or more, got ${steps}, ${restarts} and ${noise}`,
    );
  }
}

function sliceTargets(
  all: Observations,
  first: number,
  count: number,
  coordinateDim: number,
): Observations {
  const part = (values: Float32Array) => {
    const size = values.length / all.targets;
    return values.slice(first * size, (first + count) * size);
  };
  const isShared = all.coordinates.length === all.points * coordinateDim;
  return {
    ...all,
    targets: count,
    coordinates: isShared ? all.coordinates : part(all.coordinates),
    features: part(all.features),
    ...(all.weights && { weights: part(all.weights) }),
  };
}

function chooseBest(
  candidates: Float32Array,
  candidateLosses: Float32Array,
  restarts: number,
  latentDim: number,
): Pick<Fit, "latents" | "losses"> {
  const targets = candidateLosses.length / restarts;
  const latents = new Float32Array(targets * latentDim), losses = new Float32Array(targets);
  for (let i = 0; i < targets; i++) {
    let best = i * restarts;
    for (let j = best + 1; j < (i + 1) * restarts; j++) {
      if (candidateLosses[j]! < candidateLosses[best]!) best = j;
    }
    latents.set(candidates.subarray(best * latentDim, (best + 1) * latentDim), i * latentDim);
    losses[i] = candidateLosses[best]!;
  }
  return { latents, losses };
}

/**
 * The mean of the functions that the starting points of each target led to: what is expected where little is known.
 *
 * @param values Features of {@link Fit.candidates}, `[targets · restarts, size]`.
 * @param restarts Candidates of each target.
 * @param size Features of a function.
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
