/**
 * Synthetic data with the shape of a preset's data.
 * @module
 */
import { type Dataset, gridCoordinates, sphereCoordinates } from "@gasp/datasets";
import type { RunConfig } from "@gasp/gasp";

/** Columns per row of the grid on the sphere in the ERA5 files: 90 for 46. */
const COLUMNS_PER_ROW = 90 / 46;

/**
 * Returns the grid of the data at a resolution.
 *
 * @param config A configuration.
 * @param resolution Points along each axis; rows of a grid on the sphere.
 * @returns `[points, coordinateDim]`.
 */
export function coordinatesLike({ model, data }: RunConfig, resolution: number): Float32Array {
  return data === "era5"
    ? sphereCoordinates(resolution, Math.round(COLUMNS_PER_ROW * resolution))
    : gridCoordinates(new Array<number>(model.coordinateDim).fill(resolution));
}

/**
 * Creates a data set of noise with the shape of the data.
 *
 * @param config A configuration.
 */
export function noiseLike(config: RunConfig): Dataset {
  const { model, resolution, batchSize } = config, coordinates = coordinatesLike(config, resolution);
  const pointCount = coordinates.length / model.coordinateDim;
  const size = batchSize * pointCount * model.featureDim;
  const features = Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * i + 78.233));
  return {
    name: "noise",
    items: 4 * batchSize,
    coordinates,
    pointCount,
    coordinateDim: model.coordinateDim,
    featureDim: model.featureDim,
    display: {
      kind: "image",
      height: resolution,
      width: resolution,
      channels: model.featureDim === 3 ? 3 : 1,
    },
    // The same for every batch, so that generating it does not count towards the measured step.
    batch: (indices) => Promise.resolve(features.slice(0, indices.length * pointCount * model.featureDim)),
  };
}
