/** Small data sets, and configurations for them. @module */
import { type Dataset, imageDataset, sphereCoordinates } from "@gasp/datasets";
import { presetOf, resolveRunConfig, type RunConfig } from "@gasp/gasp";

/** Rows and columns. */
const SIZE = 5;

/** 20 grey images of 5 × 5. */
export const data: Dataset = imageDataset("synthetic", {
  count: 20,
  height: SIZE,
  width: SIZE,
  channels: 1,
  pixels: new Uint8Array(20 * SIZE * SIZE).map((_, i) => (i * 97) % 256),
});

/** Returns a configuration of the preset `tiny`. @param overrides Fields to change. */
export function tiny(overrides: Partial<RunConfig>): RunConfig {
  return resolveRunConfig({ preset: "tiny", overrides });
}

const WAVES = 9;

/** 9 waves of 5 × 5 pixels whose direction and phase depend on the item. */
export const waves: Dataset = imageDataset("marks", {
  ...{ count: WAVES, height: SIZE, width: SIZE, channels: 1 },
  pixels: new Uint8Array(WAVES * SIZE ** 2).map((_, i) => {
    const item = Math.floor(i / SIZE ** 2), row = Math.floor(i / SIZE) % SIZE, column = i % SIZE;
    return 128 + 120 * Math.sin(1.7 * item + row * Math.cos(item) + column * Math.sin(item));
  }),
});

/** The same values on the sphere. */
const fields: Dataset = {
  ...{ name: "fields", items: WAVES, pointCount: SIZE ** 2, featureDim: 1 },
  coordinates: sphereCoordinates(SIZE, SIZE),
  coordinateDim: 3,
  display: { kind: "sphere", latitudes: SIZE, longitudes: SIZE, scale: { low: 0, high: 1 } },
  batch: (indices) => waves.batch(indices),
};

/** Returns data that the preset `tiny` of a method is for. @param method Its name. */
export function wavesFor(method: string): Dataset {
  return presetOf("tiny", method).model.coordinateDim === 3 ? fields : waves;
}
