/**
 * Sheets that compare methods: a row of samples for each.
 * @module
 */
import { labelledRows } from "@gasp/gasp/explore";
import { realRow, sampleRow } from "@gasp/gasp/compare";
import { chooseMetrics, type Estimate, Evaluation, itemsOfGenerator } from "@gasp/gasp/metrics";
import { withSampler } from "@gasp/gasp/compare";
import type { Checkpoint, RasterImage } from "@gasp/gasp";
import type { Dataset } from "@gasp/datasets";
import { permutation } from "@gasp/tensor";
import type { ExperimentContext, Subject } from "./experiment.ts";

/**
 * Trains methods and draws samples of each below real items.
 *
 * @param context Device and number of columns.
 * @param subject Data.
 * @param methods Methods and the labels of their rows.
 */
export async function methodRows(
  context: ExperimentContext,
  subject: Subject,
  methods: readonly (readonly [method: string, label: string])[],
): Promise<RasterImage> {
  const { device, columns } = context, { data } = subject;
  const rows = [await realRow(data, columns)];
  for (const [method, label] of methods) {
    rows.push(await sampleRow(label, await subject.train(method), data, device, columns));
  }
  return labelledRows(rows);
}

/**
 * Chooses items at random, with a fixed seed: files are often sorted by class.
 *
 * @param data Data.
 * @param count Number of items, at most.
 * @returns Their indices.
 */
export function someItems({ items }: Dataset, count: number): Uint32Array {
  return permutation({ seed: 3, stream: "experiments", step: 0 }, items).slice(0, count);
}

/** Numbers of samples and of real items, by scale. */
const EVALUATED = { paper: [10_000, 10_000], laptop: [500, 1000], tiny: [8, 16] } as const;

/** Values of checkpoints and of held-out real items. */
export interface Evaluated {
  /** Values of one metric, in the order of the checkpoints. */
  readonly values: readonly Readonly<Record<string, Estimate>>[];
  /** Values of held-out real items. */
  readonly floors: Readonly<Record<string, Estimate>>;
}

/**
 * Evaluates checkpoints.
 *
 * @param context Device and scale.
 * @param data Data.
 * @param names Names of metrics.
 * @param checkpoints Checkpoints.
 */
export async function evaluateAll(
  { device, scale, part }: ExperimentContext,
  data: Dataset,
  names: readonly string[],
  checkpoints: readonly Checkpoint[],
): Promise<Evaluated> {
  part("evaluating");
  const [samples, reference] = EVALUATED[scale];
  const metrics = chooseMetrics(names, data);
  const evaluation = await Evaluation.prepare({ data, device, metrics, samples, reference });
  try {
    const values = [];
    for (const checkpoint of checkpoints) {
      values.push(
        await withSampler(
          checkpoint,
          device,
          (sampler, weights) => evaluation.compare(itemsOfGenerator(sampler, weights, data, samples)),
        ),
      );
    }
    return { values, floors: await evaluation.floors() };
  } finally {
    evaluation.release();
  }
}
