/**
 * Figure 12: auto-decoders reconstruct well, but samples of their prior are not like the data; samples of a learned prior are.
 * @module
 */
import { type Checkpoint, Reconstructor } from "@gasp/gasp";
import { markdownTable, sampleRow, valueRow } from "@gasp/gasp/compare";
import { labelledRows } from "@gasp/gasp/explore";
import { showEstimate } from "@gasp/gasp/metrics";
import type { Experiment, ExperimentContext, Subject } from "./experiment.ts";
import { evaluateAll, forEachSubject, someItems } from "./parts.ts";
import type { SubjectName } from "./settings.ts";

const SUBJECTS: readonly SubjectName[] = ["digits", "small-faces"];

/** Number of items whose reconstructions are measured. */
const ITEMS = 64;

/** The experiment. */
export const figure12: Experiment = {
  name: "figure12",
  caption:
    "Auto-decoders on digits and on faces. The paper shows samples of the Gaussian prior: good for digits, not for faces. Three " +
    "pictures for each: reconstructions of items, samples of the auto-decoder's prior, and samples of a prior that was learned over " +
    "the latents by a flow (latent-flow), which appendix B.1 says that auto-decoders lack.",
  subjects: () => SUBJECTS,
  async run(context) {
    const rows = await forEachSubject(context, SUBJECTS, (subject) => drawSubject(context, subject));
    return markdownTable([
      [
        "data",
        "reconstruction error / variance",
        "pca-fd of the prior ↓",
        "pca-fd of the flow ↓",
        "pca-fd of real items",
      ],
      ...rows,
    ]).join("\n");
  },
};

async function drawSubject(context: ExperimentContext, subject: Subject): Promise<string[]> {
  const { device, columns } = context, { data, name } = subject;
  const prior = await subject.train("autodecoder"), flow = await subject.train("latent-flow");
  const { picture, error } = await reconstructions(context, subject, prior);
  await context.picture(`${name}-reconstructions.png`, picture);
  const sheetOf = async (label: string, checkpoint: Checkpoint) =>
    labelledRows([await sampleRow(label, checkpoint, data, device, columns)]);
  await context.picture(`${name}-prior.png`, await sheetOf("prior", prior));
  await context.picture(`${name}-flow.png`, await sheetOf("flow", flow));
  const { values, floors } = await evaluateAll(context, data, ["pca-fd"], [prior, flow]);
  const shown = [...values, floors].map((estimates) => showEstimate(estimates["pca-fd"]!));
  return [name, error.toFixed(3), ...shown];
}

/** Reconstructions of the first items, and their mean squared error over the variance of the items at their points. */
async function reconstructions(
  { device, columns }: ExperimentContext,
  { data }: Subject,
  checkpoint: Checkpoint,
) {
  const reconstructor = new Reconstructor(checkpoint.config, device);
  try {
    const indices = someItems(data, ITEMS);
    const found = await reconstructor.reconstruct(await checkpoint.readState(), data, indices);
    const size = data.pointCount * data.featureDim, shown = Math.min(columns, indices.length) * size;
    const picture = labelledRows([
      valueRow("real", data, found.originals.subarray(0, shown)),
      valueRow("reconstructed", data, found.reconstructions.subarray(0, shown)),
    ]);
    return { picture, error: relativeError(found.originals, found.reconstructions, size) };
  } finally {
    reconstructor.release();
  }
}

/**
 * Returns the mean squared error of reconstructions over that of the mean item: 0 is exact, 1 is no better than the mean.
 *
 * @param originals `[items, size]`.
 * @param reconstructions `[items, size]`.
 * @param size Values per item.
 */
export function relativeError(originals: Float32Array, reconstructions: Float32Array, size: number): number {
  const count = originals.length / size, mean = new Float64Array(size);
  originals.forEach((value, i) => mean[i % size]! += value / count);
  let error = 0, variance = 0;
  originals.forEach((value, i) => {
    error += (value - reconstructions[i]!) ** 2;
    variance += (value - mean[i % size]!) ** 2;
  });
  return error / variance;
}
