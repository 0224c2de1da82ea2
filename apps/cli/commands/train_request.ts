/**
 * Converts the options of `train` to a training request: a new run, or one to resume.
 * @module
 */
import { BUNDLED_NAMES, type Dataset } from "@gasp/datasets";
import {
  type Checkpoint,
  CONFIG_FILE,
  configForData,
  type FileStore,
  methodNames,
  openFileStore,
  openNewestCheckpoint,
  parseRunConfig,
  PRESET_NAMES,
  presetOf,
  presetOfKind,
  readConfig,
  requireSameRun,
  resolveRunConfig,
  type RunConfig,
  UserError,
} from "@gasp/gasp";
import { MEMORY_OPTION } from "../options/byte_size.ts";
import { READ_OPTIONS, readOptionsOf, showReadOptions } from "../options/read_options.ts";
import { DEVICE_OPTIONS } from "../device/device.ts";
import { RANK_OPTIONS } from "../mpi/options.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { readBytes } from "../files/files.ts";
import { checkUnlocked } from "../files/run_lock.ts";
import { newestRun, nextRun, RUNS } from "../files/runs.ts";
import { kindOfData } from "../files/data.ts";
import { namedRun } from "../command/run_argument.ts";
import { printError } from "../terminal/output.ts";

const DEFAULT = PRESET_NAMES[0]!;

/** An integer option with defaults from the preset. */
const number = (help: string, ofPreset: (preset: RunConfig) => number) => ({
  kind: "integer",
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  defaultText: `the preset's; ${ofPreset(presetOf(DEFAULT))} for ${DEFAULT}`,
  help,
} as const);

/** Options of `train`. */
export const TRAIN_OPTIONS = {
  preset: {
    kind: "choice",
    choices: PRESET_NAMES,
    defaultText: `that of --config, otherwise ${DEFAULT}`,
    help: "Preset configuration",
  },
  model: {
    kind: "choice",
    choices: methodNames(),
    defaultText: `that of --config, otherwise ${presetOf(DEFAULT).method}`,
    help: "Training method; each has its own version of a preset",
  },
  config: {
    kind: "text",
    value: "FILE",
    defaultText: "none",
    help: "JSON file with a complete or partial configuration, which overrides the preset",
  },
  data: {
    kind: "text",
    value: "NAME|PATH|KIND:PATH",
    defaultText: `the preset's; ${presetOf(DEFAULT).data} for ${DEFAULT}`,
    help: `Training data: ${
      BUNDLED_NAMES.join(", ")
    }, or a file or folder of images, shapes, fields, sounds or points`,
  },
  ...READ_OPTIONS,
  steps: number("Total number of steps", (preset) => preset.steps),
  batch: { ...number("Batch size", (preset) => preset.batchSize), max: 65536 },
  seed: { ...number("Random seed", (preset) => preset.seed), min: 0 },
  ...DEVICE_OPTIONS,
  ...RANK_OPTIONS,
  memory: MEMORY_OPTION,
  out: {
    kind: "text",
    value: "FOLDER",
    defaultText: `${RUNS}/PRESET-N, with the next free number N`,
    help: "Folder of the run",
  },
  resume: {
    kind: "text",
    value: "RUN",
    optional: true,
    defaultText: "off",
    help: "Resume a stopped run, or extend a finished one with --steps; RUN may stand here too",
  },
  "save-every": number("Steps between checkpoints", (preset) => preset.saveEvery),
  "keep-every": {
    kind: "integer",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    defaultText: "none",
    help: "Also keep checkpoints at multiples of this step; otherwise only the newest two are kept",
  },
  "sample-every": number("Steps between sheets of samples", (preset) => preset.sampleEvery),
  "log-every": number("Steps between lines of metrics.jsonl", (preset) => preset.logEvery),
  "evaluate-every": {
    kind: "integer",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    defaultText: "with each sheet of samples, if the data are small enough for it to take under a second",
    help: "Steps between evaluations of the model; 0: none. The best checkpoint is kept",
  },
  evaluate: {
    kind: "text",
    value: "METRIC,…",
    default: "pca-fd",
    help:
      "Metrics of these evaluations; the first chooses the best checkpoint. See deno task evaluate --help",
  },
} satisfies OptionTable;

