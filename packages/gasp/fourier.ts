/**
 * Random Fourier features (Tancik et al., 2020): `x ↦ [cos 2π B x, sin 2π B x]`, which let a small network show detail.
 * @module
 */
import { linear } from "@gasp/autograd";
import { arange, concatenate, cos, less, mul, round, sub, type Tensor, where } from "@gasp/tensor";

/**
 * Fourier features of coordinates.
 *
 * @param coordinates `[..., dimension]`.
 * @param frequencies B, `[count, dimension]`.
 * @returns `[..., 2 · count]`: cosines, then sines.
 */
export function fourierFeatures(coordinates: Tensor, frequencies: Tensor): Tensor {
  const count = frequencies.shape[0]!;
  // sin 2πu = cos 2π(u - 1/4): one function for both halves, so that one kernel makes the whole row
  const quarter = where(less(arange(2 * count), count), 0, 0.25);
  const turns = withinHalfTurn(
    withinHalfTurn(linear(coordinates, concatenate([frequencies, frequencies], 0))),
    quarter,
  );
  return cos(mul(turns, 2 * Math.PI));
}

/** Takes whole turns away while they are exact, so that the angle is small and float32 holds it well. */
function withinHalfTurn(turns: Tensor, shift?: Tensor): Tensor {
  const shifted = shift ? sub(turns, shift) : turns;
  return sub(shifted, round(shifted));
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
