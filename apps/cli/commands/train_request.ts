/**
 * From the options of `train` to what is trained where: a new run, or one that goes on.
 * @module
 */
import { BUNDLED_NAMES, type Dataset } from "@gasp/datasets";
import {
  checkpointSteps,
  CONFIG_FILE,
  type FileStore,
  openFileStore,
  parseRunConfig,
  PRESET_NAMES,
  presetOf,
  readConfig,
  resolveRunConfig,
  type RunConfig,
  UserError,
} from "@gasp/gasp";
import { MEMORY_OPTION } from "../options/byte_size.ts";
import { DEVICE_OPTIONS } from "../device/device.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { newestRun, nextRun, RUNS } from "../files/runs.ts";
import { printError } from "../terminal/output.ts";

const DEFAULT = PRESET_NAMES[0]!;

/** A whole number that presets have. */
const number = (help: string, ofPreset: (preset: RunConfig) => number) => ({
  kind: "integer",
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  defaultText: `the preset's; ${ofPreset(presetOf(DEFAULT))} in ${DEFAULT}`,
  help,
} as const);

/** Options of `train`. */
export const TRAIN_OPTIONS = {
  preset: {
    kind: "choice",
    choices: PRESET_NAMES,
    defaultText: `the one that --config names, else ${DEFAULT}`,
    help: "Complete configuration to start from",
  },
  config: {
    kind: "text",
    value: "FILE",
    defaultText: "none",
    help: "JSON file with a configuration or a part of one, put over the preset",
  },
  data: {
    kind: "text",
    value: "NAME|PATH|KIND:PATH",
    defaultText: `the preset's; ${presetOf(DEFAULT).data} in ${DEFAULT}`,
    help: `What to learn: ${
      BUNDLED_NAMES.join(", ")
    }, or a file or folder of pictures, shapes, fields, sounds, points`,
  },
  steps: number("Steps of the whole run", (preset) => preset.steps),
  batch: { ...number("Examples in a step", (preset) => preset.batchSize), max: 65536 },
  seed: { ...number("Seed of everything random", (preset) => preset.seed), min: 0 },
  ...DEVICE_OPTIONS,
  memory: MEMORY_OPTION,
  out: {
    kind: "text",
    value: "FOLDER",
    defaultText: `${RUNS}/PRESET-N with the next free number`,
    help: "Folder of the run",
  },
  resume: {
    kind: "text",
    value: "FOLDER",
    optional: true,
    defaultText: "off; without FOLDER, that of --out or else the newest run",
    help: "Go on with a run that was stopped, or with more --steps",
  },
  "save-every": number("Steps between checkpoints", (preset) => preset.saveEvery),
  "keep-every": {
    kind: "integer",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    defaultText: "none",
    help: "Checkpoints of multiples of this step stay; of the others the newest two",
  },
  "sample-every": number("Steps between sheets of samples", (preset) => preset.sampleEvery),
  "log-every": number("Steps between lines of metrics.jsonl", (preset) => preset.logEvery),
} satisfies OptionTable;

/** Values of {@link TRAIN_OPTIONS}. */
export type TrainValues = Values<typeof TRAIN_OPTIONS>;

/** What to train. */
export interface Training {
  /** Its complete configuration. */
  readonly config: RunConfig;
  /** Whether it goes on from what is there. */
  readonly resume: boolean;
  /** Whether there is a checkpoint to go on from. */
  readonly hasCheckpoint: boolean;
  /** Steps done already. */
  readonly step: number;
  /** Whether the number of features is settled; else it is that of the data. */
  readonly fixedFeatures: boolean;
  /** Opens the folder of the run, which for a new run without a name is chosen now. */
  open(): Promise<FileStore>;
}

/**
 * Finds out what to train.
 *
 * @param values Options as typed.
 * @throws {UserError} If the configuration is not valid, the folder holds a run already, or there is none to resume.
 */
