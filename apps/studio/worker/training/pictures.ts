/**
 * Pictures of samples and of items of data.
 *
 * @module
 */
import { coordinatesOf, type Dataset, displayOfItems, resolutionOf } from "@gasp/datasets";
import { requireSamples, type Samples } from "@gasp/gasp";
import { samplesOf, tileOf } from "@gasp/gasp/show";
import { type Pictures, picturesOfRasters, picturesOfValues } from "../core/rgba.ts";

/**
 * Draws samples: pictures at the size of their pixels, others as on a sheet.
 *
 * @param samples Samples.
 */
export function drawSamples(samples: Samples): Pictures {
  return samples.display.kind === "image"
    ? picturesOfValues(samples.values, samples.display)
    : picturesOfRasters(samplesOf(samples).map(tileOf));
}

/**
 * Draws the first items of a data set.
 *
 * @param dataset Data set.
 * @param count Number of items; fewer if it has fewer.
 * @throws {MemoryError} If the pictures do not fit in memory.
 */
export async function drawItems(dataset: Dataset, count: number): Promise<Pictures> {
  const indices = Array.from({ length: Math.min(dataset.items, count) }, (_, i) => i);
  const { display, pointCount } = dataset;
  // Items with points of their own are drawn at these, even if samples of a model are shown on a grid.
  const own = { points: pointCount, display: displayOfItems(dataset) };
  const resolution = display.kind === "cloud" ? 2 : resolutionOf(display);
  requireSamples({ ...dataset, resolution, points: pointCount, count: indices.length }, "sheet");
  const values = await dataset.batch(indices), coordinates = await coordinatesOf(dataset, indices);
  return drawSamples({ ...dataset, values, coordinates, ...own });
}
