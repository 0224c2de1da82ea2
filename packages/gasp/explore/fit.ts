/**
 * Fitting latents to observations by gradient descent through the generator: for each target function, minimises over z
 *
 *     mean over its n points and k features of (f_z(x) - y)²  +  noise² · |z|² / (n · k),
 *
 * the negative log-posterior of z (up to a constant and a factor) for a standard normal prior and Gaussian observation
 * noise. The first term is eq. 1 of the paper with the weights restricted to those the generator can produce. The loss has
 * many local minima, so each target is fitted from several starting points in one batch: the best candidate is one function
 * that fits, and the mean of all candidates has a lower expected error where little is observed. A step is one program on
 * the device.
 * @module
 */
import { compileSearch, FIT_DEFAULTS, type SearchRequest } from "./latent_search.ts";
import type { Observations } from "./observations.ts";

/**
 * Arguments of {@link fitLatents}.
 *
 * @category Exploration
 */
export interface FitRequest extends SearchRequest {
  /** Observed values. */
  readonly observations: Observations;
}

/**
 * Result of a fit.
 *
 * @category Exploration
 */
export interface Fit {
  /** Best latent of each target, `[targets, latentDim]`. */
  readonly latents: Float32Array;
  /** Their losses, including the prior term, `[targets]`. */
  readonly losses: Float32Array;
  /** Best latent from each starting point, `[targets, restarts, latentDim]`. */
  readonly candidates: Float32Array;
  /** Losses of the candidates, `[targets, restarts]`. */
  readonly candidateLosses: Float32Array;
}

/** Maximum of latents times points per chunk. */
const CHUNK = 2 ** 17;

/**
 * Fits latents to observations of functions.
 *
 * @param request Generator, observations and options of the search.
 * @returns The latent with the lowest loss for each target, and all candidates.
 * @throws {RangeError} If the observations do not match the model, or an option is out of range.
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
  const chunkSize = Math.min(targets, Math.max(1, Math.floor(CHUNK / (restarts * points))));
  const candidates = new Float32Array(targets * restarts * latentDim);
  const candidateLosses = new Float32Array(targets * restarts);
  const search = compileSearch(request);
  const chunks = Math.ceil(targets / chunkSize);
  try {
    for (let chunk = 0; chunk < chunks; chunk++) {
      // The last chunk may overlap the one before, so that all have the same size and one program serves all
      const first = Math.min(chunk * chunkSize, targets - chunkSize);
      const onStep = (step: number) => request.onProgress?.((chunk + step / steps) / chunks);
      const found = await search.run(
        sliceTargets(observations, first, chunkSize, generator.coordinateDim),
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
      `${targets} functions at ${points} points need ${
        targets * points * generator.featureDim
      } features, got ${features.length}`,
    );
  }
  if (coordinates.length !== count && coordinates.length !== targets * count) {
    throw new RangeError(
      `coordinates must have ${count} elements (shared by all functions) or ${
        targets * count
      } (separate), got ${coordinates.length}`,
    );
  }
  if (weights && weights.length !== targets * points) {
    throw new RangeError(`expected a weight for each of ${targets * points} points, got ${weights.length}`);
  }
  if (!(steps >= 1) || !(restarts >= 1) || !(noise >= 0)) {
    throw new RangeError(
      `steps and restarts must be at least 1 and noise at least 0, got ${steps}, ${restarts} and ${noise}`,
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
