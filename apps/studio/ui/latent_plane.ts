/**
 * Planes through latent space that stay on the prior.
 *
 * @module
 */

/**
 * Returns the latent at a position of a plane through three latents. For independent standard normal latents a, b and c,
 * z = (a + s x b + s y c) / √(1 + s² x² + s² y²) is standard normal at every position, so that every position is a sample of
 * the prior: straight planes leave the shell where the samples are.
 *
 * @param three Latents a, b and c, `[3, latentDim]`.
 * @param position x and y.
 * @param reach How far the plane reaches: s. At the default of 1.5 its edges are mostly b and c.
 * @returns `[latentDim]`.
 */
export function latentAt(
  three: Float32Array,
  [x, y]: readonly [x: number, y: number],
  reach = 1.5,
): Float32Array {
  return combined(three, [1, reach * x, reach * y], Math.hypot(1, reach * x, reach * y));
}

/**
 * Returns the latents at the centres of the cells of a plane, row by row from the top left.
 *
 * @param cells Cells along an edge.
 * @param at Returns the latent at x and y, in [-1, 1], y upwards.
 * @returns `[cells², latentDim]`.
 */
export function latentsOfCells(
  cells: number,
  at: (position: readonly [x: number, y: number]) => Float32Array,
): Float32Array {
  const centre = (i: number) => (2 * i + 1) / cells - 1;
  const latents = Array.from(
    { length: cells * cells },
    (_, i) => at([centre(i % cells), -centre(Math.floor(i / cells))]),
  );
  const size = latents[0]!.length, all = new Float32Array(latents.length * size);
  latents.forEach((latent, i) => all.set(latent, i * size));
  return all;
}

/**
 * Returns a latent between two, on the circle through them: standard normal all the way.
 *
 * @param two Latents, `[2, latentDim]`.
 * @param t 0: the first, 1: the second.
 * @returns `[latentDim]`.
 */
export function latentBetween(two: Float32Array, t: number): Float32Array {
  const angle = t * Math.PI / 2;
  return combined(two, [Math.cos(angle), Math.sin(angle)], 1);
}

/** A sum as of `combineLatents()` of `@gasp/gasp/explore`, whose other code a first visit need not load. */
function combined(latents: Float32Array, weights: readonly number[], length: number): Float32Array {
  const size = latents.length / weights.length;
  return Float32Array.from(
    { length: size },
    (_, i) => weights.reduce((sum, weight, k) => sum + weight * latents[k * size + i]!, 0) / length,
  );
}
