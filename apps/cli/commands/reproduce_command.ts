/**
 * `reproduce`: repeats a table or figure of the paper.
 * @module
 */
import { openFileStore } from "@gasp/gasp";
import { withDevice } from "../device/device.ts";
import { clockOf, describeMachine } from "../device/machine.ts";
import { DEVICE_OPTIONS } from "../device/device.ts";
import { type Scale, SCALES } from "../experiments/settings.ts";
import { reproduce, requireData } from "../experiments/reproduction.ts";
import { EXPERIMENTS } from "../experiments/table.ts";
import { withData } from "../files/data.ts";
import { readBytes } from "../files/files.ts";
import { lockRun } from "../files/run_lock.ts";
import { type OptionTable, UsageError } from "../options/options.ts";
import { Activity } from "../terminal/activity.ts";
import { print, printError } from "../terminal/output.ts";
import { stopOnSignals } from "../terminal/stop_signals.ts";
import { type Command, defineCommand } from "../command/command.ts";
import { shellWord } from "../terminal/shell_word.ts";

const OPTIONS = {
  scale: {
    kind: "choice",
    choices: SCALES,
    default: "laptop",
    help:
      "laptop: bundled data, minutes to an hour on two cores; paper: the paper's data and steps; tiny: a few steps, to try it",
  },
  steps: {
    kind: "integer",
    min: 2,
    max: Number.MAX_SAFE_INTEGER,
    help: "Steps of each training, instead of those of the scale: fewer, for a look at what comes out",
  },
  data: { kind: "text", value: "FOLDER", default: "data", help: "Folder of data that are not bundled" },
  inception: {
    kind: "text",
    value: "FILE",
    defaultText: "none",
    help: "table1: weights of the Inception network of pytorch-fid, .safetensors or .onnx",
  },
  out: {
    kind: "text",
    value: "FOLDER",
    defaultText: "reproductions/SCALE, with --steps reproductions/SCALE-N-steps",
    help: "Folder; each experiment has one in it, trained runs are shared",
  },
  ...DEVICE_OPTIONS,
} satisfies OptionTable;

/** Number of pictures per row of a sheet. */
const COLUMNS = 8;

/** The command. */
export const reproduceCommand: Command = defineCommand({
  name: "reproduce",
  summary: "Reproduce a table or figure of the paper; the same command continues one that was stopped.",
  positionals: [{ name: "NAME", help: "Table or figure", choices: EXPERIMENTS.map(({ name }) => name) }],
  options: OPTIONS,
  outlivesOutput: true,
  examples: [
    "deno task reproduce figure8",
    "deno task reproduce figure11",
    "deno task reproduce figure12 --steps 1000",
    "deno task reproduce table1 --scale paper --data ~/data --inception inception.safetensors --device webgpu",
  ],
  async run(values, [name]) {
    const experiment = EXPERIMENTS.find((experiment) => experiment.name === name)!;
    const scale = values.scale as Scale, { steps, inception: file } = values;
    if (steps !== undefined && experiment.subjects(scale).length === 0) {
      throw new UsageError(`${name} trains nothing: --steps has no meaning for it, leave it out`);
    }
    const length = steps === undefined ? "" : `-${steps}-steps`;
    const out = values.out ?? `reproductions/${scale}${length}`;
    const inception = file === undefined
      ? undefined
      : { name: file, bytes: Uint8Array.from(await readBytes(file)) };
    const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
    const files = { experiment, scale, steps, inception, exists, dataFolder: values.data };
    await requireData(files);
    return await withDevice(values, async (device) => {
      const stop = stopOnSignals(() => printError("stopping after this step; the same command continues"));
      const lock = await lockRun(out);
      using activity = new Activity(experiment.name);
      try {
        const finished = await reproduce({
          ...files,
          device,
          clock: clockOf(device).seconds,
          machine: describeMachine(device),
          columns: COLUMNS,
          signal: stop.signal,
          part: (what) => activity.next(what),
          progress: (fraction) => activity.at(fraction),
          command: `deno task reproduce ${name} --scale ${scale}` +
            (steps === undefined ? "" : ` --steps ${steps}`) +
            (values.data === OPTIONS.data.default ? "" : ` --data ${shellWord(values.data)}`),
          withData: ({ data, resolution }, use) =>
            withData(data, { resolution, report: printError }, ({ dataset }) => use(dataset)),
          open: (path) => openFileStore(`${out}/${path}`),
        });
        if (!finished) return stop.exitCode;
        print(`${out}/${name}/README.md`);
        return 0;
      } finally {
        await lock.release();
        stop.release();
      }
    });
  },
});
