/** A small data set of images, and configurations for it. @module */
import { type Dataset, imageDataset } from "@gasp/datasets";
import { resolveRunConfig, type RunConfig } from "@gasp/gasp";

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
