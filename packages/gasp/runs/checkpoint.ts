/**
 * Checkpoints: the complete state of a run as one safetensors file. The method names the tensors; step, configuration and
 * display are in the file's metadata.
 * @module
 */
import {
  FileFormatError,
  openSafetensors,
  type RandomAccess,
  type SafetensorsReader,
  type Tensor,
  toFloat32,
  type Tree,
} from "@gasp/tensor";
import { messageOf, UserError } from "../config/user_error.ts";
import type { FunctionGenerator, WeightsKind } from "../methods/core/function_generator.ts";
import {
  stackState,
  stateFromRecord,
  weightsFromRecord,
  weightsLayout,
} from "../methods/core/state_record.ts";
import { generatorOf, methodOf } from "../methods/table.ts";
import type { HostRecord, HostTensor } from "../state/host_record.ts";
import { readAhead } from "../state/read_ahead.ts";
import { blocksOf, type Stack, stackedFile } from "../state/stack.ts";
import { Checksum } from "./checksum.ts";
import {
  CHECKPOINT_FORMAT,
  type CheckpointInfo,
  type FileMetadata,
  GENERATOR_FORMAT,
  metadataOf,
  parseJson,
  parseMetadata,
} from "./metadata.ts";
import { checkpointPath, checkpointSteps } from "./run_folder.ts";
import type { RunStore } from "./run_store.ts";

/**
 * An opened checkpoint or generator file, of which only the header has been read.
 *
 * @category Checkpoints
 */
export interface Checkpoint extends CheckpointInfo {
  /** Notes for the user, for example that the configuration was converted from an earlier version. */
  readonly notes: readonly string[];
  /**
   * The generator of the model.
   *
   * @throws {UserError} If the method has no generator.
   */
  readonly generator: FunctionGenerator;
  /**
   * Returns which weights {@link readWeights} reads.
   *
   * @param asked Requested weights.
   * @returns The requested kind, or `latest` if there is no moving average; for a generator file, the kind it contains.
   */
  weightsKind(asked: WeightsKind): WeightsKind;
  /**
   * Reads the complete state.
   *
   * @returns The state of the training method.
   * @throws {UserError} If the file does not contain the state of its configuration.
   */
  readState(): Promise<Tree>;
  /**
   * Reads the weights of the generator only.
   *
   * @param kind Requested weights; see {@link weightsKind} for which are read instead if they are not available.
   * @returns Weights for {@link generator}.
   * @throws {UserError} If the file does not contain the generator of its configuration.
   */
  readWeights(kind: WeightsKind): Promise<Tree>;
}

/**
 * Saves a checkpoint, copying a few tensors at a time to the host. The write is atomic: after a crash the file is either
 * complete or unchanged.
 *
 * @param store Files of the run.
 * @param info Step, configuration, display.
 * @param state State of the training method, concrete; it remains valid.
 * @throws {UserError} If an element of the state is NaN or infinite, or the file cannot be written.
 *
 * @example
 * ```ts
 * import { asGasp, checkpointSteps, initialState, MemoryStore, resolveRunConfig, saveCheckpoint } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), store = new MemoryStore();
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const state = initialState(config.model, config.training, config.seed);
 * await saveCheckpoint(store, { step: 0, config, display }, state);
 * assertEquals(await checkpointSteps(store), [0]);
 * ```
 *
 * @category Checkpoints
 */
export async function saveCheckpoint(store: RunStore, info: CheckpointInfo, state: Tree): Promise<void> {
  const { step, config } = info, method = methodOf(config);
  const stacks = stackState(method, config, state);
  const checksums = await checksumsOf(stacks, (name) => {
    throw new UserError(
      `the tensor ${name} is not finite after step ${step}: ` +
        `the training diverged. ${method.divergedAdvice}`,
    );
  });
  const metadata = [
    ...metadataOf(CHECKPOINT_FORMAT, info),
    ["checksums", JSON.stringify(checksums)] as const,
  ];
  await store.write(checkpointPath(step), stackedFile(stacks, metadata));
}

