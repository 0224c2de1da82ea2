/**
 * `train`: trains a model, shows progress, and writes a run.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import {
  checkpointSteps,
  MemoryStore,
  PRESETS,
  requireAgreement,
  type RunConfig,
  type RunStore,
  train,
} from "@gasp/gasp";
import type { Device } from "@gasp/tensor";
import { memoryLimitOf } from "../options/byte_size.ts";
import { type Command, defineCommand } from "../command/command.ts";
import { withData } from "../files/data.ts";
import { contentsOf } from "../mpi/same_start.ts";
import { fromFirstRank } from "../mpi/share.ts";
import type { Mpi } from "../mpi/open_mpi.ts";
import { shareOfRank } from "../mpi/rank_device.ts";
import { withRanks } from "../mpi/session.ts";
import { lockRun } from "../files/run_lock.ts";
import { describeChosen, type DeviceChoice, withDevice } from "../device/device.ts";
import { print, printError, stdout } from "../terminal/output.ts";
import { ResumableError } from "../terminal/report_error.ts";
import { shellWord } from "../terminal/shell_word.ts";
import { stopOnSignals } from "../terminal/stop_signals.ts";
import { TrainingView } from "../terminal/training_view.ts";
import { orUncaught } from "../terminal/uncaught.ts";
import { describeRanks, trainingOfRank } from "./train_ranks.ts";
import { configFor, requireNewRun, TRAIN_OPTIONS, type Training, type TrainValues } from "./train_request.ts";
import { type OpenedValidation, openValidation, type ValidationChoice } from "./train_validation.ts";

/** The command. */
export const trainCommand: Command = defineCommand({
  name: "train",
  summary: "Train a model; writes samples and checkpoints to the folder of the run.",
  positionals: [{
    name: "RUN",
    optional: true,
    help: "With --resume: folder of the run (default: that of --out, otherwise the newest run in runs/)",
  }],
  options: TRAIN_OPTIONS,
  outlivesOutput: true,
  examples: [
    "deno task train",
    "deno task train --preset mnist --data ~/mnist --device webgpu --out runs/paper",
    "deno task train runs/paper --resume",
    "mpirun -n 4 deno task train --preset celebahq64 --data ~/celeba",
  ],
  run: (values, [argument]) => withRanks(values, (mpi) => trainOnRank(mpi, values, argument)),
});

/** Trains as the only process, or as one of several ranks. */
async function trainOnRank(
  mpi: Mpi | undefined,
  values: TrainValues,
  argument: string | undefined,
): Promise<number> {
  const choice = { ...values, ...memoryLimitOf(values) };
  const requested = await trainingOfRank(mpi, values, argument);
  if (requested.resume && requested.step >= requested.config.steps) {
    if (isFirst(mpi)) await sayCompleted(requested);
    return 0;
  }
  const { data: name, resolution, preset, read } = requested.config;
  const presets: Readonly<Record<string, RunConfig | undefined>> = PRESETS;
  const options = {
    resolution,
    ...(read && { read }),
    report: printError,
    ...(name === presets[preset]?.data && {
      cure: `the preset ${preset} needs your own data; pass a file or a folder with --data`,
    }),
  };
  return await withData(name, options, async ({ dataset: data, assumptions }) => {
    for (const assumption of assumptions) printError(`assumed: ${assumption}`);
    if (mpi) await requireAgreement(mpi.communicator, { "the contents of the data": await contentsOf(data) });
    const training = { ...requested, config: configFor(requested, data) };
    if (training.isSuited) {
      printError(`the preset ${training.config.preset} suits these data: choose another with --preset`);
    }
    return await withDevice(
      { ...choice, ...shareOfRank(mpi, values.threads) },
      (device) => runTraining({ training, data, device, choice, mpi }),
    );
  });
}

/** Whether this rank speaks, and writes. */
function isFirst(mpi: Mpi | undefined): boolean {
  return mpi === undefined || mpi.communicator.rank === 0;
}

async function sayCompleted({ open, step }: Training): Promise<void> {
  const { location } = await open();
  // Removes the lock of a training that died after its last checkpoint; where nothing can be written, it stays
  await lockRun(location).then((lock) => lock.release(), () => {});
  print(`${location} has already completed its ${step} steps: pass a larger --steps N to continue`);
}