/** Values of {@link TRAIN_OPTIONS}. */
export type TrainValues = Values<typeof TRAIN_OPTIONS>;

/** A training request. */
export interface Training {
  /** Complete configuration. */
  readonly config: RunConfig;
  /** Whether an existing run is resumed. */
  readonly resume: boolean;
  /** Whether there is a checkpoint to resume from. */
  readonly hasCheckpoint: boolean;
  /** Number of completed steps. */
  readonly step: number;
  /** Whether the feature dimension is fixed; otherwise it is that of the data. */
  readonly fixedFeatures: boolean;
  /** Whether the preset was chosen to suit the data, since none was named. */
  readonly isSuited?: boolean;
  /**
   * Opens the folder of the run; creates one for a new run without `--out`.
   *
   * @param config Configuration, adapted to the data, which names the folder.
   */
  open(config?: RunConfig): Promise<FileStore>;
}

/**
 * Builds a training request.
 *
 * @param values Values of the options.
 * @param argument The argument RUN: folder of the run to resume.
 * @throws {UserError} If the configuration is invalid, the folder already contains a run, or there is no run to resume.
 */
export async function trainingOf(values: TrainValues, argument?: string): Promise<Training> {
  if (values.resume !== undefined) {
    return await resumed(values, namedRun(argument, values.resume || undefined, "resume"));
  }
  if (argument !== undefined) {
    throw new UsageError(
      `train ${argument}: add --resume to continue that run, or --out ${argument} to start a new one there`,
    );
  }
  const file = values.config === undefined ? {} : { file: await readConfigFile(values.config) };
  const { model: method } = values, suited = await suitedPreset(values);
  const preset = values.preset ?? suited;
  const config = resolveRunConfig({
    ...withoutUndefined({ preset, method }),
    ...file,
    overrides: overridesOf(values),
    onNote: printError,
  });
  const fixedFeatures = namesFeatures(file.file?.value);
  const { out } = values, store = out === undefined ? undefined : await openFileStore(out);
  if (store !== undefined) await requireNewRun(store);
  return {
    config,
    resume: false,
    hasCheckpoint: false,
    fixedFeatures,
    isSuited: suited !== undefined,
    step: 0,
    open: async (adapted = config) => store ?? await openFileStore(await nextRun(runName(adapted))),
  };
}

/** Chooses the preset that suits the data, if only the data are named. */
async function suitedPreset(values: TrainValues): Promise<string | undefined> {
  const { preset, config, model, data } = values;
  if (data === undefined || preset !== undefined || config !== undefined || model !== undefined) {
    return undefined;
  }
  const own = PRESET_NAMES.find((name) => presetOf(name).data === data);
  if (own !== undefined) return own;
  const kind = await kindOfData(data, readOptionsOf(values));
  return kind && presetOfKind(kind);
}

/**
 * Checks that a folder contains no run.
 *
 * @param store Files of the folder.
 * @throws {UserError} If it contains one.
 */
export async function requireNewRun(store: FileStore): Promise<void> {
  if (await store.size(CONFIG_FILE) === undefined) return;
  await checkUnlocked(store.location);
  throw new UserError(
    `${store.location} already contains a run: add --resume to continue it, or choose another folder with --out`,
  );
}

/**
 * Returns the prefix of a run's folder: the preset, and the method unless it is the first with such a preset.
 *
 * @param config Configuration of the run.
 */
export function runName({ preset, method }: RunConfig): string {
  const isFirst = PRESET_NAMES.includes(preset) && presetOf(preset).method === method;
  return isFirst ? preset : `${preset}-${method}`;
}

