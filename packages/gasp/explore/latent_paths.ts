/**
 * Combinations of latents: arithmetic, planes and closed walks.
 * @module
 */
import { randomNormal } from "@gasp/tensor";

/**
 * A latent and its factor in a sum.
 *
 * @category Exploration
 */
export interface WeightedLatent {
  /** Latent, `[latentDim]`. */
  readonly latent: Float32Array;
  /** Factor. */
  readonly weight: number;
}

/**
 * Adds latents, such as `a - b + c`.
 *
 * The sum of independent standard normal latents is too long by the root of the sum of its squared factors, and a shorter or
 * longer latent than samples have is one that training never saw: `rescale` divides by that root.
 *
 * @param terms At least one latent with its factor; all of one length.
 * @param rescale Whether to restore the variance of the prior.
 * @throws {RangeError} If there are none, they differ in length, or all factors are 0 while `rescale` is set.
 *
 * @example
 * ```ts
 * import { combineLatents } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * const a = { latent: Float32Array.of(2, 0), weight: 1 }, b = { latent: Float32Array.of(0, 4), weight: 0.5 };
 * assertEquals(combineLatents([a, b]), Float32Array.of(2, 2));
 * ```
 *
 * @category Exploration
 */
export function combineLatents(terms: readonly WeightedLatent[], rescale = false): Float32Array {
  const [first] = terms, size = first?.latent.length;
  if (size === undefined || terms.some(({ latent }) => latent.length !== size)) {
    throw new RangeError("a combination needs at least one latent, and all of one model");
  }
  const length = rescale ? Math.hypot(...terms.map(({ weight }) => weight)) : 1;
  if (length === 0) throw new RangeError("a combination with factors of 0 only cannot be rescaled");
  return Float32Array.from({ length: size }, (_, i) => {
    return terms.reduce((sum, { latent, weight }) => sum + weight * latent[i]!, 0) / length;
  });
}

/**
 * A point of the plane through three latents, with the variance of the prior restored (see {@link combineLatents}).
 *
 * @param corners Latents at (0, 0), (1, 0) and (0, 1).
 * @param u Share of the second corner.
 * @param v Share of the third corner.
 *
 * @example
 * ```ts
 * import { latentOnPlane } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * const corners = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0), Float32Array.of(0, 0, 1)] as const;
 * assertEquals(latentOnPlane(corners, 1, 0), corners[1]);
 * ```
 *
 * @category Exploration
 */
export function latentOnPlane(
  corners: readonly [Float32Array, Float32Array, Float32Array],
  u: number,
  v: number,
): Float32Array {
  const weights = [1 - u - v, u, v];
  return combineLatents(corners.map((latent, i) => ({ latent, weight: weights[i]! })), true);
}

/** Frequencies of a closed walk. */
const FREQUENCIES = [1, 2, 3];

/**
 * A closed random walk through the prior: every latent on it is standard normal, and the last one is next to the first, so that
 * a film of it can be repeated. Each element is a trigonometric polynomial with random coefficients.
 *
 * @param seed Random seed.
 * @param frames Number of latents, at least 1.
 * @param latentDim Dimension of a latent.
 * @returns `[frames, latentDim]`.
 *
 * @example
 * ```ts
 * import { latentWalk } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(latentWalk(0, 48, 64).length, 48 * 64);
 * ```
 *
 * @category Exploration
 */
export function latentWalk(seed: number, frames: number, latentDim: number): Float32Array {
  const coefficients = FREQUENCIES.map((frequency) =>
    [0, 1].map((part) => randomNormal({ seed, stream: "latent walk", step: 2 * frequency + part }, latentDim))
  );
  const scale = 1 / Math.sqrt(FREQUENCIES.length), walk = new Float32Array(frames * latentDim);
  for (let frame = 0; frame < frames; frame++) {
    FREQUENCIES.forEach((frequency, i) => {
      const angle = 2 * Math.PI * frequency * frame / frames, [a, b] = coefficients[i]!;
      for (let d = 0; d < latentDim; d++) {
        walk[frame * latentDim + d]! += scale * (Math.cos(angle) * a![d]! + Math.sin(angle) * b![d]!);
      }
    });
  }
  return walk;
}