/** Device and memory limit of a run. */
type Choice = DeviceChoice & ValidationChoice & {
  readonly memory?: string | undefined;
  readonly memoryLimit?: number;
};

/** What a run needs. */
interface Opened {
  readonly training: Training;
  readonly data: Dataset;
  readonly device: Device;
  readonly choice: Choice;
  /** The ranks; `undefined`: this process is alone. */
  readonly mpi: Mpi | undefined;
}

async function runTraining(opened: Opened): Promise<number> {
  const { training, mpi } = opened;
  if (mpi && !isFirst(mpi)) {
    const location = await fromFirstRank<string>(mpi.communicator, undefined);
    return await runLocked(opened, new MemoryStore(location));
  }
  const store = await training.open(training.config);
  const lock = await lockRun(store.location);
  try {
    // Another process may have started a run there in the meantime
    if (!training.resume) await requireNewRun(store);
    if (mpi) await fromFirstRank(mpi.communicator, store.location);
    return await runLocked(opened, store);
  } finally {
    await lock.release();
    await removeIfEmpty(store.location);
  }
}

async function runLocked(run: Opened, store: RunStore): Promise<number> {
  const { training, data, device, choice, mpi } = run;
  const described = describeChosen(device, choice);
  const where = mpi ? await describeRanks(mpi, described) : described;
  const view = new TrainingView(stdout, training, data, where, store.location);
  const stop = stopOnSignals((signal) => view.stopping(signal));
  let opened: OpenedValidation | undefined;
  const resumption = resumeCommand(store.location, choice, mpi);
  try {
    const { config, resume } = training;
    opened = await openValidation(choice, config, data, device, isFirst(mpi));
    const validation = opened?.validation;
    const { signal } = stop;
    const { memoryLimit = Infinity } = choice;
    const request = {
      config,
      data,
      device,
      store,
      resume,
      signal,
      events: view,
      memoryLimit,
      ...(validation && { validation }),
      ...(mpi && { communicator: mpi.communicator }),
    };
    const { step, finished } = await orUncaught(() => train(request));
    const ending = view.end(step, finished, resumption);
    if (finished) return 0;
    // If standard output is gone (the whole pipeline was stopped), still tell the user how to resume
    if (!await stdout.settled(FLUSH_TIMEOUT) || stdout.failure !== undefined) printError(ending);
    return stop.exitCode || STOPPED_BY_OTHER;
  } catch (error) {
    throw await canResume(store) ? new ResumableError(error, resumption) : error;
  } finally {
    opened?.release();
    view.close();
    stop.release();
  }
}

/** Exit code of a rank that stopped because another one was asked to. */
const STOPPED_BY_OTHER = 130;
/** Maximum wait for the last lines to be written, in milliseconds. */
const FLUSH_TIMEOUT = 1000;

async function canResume(store: RunStore): Promise<boolean> {
  try {
    return (await checkpointSteps(store)).length > 0;
  } catch {
    // The folder is not accessible, which the error being reported already says
    return false;
  }
}

/** Removes the folder of a run that could not start. */
async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await Deno.remove(folder);
  } catch {
    // It is not empty: it contains the run
  }
}

function resumeCommand(location: string, choice: Choice, mpi: Mpi | undefined): string {
  const { device, threads, memory, evaluate, "evaluate-every": every } = choice;
  const options = [
    ...(device === "auto" ? [] : [`--device ${device}`]),
    ...(threads === undefined ? [] : [`--threads ${threads}`]),
    ...(memory === undefined ? [] : [`--memory ${shellWord(memory)}`]),
    ...(every === undefined ? [] : [`--evaluate-every ${every}`]),
    ...(evaluate === TRAIN_OPTIONS.evaluate.default ? [] : [`--evaluate ${shellWord(evaluate)}`]),
  ];
  const launcher = mpi ? [`mpirun -n ${mpi.communicator.size}`] : [];
  return [...launcher, "deno task train", shellWord(location), "--resume", ...options].join(" ");
}
