/**
 * `compare`: trains several methods on the same data with the same budget, and writes a table and a sheet of samples.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { methodNames, openFileStore, showEstimate } from "@gasp/gasp";
import { compare, type ComparedRun, comparisonTable } from "@gasp/gasp/compare";
import type { Device } from "@gasp/tensor";
import { DEVICE_OPTIONS, withDevice } from "../device/device.ts";
import { clockOf, describeMachine } from "../device/machine.ts";
import { withData } from "../files/data.ts";
import { METRIC_OPTIONS, metricsOf, openSpaces, referenceOf } from "../files/feature_spaces.ts";
import { lockRun } from "../files/run_lock.ts";
import type { OptionTable, Values } from "../options/options.ts";
import { Activity } from "../terminal/activity.ts";
import { print, printError } from "../terminal/output.ts";
import { stopOnSignals } from "../terminal/stop_signals.ts";
import { type Command, defineCommand } from "../command/command.ts";
import { type Comparison, comparisonOf } from "../experiments/compare_request.ts";
import { RunProgress } from "../terminal/run_progress.ts";
import { shellWord } from "../terminal/shell_word.ts";

const OPTIONS = {
  data: {
    kind: "text",
    value: "NAME|PATH|KIND:PATH",
    defaultText: "the preset's",
    help: "Data: the name of a preset, of bundled data, or a file or folder",
  },
  preset: {
    kind: "text",
    value: "NAME",
    defaultText: "the first for the data",
    help: "Preset configuration, of which each method has its own version",
  },
  resolution: {
    kind: "integer",
    min: 2,
    max: 4096,
    defaultText: "the preset's",
    help: "Resolution at which all methods are trained and compared",
  },
  models: {
    kind: "text",
    value: "NAME,…",
    defaultText: "all that have the preset",
    help: `Methods: ${methodNames().join(", ")}`,
  },
  seconds: {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    help:
      "Budget of each run: seconds of processor time (wall-clock time on a GPU), converted to steps by measured step times",
  },
  steps: { kind: "integer", min: 2, max: Number.MAX_SAFE_INTEGER, help: "Budget of each run: steps" },
  seeds: { kind: "text", value: "N,…", default: "0,1,2", help: "Seeds; each method is trained with each" },
  weights: {
    kind: "choice",
    choices: ["average", "latest"],
    default: "average",
    help:
      "Moving average of the weights, if a method has one, or latest weights, for runs that are short for the average",
  },
  ...METRIC_OPTIONS,
  out: {
    kind: "text",
    value: "FOLDER",
    defaultText: "comparisons/PRESET-BUDGET",
    help: "Folder of the comparison; if it has begun there, it continues",
  },
  ...DEVICE_OPTIONS,
} satisfies OptionTable;

type Choices = Values<typeof OPTIONS>;

/** The command. */
export const compareCommand: Command = defineCommand({
  name: "compare",
  summary: "Train several methods with one budget and several seeds, and compare their samples.",
  options: OPTIONS,
  outlivesOutput: true,
  examples: [
    "deno task compare --data digits --models gasp,autodecoder,latent-flow --seconds 300 --seeds 0,1,2",
    "deno task compare --data digits --resolution 28 --seconds 600",
    "deno task compare --data faces --steps 2000 --seeds 0 --out comparisons/faces",
    "deno task compare --data cifar10.npy --preset faces32 --seconds 1800",
  ],
  async run(values) {
    const asked = comparisonOf(values), out = values.out ?? defaultFolder(asked, values);
    const { data, resolution } = asked;
    return await withData(
      data,
      { resolution, report: printError },
      ({ dataset }) =>
        withDevice(values, async (device) => {
          const lock = await lockRun(out);
          try {
            return await runComparison(asked, values, dataset, device, out);
          } finally {
            await lock.release();
          }
        }),
    );
  },
});

function defaultFolder({ preset, budget, resolution }: Comparison, choices: Choices): string {
  const size = "seconds" in budget ? `${budget.seconds}s` : `${budget.steps}-steps`;
  const scale = choices.resolution === undefined ? "" : `-${resolution}`;
  return `comparisons/${preset}${scale}-${size}`;
}

async function runComparison(
  asked: Comparison,
  choices: Choices,
  data: Dataset,
  device: Device,
  out: string,
): Promise<number> {
  const { data: dataName, ...rest } = asked, { samples } = choices, reference = referenceOf(choices);
  const clock = clockOf(device), metrics = metricsOf(choices, data);
  const spaces = await openSpaces(choices, metrics, device);
  const stop = stopOnSignals(() => printError("stopping after this step; the same command continues"));
  using activity = new Activity("comparing");
  const progress = new RunProgress(clock.name);
  try {
    const { record, finished } = await compare({
      ...{ ...rest, data, dataName, device, samples, reference },
      ...{ metrics, spaces },
      weights: choices.weights === "latest" ? "latest" : "ema",
      store: await openFileStore(out),
      openRun: (folder) => openFileStore(`${out}/${folder}`),
      clock: clock.seconds,
      machine: { ...describeMachine(device), seconds: clock.name },
      command: commandOf(asked, choices),
      signal: stop.signal,
      events: {
        onPart: (what) => activity.next(what),
        onProgress: (fraction) => activity.at(fraction),
        onPlan: (plan) => printError(progress.start(plan)),
        onRun: (run) => printError(`${describeRun(run)}${progress.next(run)}`),
      },
    });
    if (!finished) return stop.exitCode;
    print(comparisonTable(record));
    print(`${out}/table.md, ${out}/samples.png, ${out}/comparison.json`);
    return 0;
  } finally {
    stop.release();
  }
}

function describeRun({ method, seed, seconds, values, failure }: ComparedRun): string {
  const [first] = Object.entries(values ?? {});
  const result = failure ?? (first ? `${first[0]} ${showEstimate(first[1])}` : "stopped");
  return `${method}, seed ${seed}: ${result} after ${seconds.toFixed(0)} seconds`;
}

/** The command that repeats a comparison, with what was left to defaults written out. */
function commandOf({ preset, methods, seeds, data, budget }: Comparison, choices: Choices): string {
  const [unit, size] = Object.entries(budget)[0]!;
  const options = {
    preset,
    data,
    ...(choices.resolution !== undefined && { resolution: `${choices.resolution}` }),
    models: methods.join(","),
    [unit]: `${size}`,
    seeds: seeds.join(","),
    ...(choices.weights !== OPTIONS.weights.default && { weights: choices.weights }),
    ...(choices.metrics !== undefined && { metrics: choices.metrics }),
    ...(choices.inception !== undefined && { inception: choices.inception, resize: choices.resize }),
    ...(choices.samples !== OPTIONS.samples.default && { samples: `${choices.samples}` }),
    ...(choices.reference !== OPTIONS.reference.default && { reference: choices.reference }),
    ...(choices.device !== OPTIONS.device.default && { device: choices.device }),
    ...(choices.threads !== undefined && { threads: `${choices.threads}` }),
    ...(choices.out !== undefined && { out: choices.out }),
  };
  return [
    "deno task compare",
    ...Object.entries(options).map(([name, value]) => `--${name} ${shellWord(value)}`),
  ]
    .join(" ");
}
