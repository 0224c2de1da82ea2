/**
 * `evaluate`: compares samples of a run with its data by a table of metrics.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { type Checkpoint, UserError } from "@gasp/gasp";
import {
  chooseMetrics,
  Evaluation,
  type EvaluationReport,
  FEATURE_SPACES,
  itemsOfGenerator,
  METRICS,
  reportOf,
  tableOf,
} from "@gasp/gasp/metrics";
import { withData } from "../files/data.ts";
import { writeBytes } from "../files/files.ts";
import type { OptionTable, Values } from "../options/options.ts";
import { print } from "../terminal/output.ts";
import { type Command, defineCommand } from "./command.ts";
import { GENERATOR_OPTIONS, withGenerator } from "./explore.ts";
import { openRun, RUN } from "./run_argument.ts";

const OPTIONS = {
  metrics: {
    kind: "text",
    value: "NAME,…",
    defaultText: "all that suit the data and take seconds",
    help: `Metrics to compute: ${METRICS.map(({ name }) => name).join(", ")}`,
  },
  samples: { kind: "integer", min: 2, max: 1_000_000, default: 500, help: "Number of samples" },
  reference: {
    kind: "integer",
    min: 2,
    max: 1_000_000,
    default: 1000,
    help: "Number of real items to compare with, at most half of them",
  },
  features: {
    kind: "choice",
    choices: Object.keys(FEATURE_SPACES),
    default: Object.keys(FEATURE_SPACES)[0]!,
    help: "Space in which neighbours and kernels are computed",
  },
  data: {
    kind: "text",
    value: "NAME|PATH|KIND:PATH",
    defaultText: "what the run was trained on",
    help: "Data to compare with",
  },
  resolution: {
    kind: "integer",
    min: 2,
    max: 4096,
    defaultText: "that of the run",
    help: "Resolution at which samples and data are compared",
  },
  seed: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, default: 0, help: "Seed of the samples" },
  json: {
    kind: "text",
    value: "FILE",
    defaultText: "none",
    help: "File for the numbers and how they were computed",
  },
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

type Choices = Values<typeof OPTIONS>;

/** The command. */
export const evaluateCommand: Command = defineCommand({
  name: "evaluate",
  summary: "Compare samples of a run with its data, beside what real items score.",
  positionals: [RUN],
  options: OPTIONS,
  examples: [
    "deno task evaluate runs/digits-1",
    "deno task evaluate runs/digits-1 --metrics pca-fd,recall --samples 2000 --json scores.json",
  ],
  async run(values, [argument]) {
    const { name, checkpoint } = await openRun(argument, values);
    const { data, resolution } = checkpoint.config;
    const report = await withData(
      values.data ?? data,
      { resolution: values.resolution ?? resolution },
      ({ dataset }) => evaluate(dataset, name, checkpoint, values),
    );
    print(tableOf(report));
    print(footnote(report));
    if (values.json !== undefined) {
      const facts = {
        run: name,
        step: checkpoint.step,
        data: values.data ?? data,
        seed: values.seed,
        ...report,
      };
      await writeBytes(values.json, new TextEncoder().encode(JSON.stringify(facts, null, 2) + "\n"));
    }
    return 0;
  },
});

async function evaluate(
  dataset: Dataset,
  run: string,
  checkpoint: Checkpoint,
  choices: Choices,
): Promise<EvaluationReport> {
  const { model } = checkpoint.config;
  if (dataset.coordinateDim !== model.coordinateDim || dataset.featureDim !== model.featureDim) {
    throw new UserError(
      `the items of "${dataset.name}" have ${dataset.coordinateDim} coordinates and ${dataset.featureDim} features, ` +
        `samples of ${run} have ${model.coordinateDim} and ${model.featureDim}: pass data of the kind it was trained on`,
    );
  }
  const { samples, reference, seed } = choices;
  const metrics = chooseMetrics(choices.metrics?.split(",").map((word) => word.trim()), dataset);
  return await withGenerator(checkpoint, choices, async ({ device, sampler, weights }) => {
    const evaluation = await Evaluation.prepare({
      data: dataset,
      metrics,
      device,
      samples,
      reference,
      features: FEATURE_SPACES[choices.features]!,
    });
    try {
      const items = itemsOfGenerator(sampler, weights, dataset, samples, seed);
      return await reportOf(evaluation, await evaluation.compare(items));
    } finally {
      evaluation.release();
    }
  });
}

function footnote({ sizes, metrics }: EvaluationReport): string {
  const protocols = Object.entries(metrics).map(([name, { protocol, source }]) => {
    const settings = Object.entries(protocol).map(([key, value]) => `${key} ${value}`);
    return `${name}: ${[...settings, source].join("; ")}`;
  });
  return [
    `${sizes.samples} samples and ${sizes.heldOut} other real items, each compared with ${sizes.reference} real items; ` +
    "± is a 95 % interval",
    ...protocols,
  ].join("\n");
}