export async function trainingOf(values: TrainValues): Promise<Training> {
  if (values.resume !== undefined) return await resumed(values, values.resume);
  const file = values.config === undefined ? {} : { file: await readConfigFile(values.config) };
  const preset = values.preset === undefined ? {} : { preset: values.preset };
  const overrides = overridesOf(values);
  const config = resolveRunConfig({ ...preset, ...file, overrides, onNote: printError });
  const fixedFeatures = namesFeatures(file.file?.value);
  const { out } = values, store = out === undefined ? undefined : await openFileStore(out);
  if (await store?.size(CONFIG_FILE) !== undefined) {
    throw new UserError(
      `${out} already holds a run: add --resume to go on with it, or choose another folder with --out`,
    );
  }
  return {
    config,
    resume: false,
    hasCheckpoint: false,
    fixedFeatures,
    step: 0,
    open: async () => store ?? await openFileStore(await nextRun(config.preset)),
  };
}

/** Whether a file of `--config` says how many features points have. */
function namesFeatures(file: unknown): boolean {
  const model = (file as { model?: unknown } | undefined)?.model;
  return typeof model === "object" && model !== null && "featureDim" in model;
}

/**
 * The configuration of a training on some data: their number of features, unless that is settled.
 *
 * @param training What was asked for.
 * @param data What it is to learn.
 */
export function configFor({ config, fixedFeatures }: Training, { featureDim }: Dataset): RunConfig {
  if (fixedFeatures || config.model.featureDim === featureDim) return config;
  return parseRunConfig({ ...config, model: { ...config.model, featureDim } }, "the configuration");
}

/** Options that may change when a run goes on; the others decide what it is. */
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
  return { ...changesOf(values), ...withoutUndefined({ seed, batchSize }) };
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

async function resumed(values: TrainValues, given: string): Promise<Training> {
  const { out } = values;
  if (given !== "" && out !== undefined && out !== given) {
    throw new UsageError(`--resume ${given} and --out ${out} name two folders: leave one out`);
  }
  const folder = given === "" ? out ?? await newestRun() : given;
  if (folder === undefined) {
    throw new UserError(`there is no run in ${RUNS}/ to resume: start one with deno task train`);
  }
  const store = await openFileStore(folder);
  const stored = await readConfig(store);
  if (stored === undefined) {
    throw new UserError(
      `${folder} holds no run to resume: give the folder of a run, or leave out --resume to start one`,
    );
  }
  const before = parseRunConfig(stored, `${folder}/config.json`, printError);
  checkUnchanged(values, before);
  const config = parseRunConfig({ ...before, ...changesOf(values) }, "the options");
  const newest = (await checkpointSteps(store)).at(-1), step = newest ?? 0;
  if (config.steps < step) {
    throw new UserError(`${folder} has ${step} steps already: give --steps ${step} or more`);
  }
  return {
    config,
    resume: true,
    hasCheckpoint: newest !== undefined,
    fixedFeatures: true,
    step,
    open: () => Promise.resolve(store),
  };
}

function checkUnchanged(values: TrainValues, { preset, seed, batchSize }: RunConfig): void {
  if (values.config !== undefined) {
    throw new UsageError("--config cannot be given with --resume: a run keeps its configuration");
  }
  for (const [name, before] of Object.entries({ preset, seed, batch: batchSize })) {
    const asked = values[name as "preset" | "seed" | "batch"];
    if (asked !== undefined && asked !== before) {
      throw new UsageError(
        `--${name} ${asked} cannot be given with --resume, since the run has ${before}: leave it out, or start a new run`,
      );
    }
  }
}

async function readConfigFile(path: string): Promise<{ value: unknown; where: string }> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new UserError(`cannot read the configuration ${path}: ${reason}`, error);
  }
  try {
    return { value: JSON.parse(text), where: path };
  } catch (error) {
    throw new UserError(`${path} is not valid JSON: ${(error as Error).message}`, error);
  }
}