/** Computes the checksum of each tensor; in the file they precede the tensors. */
async function checksumsOf(
  stacks: ReadonlyMap<string, Stack<Tensor>>,
  onNonFinite: (name: string) => never,
): Promise<Record<string, string>> {
  const sums = new Map(Array.from(stacks.keys(), (name) => [name, new Checksum()]));
  for await (const [name, { data }] of readAhead(blocksOf(stacks))) {
    if (!data.every(Number.isFinite)) onNonFinite(name);
    sums.get(name)!.add(data);
  }
  return Object.fromEntries(Array.from(sums, ([name, sum]) => [name, `${sum}`]));
}

/**
 * Opens the newest checkpoint of a run.
 *
 * @param store Files of the run.
 * @returns `undefined` if there is none.
 * @throws {UserError} If the newest one is damaged or not a checkpoint; it does not silently fall back to an earlier one.
 *
 * @example
 * ```ts
 * import { MemoryStore, openNewestCheckpoint } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await openNewestCheckpoint(new MemoryStore()), undefined);
 * ```
 *
 * @category Checkpoints
 */
export async function openNewestCheckpoint(store: RunStore): Promise<Checkpoint | undefined> {
  const step = (await checkpointSteps(store)).at(-1);
  return step === undefined ? undefined : await openCheckpoint(store, step);
}

/**
 * Opens the checkpoint of a step.
 *
 * @param store Files of the run.
 * @param step Number of completed steps.
 * @throws {UserError} If there is none, or it is damaged or not a checkpoint.
 *
 * @example
 * ```ts
 * import { asGasp, initialState, MemoryStore, openCheckpoint, resolveRunConfig, saveCheckpoint } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), store = new MemoryStore();
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const state = initialState(config.model, config.training, config.seed);
 * await saveCheckpoint(store, { step: 0, config, display }, state);
 * const checkpoint = await openCheckpoint(store, 0);
 * assertEquals([checkpoint.display, checkpoint.generator.featureDim], [display, 1]);
 * ```
 *
 * @category Checkpoints
 */
export async function openCheckpoint(store: RunStore, step: number): Promise<Checkpoint> {
  const steps = await checkpointSteps(store);
  if (!steps.includes(step)) {
    const have = steps.length === 0 ? "there are none" : `there are checkpoints of steps ${steps.join(", ")}`;
    throw new UserError(`${store.location} has no checkpoint of step ${step}: ${have}`);
  }
  const file = `${store.location}/${checkpointPath(step)}`;
  const earlier = steps.filter((other) => other < step).at(-1);
  const remedy = earlier === undefined
    ? "There is no earlier checkpoint: delete it to restart this run"
    : `Delete it to resume from the checkpoint of step ${earlier}`;
  return await readCheckpoint(await accessTo(store, checkpointPath(step)), { file, remedy, step });
}

/**
 * Opens a checkpoint outside the folder of its run, such as one fetched by a web page, or an exported generator, which is
 * smaller and sufficient for sampling.
 *
 * @param source Contents of the file.
 * @param name Name of the file, for messages.
 * @throws {UserError} If it is damaged or neither a checkpoint nor a generator file.
 *
 * @example
 * ```ts
 * import { asGasp, checkpointPath, initialState, MemoryStore, openCheckpointFile, resolveRunConfig, saveCheckpoint } from "@gasp/gasp";
 * import { blobAccess } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), store = new MemoryStore();
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const state = initialState(config.model, config.training, config.seed);
 * await saveCheckpoint(store, { step: 0, config, display }, state);
 * const file = new Blob([await store.read(checkpointPath(0)) ?? ""]);
 * assertEquals((await openCheckpointFile(blobAccess(file), "a file")).step, 0);
 * ```
 *
 * @category Checkpoints
 */
export function openCheckpointFile(source: RandomAccess, name: string): Promise<Checkpoint> {
  return readCheckpoint(source, { file: name, remedy: "Copy it from its run again" });
}

/** Name of a checkpoint and a remedy, for messages, and its expected step. */
interface Expected {
  readonly file: string;
  readonly remedy: string;
  readonly step?: number;
}

function readCheckpoint(source: RandomAccess, { file, remedy, step }: Expected): Promise<Checkpoint> {
  return explain(file, remedy, async () => {
    const reader = await openSafetensors(source);
    const info = parseMetadata(reader.metadata, file);
    if (!info || (step !== undefined && info.format !== CHECKPOINT_FORMAT)) {
      throw new UserError("it is a safetensors file, but not a GASP checkpoint");
    }
    if (step !== undefined && info.step !== step) {
      throw new UserError(`it is of step ${info.step}, not ${step}; was it renamed?`);
    }
    return new FileCheckpoint(reader, info, (action) => explain(file, remedy, action));
  });
}

