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
  const size = three.length / 3, right = reach * x, up = reach * y;
  const scale = 1 / Math.hypot(1, right, up);
  return Float32Array.from(
    { length: size },
    (_, i) => scale * (three[i]! + right * three[size + i]! + up * three[2 * size + i]!),
  );
}

/**
 * Returns the latents at the centres of the cells of a plane, row by row from the top left.
 *
 * @param three Latents, `[3, latentDim]`.
 * @param cells Cells along an edge.
 * @returns `[cells², latentDim]`.
 */
export function planeLatents(three: Float32Array, cells: number): Float32Array {
  const size = three.length / 3, all = new Float32Array(cells * cells * size);
  const centre = (i: number) => (2 * i + 1) / cells - 1;
  for (let i = 0; i < cells * cells; i++) {
    all.set(latentAt(three, [centre(i % cells), -centre(Math.floor(i / cells))]), i * size);
  }
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
  const size = two.length / 2, first = Math.cos(t * Math.PI / 2), second = Math.sin(t * Math.PI / 2);
  return Float32Array.from({ length: size }, (_, i) => first * two[i]! + second * two[size + i]!);
}
