/**
 * Random Fourier features (Tancik et al., 2020), the encoding γ(x) = [cos 2πBx, sin 2πBx] of section 2 of the paper. They
 * let a small network represent high frequencies. Proposition 2 (appendix B.3.2) bounds their Lipschitz constant by √8 π ‖B‖.
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
 * Computes γ(x) = [cos 2πBx, sin 2πBx], the random Fourier features of coordinates (section 2).
 *
 * @param coordinates x, `[..., d]`.
 * @param frequencies B, `[m, d]`.
 * @returns `[..., 2m]`: cosines, then sines.
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
 *
 * @category Models
 */
export function fourierFeatures(coordinates: Tensor, frequencies: Tensor): Tensor {
  const [count, dimension] = frequencies.shape as [number, number];
  const columns = transpose(frequencies);
  const rows = reshape(coordinates, [coordinates.size / dimension, dimension]);
  const turns = matmul(rows, concatenate([columns, columns], 1));
  // sin 2πu = cos 2π(u - 1/4): one function for both halves, so one kernel computes the whole row. Whole turns are
  // subtracted first, which is exact, so that u is small and u - 1/4 loses no digits in float32.
  const quarter = where(less(arange(2 * count), count), 0, 0.25);
  return reshape(cos2pi(sub(sub(turns, round(turns)), quarter)), [
    ...coordinates.shape.slice(0, -1),
    2 * count,
  ]);
}

/**
 * Computes the input of the function network: Fourier features, or the coordinates themselves in a model without an
 * encoding. Encode coordinates that do not change once rather than in every step.
 *
 * @param coordinates `[..., d]`.
 * @param frequencies B, `[m, d]`, or `undefined` for no encoding.
 * @returns `[..., 2m]`, or the coordinates.
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
 *
 * @category Models
 */
export function encodeCoordinates(coordinates: Tensor, frequencies: Tensor | undefined): Tensor {
  return frequencies ? fourierFeatures(coordinates, frequencies) : coordinates;
}