/** Runs a read; errors are rethrown with the name of the file. */
type Explain = <T>(action: () => Promise<T>) => Promise<T>;

class FileCheckpoint implements Checkpoint {
  readonly step: number;
  readonly config: CheckpointInfo["config"];
  readonly display: CheckpointInfo["display"];
  readonly notes: readonly string[];
  readonly #reader: SafetensorsReader;
  readonly #isWhole: boolean;
  readonly #explain: Explain;

  constructor(reader: SafetensorsReader, info: FileMetadata, explain: Explain) {
    ({ step: this.step, config: this.config, display: this.display, notes: this.notes } = info);
    this.#reader = reader;
    this.#isWhole = info.format !== GENERATOR_FORMAT;
    this.#explain = explain;
  }

  get generator(): FunctionGenerator {
    return generatorOf(this.config);
  }

  weightsKind(asked: WeightsKind): WeightsKind {
    if (!this.#isWhole) return this.#reader.metadata.get("weights") === "average" ? "ema" : "latest";
    return weightsLayout(methodOf(this.config), this.config, asked)?.kind ?? "latest";
  }

  readState(): Promise<Tree> {
    return this.#explain(async () => {
      if (!this.#isWhole) {
        throw new UserError("it contains a generator only: it can be sampled from, but not resumed");
      }
      const record = await readRecord(this.#reader, this.#reader.entries.keys());
      return stateFromRecord(methodOf(this.config), this.config, record);
    });
  }

  readWeights(asked: WeightsKind): Promise<Tree> {
    return this.#explain(async () => {
      const { config } = this, method = methodOf(config);
      const layout = weightsLayout(method, config, this.weightsKind(asked));
      if (!layout) throw new UserError(`its method, ${method.name}, has no generator`);
      const names = [...layout.stacks.keys()], { entries } = this.#reader;
      const record = this.#isWhole
        ? await readRecord(this.#reader, names.filter((name) => entries.has(name)))
        : await readExported(this.#reader, names, (name) => method.exportedName?.(name) ?? name);
      return weightsFromRecord(layout, record);
    });
  }
}

/** Rethrows read errors with a complete message: which file, what is wrong, what to do. */
async function explain<T>(file: string, remedy: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof FileFormatError || error instanceof RangeError || error instanceof UserError)) {
      throw error;
    }
    throw new UserError(`${file} cannot be used: ${messageOf(error)}. ${remedy}`, error);
  }
}

async function accessTo(store: RunStore, path: string) {
  return {
    size: await store.size(path) ?? 0,
    read: async (offset: number, length: number) =>
      await store.read(path, offset, offset + length) ?? new Uint8Array(),
  };
}

async function readTensor(reader: SafetensorsReader, name: string): Promise<HostTensor> {
  const stored = await reader.read(name);
  return { shape: stored.shape, data: toFloat32(stored) };
}

/** Reads tensors of a checkpoint and verifies their checksums. */
async function readRecord(reader: SafetensorsReader, names: Iterable<string>): Promise<HostRecord> {
  const checksums = parseJson(reader.metadata.get("checksums")) as Record<string, unknown> | null;
  const record: Record<string, HostTensor> = {};
  for (const name of names) {
    const found = await readTensor(reader, name);
    if (checksums?.[name] !== `${new Checksum().add(found.data)}`) {
      throw new UserError(`its tensor ${name} does not match its checksum: the file is damaged`);
    }
    record[name] = found;
  }
  return record;
}

/** Reads tensors of a generator file, renamed as in a checkpoint. */
async function readExported(
  reader: SafetensorsReader,
  names: Iterable<string>,
  exportedName: (name: string) => string,
): Promise<HostRecord> {
  const record: Record<string, HostTensor> = {};
  for (const name of names) {
    const exported = exportedName(name);
    if (!reader.entries.has(exported)) throw new UserError(`its tensor ${exported} is missing`);
    record[name] = await readTensor(reader, exported);
  }
  return record;
}
