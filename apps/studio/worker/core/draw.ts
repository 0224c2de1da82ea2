/**
 * Draws samples of every kind.
 *
 * @module
 */
import type { Samples } from "@gasp/gasp/sample";
import { type Pictures, picturesOfRasters, picturesOfValues } from "./rgba.ts";

/**
 * Draws one picture of each sample. The code for surfaces, maps, curves and clouds is loaded with the first of them.
 *
 * @param samples Samples of any kind.
 */
export async function picturesOf(samples: Samples): Promise<Pictures> {
  if (samples.display.kind === "image") return picturesOfValues(samples.values, samples.display);
  const { samplesOf, tileOf } = await import("@gasp/gasp/show");
  return picturesOfRasters(samplesOf(samples).map(tileOf));
}
