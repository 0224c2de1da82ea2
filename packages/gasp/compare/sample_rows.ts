/**
 * Sheets of samples of several models: a labelled row for each.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { type Device, permutation } from "@gasp/tensor";
import { enlarge, type LabelledRow } from "../explore/labelled_rows.ts";
import type { Checkpoint } from "../runs/checkpoint.ts";
import { sampleLatents } from "../sampling/sampler.ts";
import { samplesOf, tileOf } from "../show/sheet.ts";
import { withSampler } from "./with_sampler.ts";

/** Least height of a picture on a sheet, in pixels. */
const LEAST = 64;

/**
 * Draws values as a row of a sheet.
 *
 * @param label Label of the row.
 * @param data Points and display of the values.
 * @param values `[pictures, points, featureDim]`.
 * @category Comparison
 */
export function valueRow(
  label: string,
  data: Pick<Dataset, "coordinates" | "coordinateDim" | "featureDim" | "display">,
  values: Float32Array,
): LabelledRow {
  const pictures = samplesOf({ ...data, values }).map((sample) => {
    const tile = tileOf(sample);
    return enlarge(tile, Math.max(1, Math.ceil(LEAST / tile.height)));
  });
  return { label, pictures };
}

/**
 * Draws real items as a row of a sheet.
 *
 * @param data Data whose items share their points.
 * @param count Number of items, chosen at random with a fixed seed.
 * @category Comparison
 */
export async function realRow(data: Dataset, count: number): Promise<LabelledRow> {
  const order = permutation({ seed: 2, stream: "sheet", step: 0 }, data.items);
  return valueRow("real", data, await data.batch(order.subarray(0, count)));
}

/**
 * Draws samples of a checkpoint at the points of the data as a row of a sheet.
 *
 * @param label Label of the row.
 * @param checkpoint Checkpoint of a method with a generator.
 * @param data Data whose items share their points.
 * @param device Device to compute on.
 * @param count Number of samples.
 * @param kind The moving average of the weights, if there is one, or the latest. Default: the average.
 * @category Comparison
 */
export async function sampleRow(
  label: string,
  checkpoint: Checkpoint,
  data: Dataset,
  device: Device,
  count: number,
  kind: "ema" | "latest" = "ema",
): Promise<LabelledRow> {
  return await withSampler(checkpoint, device, async (sampler, weights) => {
    const latents = sampleLatents(0, count, sampler.generator.latentDim);
    return valueRow(label, data, await sampler.sample(weights, latents, data.coordinates));
  }, kind);
}
