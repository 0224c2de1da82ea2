/**
 * The sphere as a flat map, which ignores that its left and right edges are the same meridian and its upper and lower edges
 * single points. Units are 90°: latitudes in [-1, 1], longitudes in [-2, 2], as far apart as on the grid of the data.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { add, atan2, concatenate, mul, slice, sqrt, square, type Tensor } from "@gasp/tensor";

const UNIT = Math.PI / 2;

/**
 * Maps points of the sphere to latitudes and longitudes.
 *
 * @param coordinates (x, y, z), `[points, 3]`.
 * @returns (latitude, longitude), `[points, 2]`.
 */
export function flatCoordinates(coordinates: Float32Array): Float32Array {
  const flat = new Float32Array(coordinates.length / 3 * 2);
  for (let i = 0; i < flat.length / 2; i++) {
    const [x, y, z] = coordinates.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
    flat[2 * i] = Math.atan2(z, Math.hypot(x, y)) / UNIT;
    flat[2 * i + 1] = Math.atan2(y, x) / UNIT;
  }
  return flat;
}

/**
 * Computes {@link flatCoordinates} as a tensor expression.
 *
 * @param coordinates (x, y, z), `[..., 3]`.
 * @returns `[..., 2]`.
 */
export function flatten(coordinates: Tensor): Tensor {
  const axis = coordinates.rank - 1;
  const part = (index: number) =>
    slice(
      coordinates,
      coordinates.shape.map((_, i) => (i === axis ? index : 0)),
      coordinates.shape.map((size, i) => (i === axis ? index + 1 : size)),
    );
  const [x, y, z] = [part(0), part(1), part(2)];
  const around = sqrt(add(square(x), square(y)));
  return concatenate([mul(atan2(z, around), 1 / UNIT), mul(atan2(y, x), 1 / UNIT)], axis);
}

/**
 * Returns the same fields over flat coordinates.
 *
 * @param data Fields on the sphere.
 */
export function flatDataset(data: Dataset): Dataset {
  const { name, items, pointCount, featureDim, display } = data;
  return {
    ...{ name, items, pointCount, featureDim, display },
    coordinates: flatCoordinates(data.coordinates),
    coordinateDim: 2,
    batch: (indices) => data.batch(indices),
    ...(data.batchCoordinates && {
      batchCoordinates: async (indices: ArrayLike<number>) =>
        flatCoordinates(await data.batchCoordinates!(indices)),
    }),
  };
}
