/**
 * Parts of experiments: data one after another, a trained GASP and its latents, sheets and tables of several methods.
 * @module
 */
import { labelledRows } from "@gasp/gasp/explore";
import { markdownTable, realRow, sampleRow, valueHeading, withSampler } from "@gasp/gasp/compare";
import { chooseMetrics, type Estimate, Evaluation, itemsOfGenerator, showEstimate } from "@gasp/gasp/metrics";
import { type Checkpoint, type RasterImage, sampleLatents, type Sampler } from "@gasp/gasp";
import type { Dataset } from "@gasp/datasets";
import { permutation, type Tree } from "@gasp/tensor";
import type { ExperimentContext, Subject } from "./experiment.ts";
import type { SubjectName } from "./settings.ts";

/** A trained GASP. */
export interface TrainedGasp {
  /** What it was trained on. */
  readonly data: Dataset;
  /** Its last checkpoint. */
  readonly checkpoint: Checkpoint;
  /** Sampler of its generator. */
  readonly sampler: Sampler;
  /** Weights of its generator. */
  readonly weights: Tree;
  /** Latents of seed 0, `[count, latentDim]`. */
  readonly latents: Float32Array;
}

/**
 * Trains GASP and passes it to a function.
 *
 * @param context Data and device.
 * @param name Which data.
 * @param count Number of latents.
 * @param use Draws samples.
 */
export function withGasp<T>(
  context: ExperimentContext,
  name: SubjectName,
  count: number,
  use: (gasp: TrainedGasp) => Promise<T>,
): Promise<T> {
  return context.withSubject(name, async ({ data, train }) => {
    const checkpoint = await train("gasp");
    return await withSampler(checkpoint, context.device, (sampler, weights) => {
      const latents = sampleLatents(0, count, sampler.generator.latentDim);
      return use({ data, checkpoint, sampler, weights, latents });
    });
  });
}

/**
 * Runs a part of an experiment for each of its data.
 *
 * @param context Opens the data.
 * @param names Which data.
 * @param use The part.
 * @returns Its results, in the order of the names.
 */
export async function forEachSubject<T>(
  context: ExperimentContext,
  names: readonly SubjectName[],
  use: (subject: Subject) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const name of names) results.push(await context.withSubject(name, use));
  return results;
}

/** Methods, and the labels of their rows. */
export type LabelledMethods = readonly (readonly [method: string, label: string])[];

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
  methods: LabelledMethods,
): Promise<RasterImage> {
  const { device, columns } = context, { data } = subject;
  const rows = [await realRow(data, columns)];
  for (const [method, label] of methods) {
    rows.push(await sampleRow(label, await subject.train(method), data, device, columns));
  }
  return labelledRows(rows);
}

/**
 * Trains methods and evaluates them.
 *
 * @param context Device and scale.
 * @param subject Data.
 * @param methods Methods and the labels of their rows.
 * @param metrics Names of metrics.
 * @returns A table in Markdown: a row for each method, and one for held-out real items.
 */
export async function methodTable(
  context: ExperimentContext,
  subject: Subject,
  methods: LabelledMethods,
  metrics: readonly string[],
): Promise<string> {
  const checkpoints = [];
  for (const [method] of methods) checkpoints.push(await subject.train(method));
  const { values, floors } = await evaluateAll(context, subject.data, metrics, checkpoints);
  const shown = chooseMetrics(metrics, subject.data).flatMap(({ values }) => values);
  const row = (label: string, estimates: typeof floors) => [
    label,
    ...shown.map(({ name }) => showEstimate(estimates[name]!)),
  ];
  return markdownTable([
    ["method", ...shown.map(valueHeading)],
    ...methods.map(([, label], i) => row(label, values[i]!)),
    row("real items", floors),
  ]).join("\n");
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
