/**
 * `evaluate`: compares samples of a run, or of a file, with data by a table of metrics.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { UserError } from "@gasp/gasp";
import {
  describeProtocol,
  describeSizes,
  Evaluation,
  type EvaluationReport,
  type EvaluationRequest,
  FEATURE_SPACES,
  type Items,
  itemsOf,
  itemsOfGenerator,
  reportOf,
  tableOf,
} from "@gasp/gasp/metrics";
import { type Device, parseNpy } from "@gasp/tensor";
import { withDevice } from "../device/device.ts";
import { withData } from "../files/data.ts";
import { METRIC_OPTIONS, metricsOf, openSpaces, referenceOf, type Spaces } from "../files/feature_spaces.ts";
import { readBytes, writeBytes } from "../files/files.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { READ_OPTIONS, readOptionsOf } from "../options/read_options.ts";
import { Activity } from "../terminal/activity.ts";
import { print } from "../terminal/output.ts";
import { type Command, defineCommand } from "../command/command.ts";
import { checkDimensions, explained, GENERATOR_OPTIONS, withGenerator } from "./explore.ts";
import { openRun, RUN } from "../command/run_argument.ts";

const OPTIONS = {
  ...METRIC_OPTIONS,
  features: {
    kind: "choice",
    choices: [...Object.keys(FEATURE_SPACES), "classifier", "inception"],
    default: Object.keys(FEATURE_SPACES)[0]!,
    help: "Space in which neighbours and kernels are computed",
  },
  data: {
    kind: "text",
    value: "NAME|PATH|KIND:PATH",
    defaultText: "what the run was trained on",
    help: "Data to compare with",
  },
  ...READ_OPTIONS,
  resolution: {
    kind: "integer",
    min: 2,
    max: 4096,
    defaultText: "that of the run",
    help: "Resolution at which samples and data are compared",
  },
  input: {
    kind: "text",
    value: "FILE.npy",
    defaultText: "none",
    help: "Samples of another program instead of a run: [samples, ...], values in [-1, 1] or bytes",
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
    "deno task evaluate runs/digits-1 --resolution 28 --metrics classes,manifold --features classifier",
    "deno task evaluate runs/faces --samples 30000 --reference all --metrics fid --inception inception.onnx",
  ],
  async run(values, [run]) {
    const { report, facts } = values.input === undefined
      ? await evaluateRun(run, values)
      : await evaluateFile(run, values.input, values);
    print(tableOf(report));
    print(footnote(report));
    if (values.json !== undefined) {
      const text = JSON.stringify({ ...facts, ...report }, null, 2) + "\n";
      await writeBytes(values.json, new TextEncoder().encode(text));
    }
    return 0;
  },
});

/** A report, and what was evaluated. */
interface Evaluated {
  readonly report: EvaluationReport;
  readonly facts: Readonly<Record<string, string | number>>;
}

async function evaluateRun(run: string | undefined, choices: Choices): Promise<Evaluated> {
  const { name, checkpoint } = await openRun(run, choices), { config } = checkpoint;
  const data = choices.data ?? config.data, resolution = choices.resolution ?? config.resolution;
  const read = readOptionsOf(choices) ?? (choices.data === undefined ? config.read : undefined);
  const report = await withData(data, { resolution, ...(read && { read }) }, ({ dataset }) => {
    checkDimensions(dataset, name, checkpoint);
    return withGenerator(
      checkpoint,
      choices,
      ({ device, sampler, weights, activity }) =>
        evaluate(
          dataset,
          { device, activity },
          choices,
          itemsOfGenerator(sampler, weights, dataset, choices.samples, choices.seed),
        ),
    );
  });
  const weights = checkpoint.weightsKind(choices.weights === "latest" ? "latest" : "ema");
  return {
    report,
    facts: { run: name, step: checkpoint.step, weights, data, resolution, seed: choices.seed },
  };
}

async function evaluateFile(run: string | undefined, file: string, choices: Choices): Promise<Evaluated> {
  const { data, resolution } = choices;
  if (run !== undefined) throw new UsageError("pass RUN or --input, not both");
  if (data === undefined) throw new UsageError("--input needs --data: the data to compare with");
  const { shape, data: numbers } = await explained(file, async () => parseNpy(await readBytes(file)));
  const read = readOptionsOf(choices);
  const report = await withData(
    data,
    { ...(resolution && { resolution }), ...(read && { read }) },
    ({ dataset }) => {
      const size = dataset.pointCount * dataset.featureDim, count = shape[0] ?? 0;
      if (count < 2 || numbers.length !== count * size) {
        throw new UserError(
          `${file} has an array of shape (${
            shape.join(", ")
          }), but samples like those of "${dataset.name}" have ` +
            `${size} values each`,
        );
      }
      const values = Float32Array.from(numbers, Number);
      const samples = numbers instanceof Uint8Array ? values.map((byte) => byte / 127.5 - 1) : values;
      const items = itemsOf(samples, size), used = Math.min(count, choices.samples);
      return withDevice(
        choices,
        async (device) => {
          using activity = new Activity("evaluating");
          return await evaluate(dataset, { device, activity }, { ...choices, samples: used }, {
            ...items,
            count: used,
          });
        },
      );
    },
  );
  return { report, facts: { input: file, data } };
}

async function evaluate(
  data: Dataset,
  { device, activity }: { readonly device: Device; readonly activity: Activity },
  choices: Choices,
  items: Items,
): Promise<EvaluationReport> {
  const { samples } = choices, reference = referenceOf(choices);
  const metrics = metricsOf(choices, data);
  const spaces = await openSpaces(choices, metrics, device, choices.features === "classifier");
  const features = featuresOf(choices.features, spaces);
  activity.next("preparing metrics");
  let counted = "";
  const onProgress = (what: string, done: number, total: number) => {
    if (what !== counted) activity.next(`evaluating ${counted = what}`);
    activity.at(done / total);
  };
  const evaluation = await Evaluation.prepare({
    data,
    metrics,
    device,
    samples,
    reference,
    features,
    ...spaces,
    onProgress,
  });
  try {
    return await reportOf(evaluation, await evaluation.compare(items));
  } finally {
    evaluation.release();
  }
}

function featuresOf(name: string, { inception, hidden }: Spaces): NonNullable<EvaluationRequest["features"]> {
  const found = name === "classifier" ? hidden : name === "inception" ? inception : FEATURE_SPACES[name];
  if (found) return found;
  throw new UsageError("--features inception needs the weights of the network: pass --inception FILE");
}

function footnote({ sizes, metrics }: EvaluationReport): string {
  return [
    `${describeSizes(sizes)}; ± is a 95 % interval`,
    ...Object.entries(metrics).map(([name, { protocol, source }]) =>
      describeProtocol(name, protocol, source)
    ),
  ].join("\n");
}
