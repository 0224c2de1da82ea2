/**
 * Made-up data of the shape that a preset takes.
 * @module
 */
import { type Dataset, gridCoordinates, sphereCoordinates } from "@gasp/datasets";
import type { RunConfig } from "@gasp/gasp";

/** Columns of the sphere's grid for each row, in ERA5's files: 90 for 46. */
const COLUMNS_PER_ROW = 90 / 46;

/**
 * The grid of the data at some resolution.
 *
 * @param config A configuration.
 * @param resolution Points along each axis; rows of the sphere.
 * @returns `[points, coordinateDim]`.
 */
export function coordinatesLike({ model, data }: RunConfig, resolution: number): Float32Array {
  return data === "era5"
    ? sphereCoordinates(resolution, Math.round(COLUMNS_PER_ROW * resolution))
    : gridCoordinates(new Array<number>(model.coordinateDim).fill(resolution));
}

/**
 * Noise of the shape of the data.
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
    // The same for every batch: making it would take time from the step that is measured.
    batch: (indices) => Promise.resolve(features.slice(0, indices.length * pointCount * model.featureDim)),
  };
}
