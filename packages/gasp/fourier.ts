/**
 * Random Fourier features (Tancik et al., 2020): `x ↦ [cos 2π B x, sin 2π B x]`, which let a small network show detail.
 * @module
 */
import { linear } from "@gasp/autograd";
import { concatenate, cos, mul, round, sin, sub, type Tensor } from "@gasp/tensor";

/**
 * Fourier features of coordinates.
 *
 * @param coordinates `[..., dimension]`.
 * @param frequencies B, `[count, dimension]`.
 * @returns `[..., 2 · count]`: cosines, then sines.
 */
export function fourierFeatures(coordinates: Tensor, frequencies: Tensor): Tensor {
  const turns = linear(coordinates, frequencies);
  // Whole turns are taken away while they are exact, so that the angle is small and float32 holds it well
  const angle = mul(sub(turns, round(turns)), 2 * Math.PI);
  return concatenate([cos(angle), sin(angle)], -1);
}

/**
 * What the function network reads: Fourier features, or the coordinates themselves in a model that has none. Coordinates
 * that stay the same are encoded once, not in every step.
 *
 * @param coordinates `[..., dimension]`.
 * @param frequencies `[count, dimension]`, or `undefined` for no encoding.
 * @returns `[..., 2 · count]` or the coordinates.
 */
export function encodeCoordinates(coordinates: Tensor, frequencies: Tensor | undefined): Tensor {
  return frequencies ? fourierFeatures(coordinates, frequencies) : coordinates;
}
