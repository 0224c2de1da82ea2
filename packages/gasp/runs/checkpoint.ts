/**
 * Checkpoints: everything a run needs to go on, as one safetensors file. Tensors have the names of the reference's state
 * dictionaries (see `state_record.ts`); step, configuration and how to show a sample are in the file's metadata.
 * @module
 */
import type {
  CloudDisplay,
  CurveDisplay,
  Display,
  ImageDisplay,
  SphereDisplay,
  ValueScale,
  VolumeDisplay,
} from "@gasp/datasets";
import {
  FileFormatError,
  openSafetensors,
  type RandomAccess,
  type SafetensorsReader,
  type Tensor,
  toFloat32,
} from "@gasp/tensor";
import { type HostRecord, type HostTensor, tensorToHost } from "../state/host_record.ts";
import { parseRunConfig } from "../config/run_config.ts";
import type { RunConfig } from "../config/run_settings.ts";
import { checkpointPath, checkpointSteps } from "./run_folder.ts";
import type { RunStore } from "./run_store.ts";
import { type Stack, stackedFile } from "../state/stack.ts";
import type { TrainingState } from "../state/state.ts";
import {
  generatorFromRecord,
  generatorNames,
  type GeneratorWeights,
  stackState,
  stateFromRecord,
  type WeightsKind,
} from "../state/state_record.ts";
import { messageOf, UserError } from "../config/user_error.ts";
import {
  fields,
  listOf,
  nonEmptyText,
  numberWithin,
  oneOf,
  optionalField,
  positiveNumber,
  type Schema,
  validate,
  variants,
  wholeNumber,
} from "../config/validate.ts";

const FORMAT = "gasp-checkpoint";
const VERSION = "1";

/** What is known of a run between two steps, besides its tensors. */
export interface CheckpointInfo {
  /** Number of steps done. */
  readonly step: number;
  /** Configuration of the run. */
  readonly config: RunConfig;
  /** How a sample is shown. */
  readonly display: Display;
}

/** A checkpoint of which only the header has been read. */
export interface Checkpoint extends CheckpointInfo {
  /**
   * Reads everything.
   *
   * @throws {UserError} If the file does not hold the state of its configuration.
   */
  readState(): Promise<TrainingState>;
  /**
   * Reads the tensors of the generator only.
   *
   * @param kind The moving average (in a run that keeps none: the latest weights), or the latest weights.
   * @throws {UserError} If the file does not hold the generator of its configuration.
   */
  readGenerator(kind: WeightsKind): Promise<GeneratorWeights>;
}

/**
 * Saves a checkpoint, with one tensor at a time on the host. A crash at any moment leaves the earlier file, if there was
 * one, as it was.
 *
 * @param store Files of the run.
 * @param info Step, configuration, display.
 * @param state Concrete tensors; they stay as they are.
 * @throws {UserError} If a number of the state is NaN or infinite, or the file cannot be written.
 */
export async function saveCheckpoint(
  store: RunStore,
  { step, config, display }: CheckpointInfo,
  state: TrainingState,
): Promise<void> {
  const stacks = stackState(state, config.model);
  const bytes = stackedFile(stacks, [
    ["format", FORMAT],
    ["version", VERSION],
    ["step", String(step)],
    ["config", JSON.stringify(config)],
    ["display", JSON.stringify(display)],
    ["checksums", JSON.stringify(await checksums(stacks, step))],
  ]);
  await store.write(checkpointPath(step), bytes);
}

/** The checksum of each tensor, which stands before the tensors in the file. */
async function checksums(
  stacks: ReadonlyMap<string, Stack<Tensor>>,
  step: number,
): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, { blocks }] of stacks) {
    let hash = NO_WORDS;
    for (const block of blocks) {
      const { data } = await tensorToHost(block);
      checkFinite(name, data, step);
      hash = hashWords(data, hash);
    }
    result[name] = showHash(hash);
  }
  return result;
}

/** FNV-1a of nothing. */
const NO_WORDS = 0x811c9dc5;

/** FNV-1a over the words of an array, after those hashed before: any one changed word changes it. */
function hashWords(data: Float32Array, before = NO_WORDS): number {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  let hash = before;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash;
}

