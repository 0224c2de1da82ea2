/**
 * Ways from one latent to another: every latent on the way is a function of its own.
 * @module
 */

/**
 * `linear` is the straight line, which passes nearer to the origin than samples lie; `spherical` turns from one direction
 * to the other while the length changes evenly, so that latents on the way are as long as samples are.
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
 * What {@link interpolateLatents} takes.
 *
 * @category Exploration
 */
export interface InterpolationRequest {
  /** Where it begins, `[latentDim]`. */
  readonly from: Float32Array;
  /** Where it ends, `[latentDim]`. */
  readonly to: Float32Array;
  /** Latents on the way, both ends included, at least 2. */
  readonly steps: number;
  /** Which way. */
  readonly path: LatentPath;
}

/**
 * Latents at even distances on the way from one to another. The ends are the given ones, bit for bit.
 *
 * @param request Ends, number and way.
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
    throw new RangeError(`a way between two latents has at least 2 steps, got ${steps}`);
  }
  if (from.length !== to.length) {
    throw new RangeError(
      `the latents have ${from.length} and ${to.length} numbers: both must be of one model`,
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

/** `sin((1 - t) θ) / sin θ · a + sin(t θ) / sin θ · b` for directions a and b at an angle θ, times the length. */
function arcBetween(from: Float32Array, to: Float32Array, part: number): Float32Array {
  const [start, end] = [lengthOf(from), lengthOf(to)];
  const cosine = from.reduce((sum, value, i) => sum + value * to[i]!, 0) / (start * end);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine))), sine = Math.sin(angle);
  // Parallel, opposite or no directions: no single arc joins them
  if (!(sine > 1e-6)) return lineBetween(from, to, part);
  const length = start * (1 - part) + end * part;
  const first = Math.sin((1 - part) * angle) / sine * length / start;
  const second = Math.sin(part * angle) / sine * length / end;
  return from.map((value, i) => first * value + second * to[i]!);
}

function lengthOf(latent: Float32Array): number {
  return Math.sqrt(latent.reduce((sum, value) => sum + value * value, 0));
}
