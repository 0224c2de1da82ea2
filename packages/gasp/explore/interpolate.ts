/**
 * Interpolation between latents: interpolation in function space, as in the bottom row of figure 11 of the paper.
 * @module
 */

/**
 * `linear`: the straight line, which passes closer to the origin than samples lie. `spherical`: slerp of the directions
 * with linear interpolation of the norms, so that the latents in between have typical norms.
 *
 * @category Exploration
 */
export type LatentPath = "linear" | "spherical";

/**
 * Every {@link LatentPath}.
 *
 * @category Exploration
 */
export const LATENT_PATHS: readonly LatentPath[] = ["linear", "spherical"];

/**
 * Arguments of {@link interpolateLatents}.
 *
 * @category Exploration
 */
export interface InterpolationRequest {
  /** First latent, `[latentDim]`. */
  readonly from: Float32Array;
  /** Last latent, `[latentDim]`. */
  readonly to: Float32Array;
  /** Number of latents, both ends included, at least 2. */
  readonly steps: number;
  /** Shape of the path. */
  readonly path: LatentPath;
}

/**
 * Interpolates between two latents in equal steps. The ends are returned bit for bit.
 *
 * @param request Ends, number of latents and shape of the path.
 * @returns `[steps, latentDim]`.
 * @throws {RangeError} If there are fewer than two steps or the ends differ in length.
 *
 * @example
 * ```ts
 * import { interpolateLatents } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * const way = interpolateLatents({
 *   from: Float32Array.of(0, 2),
 *   to: Float32Array.of(4, 2),
 *   steps: 3,
 *   path: "linear",
 * });
 * assertEquals(way, Float32Array.of(0, 2, 2, 2, 4, 2));
 * ```
 *
 * @category Exploration
 */
export function interpolateLatents({ from, to, steps, path }: InterpolationRequest): Float32Array {
  if (!Number.isInteger(steps) || steps < 2) {
    throw new RangeError(`an interpolation needs at least 2 steps, got ${steps}`);
  }
  if (from.length !== to.length) {
    throw new RangeError(
      `the latents have ${from.length} and ${to.length} elements: both must be of the same model`,
    );
  }
  const between = path === "linear" ? lineBetween : arcBetween;
  const latents = new Float32Array(steps * from.length);
  for (let step = 0; step < steps; step++) {
    latents.set(between(from, to, step / (steps - 1)), step * from.length);
  }
  latents.set(from, 0);
  latents.set(to, (steps - 1) * from.length);
  return latents;
}

function lineBetween(from: Float32Array, to: Float32Array, part: number): Float32Array {
  return from.map((start, i) => start * (1 - part) + to[i]! * part);
}

/** `sin((1 - t) θ) / sin θ · a + sin(t θ) / sin θ · b` for directions a and b at an angle θ, times the norm. */
function arcBetween(from: Float32Array, to: Float32Array, part: number): Float32Array {
  const [start, end] = [normOf(from), normOf(to)];
  const cosine = from.reduce((sum, value, i) => sum + value * to[i]!, 0) / (start * end);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine))), sine = Math.sin(angle);
  // Parallel, opposite or zero vectors: no unique arc joins them
  if (!(sine > 1e-6)) return lineBetween(from, to, part);
  const length = start * (1 - part) + end * part;
  const first = Math.sin((1 - part) * angle) / sine * length / start;
  const second = Math.sin(part * angle) / sine * length / end;
  return from.map((value, i) => first * value + second * to[i]!);
}

function normOf(latent: Float32Array): number {
  return Math.sqrt(latent.reduce((sum, value) => sum + value * value, 0));
}