function showHash(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function checkFinite(name: string, data: Float32Array, step: number): void {
  if (!data.every(Number.isFinite)) {
    throw new UserError(
      `the tensor ${name} holds numbers that are not finite after step ${step}: ${DIVERGED_ADVICE}`,
    );
  }
}

/** What to do about a run whose numbers are no longer finite. */
export const DIVERGED_ADVICE = "the training diverged. Start again with lower learning rates " +
  "(training.generatorRate, training.discriminatorRate), a larger training.r1Weight or another seed";

/**
 * Opens the newest checkpoint of a run.
 *
 * @param store Files of the run.
 * @returns `undefined` if there is none.
 * @throws {UserError} If the newest is damaged or not of this program; earlier ones are not tried silently.
 *
 * @example
 * ```ts
 * import { MemoryStore, openNewestCheckpoint } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await openNewestCheckpoint(new MemoryStore()), undefined);
 * ```
 */
export async function openNewestCheckpoint(store: RunStore): Promise<Checkpoint | undefined> {
  const step = (await checkpointSteps(store)).at(-1);
  return step === undefined ? undefined : await openCheckpoint(store, step);
}

/**
 * Opens the checkpoint of a step.
 *
 * @param store Files of the run.
 * @param step Number of steps done.
 * @throws {UserError} If there is none, or it is damaged or not of this program.
 */
export async function openCheckpoint(store: RunStore, step: number): Promise<Checkpoint> {
  const steps = await checkpointSteps(store);
  if (!steps.includes(step)) {
    const have = steps.length === 0 ? "it has none" : `it has those of steps ${steps.join(", ")}`;
    throw new UserError(`${store.location} has no checkpoint of step ${step}: ${have}`);
  }
  const file = `${store.location}/${checkpointPath(step)}`;
  const earlier = steps.filter((other) => other < step).at(-1);
  const cure = earlier === undefined
    ? "There is no earlier checkpoint: delete it to begin this run again"
    : `Delete it to go on from the checkpoint of step ${earlier}`;
  return await readCheckpoint(await accessTo(store, checkpointPath(step)), { file, cure, step });
}

/**
 * Opens a checkpoint that lies outside the folder of its run, such as one that a page has fetched.
 *
 * @param source The file.
 * @param name Its name for messages.
 * @throws {UserError} If it is damaged or not of this program.
 */
export function openCheckpointFile(source: RandomAccess, name: string): Promise<Checkpoint> {
  return readCheckpoint(source, { file: name, cure: "Copy it from its run again" });
}

/** What messages about a checkpoint say, and the step that it should hold. */
interface Expected {
  readonly file: string;
  readonly cure: string;
  readonly step?: number;
}

function readCheckpoint(source: RandomAccess, { file, cure, step }: Expected): Promise<Checkpoint> {
  return explain(file, cure, async () => {
    const reader = await openSafetensors(source);
    const info = readInfo(reader);
    if (step !== undefined && info.step !== step) {
      throw new UserError(`it holds step ${info.step}, not ${step}; was it renamed?`);
    }
    return {
      ...info,
      readState: () =>
        explain(file, cure, async () => {
          const record = await readRecord(reader, reader.entries.keys());
          return stateFromRecord(record, info.config.model, info.config.training);
        }),
      readGenerator: (asked) =>
        explain(file, cure, async () => {
          const kind = info.config.training.averageDecay === null ? "latest" : asked;
          const record = await readRecord(reader, generatorNames(reader.entries.keys(), kind));
          return generatorFromRecord(record, info.config.model, kind);
        }),
    };
  });
}

/** Errors of reading as one message: which file, what is wrong, what to do. */
async function explain<T>(file: string, cure: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof FileFormatError || error instanceof RangeError || error instanceof UserError)) {
      throw error;
    }
    throw new UserError(`${file} cannot be used: ${messageOf(error)}. ${cure}`, error);
  }
}

async function accessTo(store: RunStore, path: string) {
  return {
    size: await store.size(path) ?? 0,
    read: async (offset: number, length: number) =>
      await store.read(path, offset, offset + length) ?? new Uint8Array(),
  };
}

function readInfo({ metadata }: SafetensorsReader): CheckpointInfo {
  if (metadata.get("format") !== FORMAT) {
    throw new UserError("it is a safetensors file, but not a checkpoint of this program");
  }
  const version = metadata.get("version");
  if (version !== VERSION) {
    throw new UserError(`it has format version ${version}, but this program reads version ${VERSION}`);
  }
  return {
    step: validate(wholeNumber(0), Number(metadata.get("step")), "its step"),
    config: parseRunConfig(readJson(metadata.get("config")), "its configuration"),
    display: parseDisplay(readJson(metadata.get("display"))),
  };
}

function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError("its metadata are damaged");
  }
}

const scale: Schema<ValueScale> = fields<ValueScale>({
  low: numberWithin(-Infinity, Infinity, "a number"),
  high: numberWithin(-Infinity, Infinity, "a number"),
  units: optionalField(nonEmptyText("units")),
  quantity: optionalField(nonEmptyText("what is measured")),
});

const displaySchema: Schema<Display> = variants<Display>("kind", {
  image: fields<ImageDisplay>({
    kind: oneOf(["image"]),
    height: wholeNumber(1),
    width: wholeNumber(1),
    channels: oneOf([1, 3]),
    scale: optionalField(scale),
  }),
  volume: fields<VolumeDisplay>({ kind: oneOf(["volume"]), resolution: wholeNumber(2) }),
  sphere: fields<SphereDisplay>({
    kind: oneOf(["sphere"]),
    latitudes: wholeNumber(2),
    longitudes: wholeNumber(1),
    scale,
  }),
  curve: fields<CurveDisplay>({
    kind: oneOf(["curve"]),
    samples: wholeNumber(2),
    rate: optionalField(positiveNumber()),
    scale: optionalField(scale),
  }),
  cloud: fields<CloudDisplay>({ kind: oneOf(["cloud"]), scales: listOf(scale, 1) }),
});

/**
 * Checks how a sample is shown.
 *
 * @param value What was read from the metadata of a file.
 * @throws {UserError} For the first field that is unknown, missing or not allowed.
 */
export function parseDisplay(value: unknown): Display {
  return validate(displaySchema, value, "its display");
}

async function readRecord(reader: SafetensorsReader, names: Iterable<string>): Promise<HostRecord> {
  const checksums = readJson(reader.metadata.get("checksums")) as Record<string, unknown> | null;
  const record: Record<string, HostTensor> = {};
  for (const name of names) {
    const stored = await reader.read(name);
    const data = toFloat32(stored);
    if (checksums?.[name] !== showHash(hashWords(data))) {
      throw new UserError(`the numbers of its tensor ${name} are damaged`);
    }
    record[name] = { shape: stored.shape, data };
  }
  return record;
}