/** Whether a `--config` file sets the feature dimension. */
function namesFeatures(file: unknown): boolean {
  const model = (file as { model?: unknown } | undefined)?.model;
  return typeof model === "object" && model !== null && "featureDim" in model;
}

/**
 * Adapts the configuration to the data.
 *
 * @param training Training request.
 * @param data Training data.
 */
export function configFor({ config, ...how }: Training, data: Dataset): RunConfig {
  return configForData(config, data, how);
}

/** Options that may change when a run is resumed. */
function changesOf(values: TrainValues): Partial<RunConfig> {
  const { data, steps } = values;
  return withoutUndefined({
    data,
    steps,
    saveEvery: values["save-every"],
    keepEvery: values["keep-every"],
    sampleEvery: values["sample-every"],
    logEvery: values["log-every"],
  });
}

function overridesOf(values: TrainValues): object {
  const { seed, batch: batchSize } = values;
  return { ...changesOf(values), ...withoutUndefined({ seed, batchSize, read: readOptionsOf(values) }) };
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

async function resumed(values: TrainValues, named: string | undefined): Promise<Training> {
  const folder = namedRun(named, values.out, "out") ?? await newestRun();
  if (folder === undefined) {
    throw new UserError(`there is no run in ${RUNS}/ to resume: start one with "deno task train"`);
  }
  const store = await openFileStore(folder);
  await checkUnlocked(folder);
  const checkpoint = await openNewestCheckpoint(store);
  const before = await storedConfig(store, checkpoint);
  checkUnchanged(values, before);
  const config = parseRunConfig({ ...before, ...changesOf(values) }, "the options");
  const step = checkpoint?.step ?? 0;
  if (config.steps < step) {
    throw new UserError(`${folder} has already completed ${step} steps: --steps must be at least ${step}`);
  }
  return {
    config,
    resume: true,
    hasCheckpoint: checkpoint !== undefined,
    fixedFeatures: true,
    step,
    open: () => Promise.resolve(store),
  };
}

/** Returns the configuration of a run: that of `config.json`, or, if there is no such file, that of the checkpoint. */
async function storedConfig(store: FileStore, checkpoint: Checkpoint | undefined): Promise<RunConfig> {
  const where = `${store.location}/${CONFIG_FILE}`, stored = await readConfig(store);
  if (stored !== undefined) {
    const config = parseRunConfig(stored, where, printError);
    if (checkpoint !== undefined) requireSameRun(config, checkpoint, where);
    return config;
  }
  if (checkpoint === undefined) {
    throw new UserError(
      `${store.location} does not contain a run to resume: pass the folder of a run, or omit --resume to start one`,
    );
  }
  printError(`${where} is missing: restored from the checkpoint of step ${checkpoint.step}`);
  return checkpoint.config;
}

function checkUnchanged(values: TrainValues, { preset, method, seed, batchSize, read }: RunConfig): void {
  if (values.config !== undefined) {
    throw new UsageError("--config cannot be combined with --resume: a resumed run keeps its configuration");
  }
  const asked = showReadOptions(readOptionsOf(values)), known = showReadOptions(read);
  if (asked !== "" && asked !== known) {
    throw new UsageError(
      `${asked} does not match the run, which has ${known || "no such options"}: omit it, or start a new run`,
    );
  }
  for (const [name, before] of Object.entries({ preset, model: method, seed, batch: batchSize })) {
    const requested = values[name as "preset" | "model" | "seed" | "batch"];
    if (requested !== undefined && requested !== before) {
      throw new UsageError(
        `--${name} ${requested} does not match the run, which has ${before}: omit it, or start a new run`,
      );
    }
  }
}

async function readConfigFile(path: string): Promise<{ value: unknown; where: string }> {
  // The decoder drops a byte order mark, which some editors write
  const text = new TextDecoder().decode(await readBytes(path, "pass a JSON file with --config"));
  try {
    return { value: JSON.parse(text), where: path };
  } catch (error) {
    throw new UserError(`${path} is not valid JSON: ${(error as Error).message}`, error);
  }
}
