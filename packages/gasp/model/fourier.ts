/**
 * Random Fourier features (Tancik et al., 2020): `x ↦ [cos 2π B x, sin 2π B x]`, which let a small network show detail.
 * @module
 */
import {
  arange,
  concatenate,
  cos2pi,
  less,
  matmul,
  reshape,
  round,
  sub,
  type Tensor,
  transpose,
  where,
} from "@gasp/tensor";

/**
 * Fourier features of coordinates.
 *
 * @param coordinates `[..., dimension]`.
 * @param frequencies B, `[count, dimension]`.
 * @returns `[..., 2 · count]`: cosines, then sines.
 *
 * @example Cosines, then sines, of a quarter of a turn
 * ```ts
 * import { fourierFeatures } from "@gasp/gasp";
 * import { evaluate, tensor } from "@gasp/tensor";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const features = await evaluate(fourierFeatures(tensor([[0.25]]), tensor([[1]])));
 * const [cosine, sine] = await features.data();
 * assertAlmostEquals(sine!, 1, 1e-6);
 * assertAlmostEquals(cosine!, 0, 1e-6);
 * ```
 */
export function fourierFeatures(coordinates: Tensor, frequencies: Tensor): Tensor {
  const [count, dimension] = frequencies.shape as [number, number];
  const columns = transpose(frequencies);
  const rows = reshape(coordinates, [coordinates.size / dimension, dimension]);
  const turns = matmul(rows, concatenate([columns, columns], 1));
  // sin 2πu = cos 2π(u - 1/4): one function for both halves, so that one kernel makes the whole row. Whole turns go
  // first, while they are exact, so that u is small and float32 holds the difference well.
  const quarter = where(less(arange(2 * count), count), 0, 0.25);
  return reshape(cos2pi(sub(sub(turns, round(turns)), quarter)), [
    ...coordinates.shape.slice(0, -1),
    2 * count,
  ]);
}

/**
 * What the function network reads: Fourier features, or the coordinates themselves in a model that has none. Coordinates
 * that stay the same are encoded once, not in every step.
 *
 * @param coordinates `[..., dimension]`.
 * @param frequencies `[count, dimension]`, or `undefined` for no encoding.
 * @returns `[..., 2 · count]` or the coordinates.
 *
 * @example
 * ```ts
 * import { encodeCoordinates } from "@gasp/gasp";
 * import { tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const coordinates = tensor([[0, 1], [1, 0]]);
 * assertEquals(encodeCoordinates(coordinates, tensor([[1, 0], [0, 1], [1, 1]])).shape, [2, 6]);
 * assertEquals(encodeCoordinates(coordinates, undefined).shape, [2, 2]);
 * ```
 */
export function encodeCoordinates(coordinates: Tensor, frequencies: Tensor | undefined): Tensor {
  return frequencies ? fourierFeatures(coordinates, frequencies) : coordinates;
}
