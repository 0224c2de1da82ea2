/**
 * Imports a generator file as a run, `config.json` and the checkpoint of step 0, to sample from or to continue training. The
 * discriminator and the optimiser states are newly initialised, since such files do not contain them.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Display } from "@gasp/datasets";
import { disposeTree, FileFormatError, readTorchFile, type Shape, sizeOf, tensor } from "@gasp/tensor";
import { saveCheckpoint } from "../runs/checkpoint.ts";
import { fromHost, type HostRecord, type HostTensor } from "../state/host_record.ts";
import { asGasp } from "../methods/gasp/gasp.ts";
import type { GaspConfig } from "../methods/gasp/config.ts";
import type { GaspPresetName } from "../methods/gasp/presets.ts";
import { type GaspState, initialState } from "../methods/gasp/state.ts";
import { hypernetworkShapes } from "../model/hypernetwork.ts";
import { splitHypernetwork } from "../model/hypernetwork_record.ts";
import { parseRunConfig } from "../runs/run_config.ts";
import { writeConfig } from "../runs/run_folder.ts";
import type { RunStore } from "../runs/run_store.ts";
import { UserError } from "../config/user_error.ts";
import { parseGeneratorFile } from "./generator_file.ts";
import {
  frequenciesOfSource,
  type GeneratorModel,
  type GeneratorSource,
  hypernetworkOfSource,
  modelOfSource,
} from "./generator_source.ts";
import { chooseConfig } from "./imported_config.ts";
import { displayOf, guessKind, SAMPLE_KINDS, type SampleKind } from "./imported_display.ts";
import { releasedModel } from "./released_model.ts";

/**
 * Settings that a file without a configuration does not contain.
 *
 * @category Checkpoints
 */
export interface ImportOptions {
  /** Kind of the samples. Default: inferred from the coordinate and feature dimensions. */
  readonly kind?: SampleKind;
  /** Display resolution: rows of an image or of the sphere, voxels along an axis. Default: that of the preset. */
  readonly resolution?: number;
  /** Preset of discriminator and training settings. Default: the one that matches best. */
  readonly preset?: GaspPresetName;
}

/**
 * An imported generator with everything a run needs.
 *
 * @category Checkpoints
 */
export interface ImportedGenerator {
  /** Complete configuration. */
  readonly config: GaspConfig;
  /** Display of the samples. */
  readonly display: Display;
  /** Hypernetwork: `0.weight`, `0.bias`, ..., with one matrix for the last layer. */
  readonly generator: HostRecord;
  /** Frequencies of the Fourier features, if any. */
  readonly frequencies: HostTensor | undefined;
  /** Assumptions made, as notes for the user. */
  readonly notes: readonly string[];
}

/**
 * Reads a generator from the authors' `model.pt`, a PyTorch state dictionary, or a safetensors file.
 *
 * @param bytes Contents of the file.
 * @param where Name of the file, for messages.
 * @param options Settings that the file does not contain.
 * @throws {UserError} If it is damaged, contains a pickled object that is not allowed, or is not a GASP generator.
 *
 * @example A generator file, without its run
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { asGasp, initialGenerator, resolveRunConfig } from "@gasp/gasp";
 * import { generatorFile, importGenerator } from "@gasp/gasp/import";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" }));
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const parts = generatorFile({ step: 0, config, display }, initialGenerator(config.model, 0), "latest");
 * const blob = new Blob(await Array.fromAsync(parts) as BlobPart[]);
 * const imported = importGenerator(new Uint8Array(await blob.arrayBuffer()), "generator.safetensors");
 * assertEquals(imported.config.model, config.model);
 * ```
 *
 * @category Checkpoints
 */
export function importGenerator(
  bytes: Uint8Array,
  where: string,
  options: ImportOptions = {},
): ImportedGenerator {
  try {
    return complete(readSource(bytes, where), options);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof FileFormatError)) throw error;
    throw new UserError(`${where} cannot be imported: ${error.message}`, error);
  }
}

/** A safetensors file has a `{` after its eight-byte header length. */
function readSource(bytes: Uint8Array, where: string): GeneratorSource {
  return bytes[8] === 0x7b ? parseGeneratorFile(bytes, where) : releasedModel(readTorchFile(bytes));
}

function complete(source: GeneratorSource, options: ImportOptions): ImportedGenerator {
  const model = modelOfSource(source), frequencies = frequenciesOfSource(source);
  const chosen = source.run
    ? { ...ofRun(source.run, model, options), notes: [] }
    : choose(model, frequencies, options);
  const generator = hypernetworkOfSource(source, model);
  // Check the layers against the sizes here rather than when the run is written
  checkLayers(generator, chosen.config);
  return {
    ...chosen,
    generator,
    frequencies,
    notes: [...source.notes, ...roundingNotes(source), ...chosen.notes],
  };
}

function ofRun(
  { config, display }: NonNullable<GeneratorSource["run"]>,
  { latentDim, hyperHidden, frequencies }: GeneratorModel,
  options: ImportOptions,
): Pick<ImportedGenerator, "config" | "display"> {
  const { model } = config;
  const declared = JSON.stringify([model.latentDim, model.hyperHidden, model.fourier?.count ?? null]);
  if (declared !== JSON.stringify([latentDim, hyperHidden, frequencies])) {
    throw new UserError(
      "its configuration does not match its tensors: was it edited by hand?",
    );
  }
  const extra = Object.entries(options).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (extra.length > 0) {
    throw new UserError(`it contains its own configuration: omit ${extra.join(" and ")}`);
  }
  return { config, display };
}

function choose(
  model: GeneratorModel,
  frequencies: HostTensor | undefined,
  { kind = guessKind(model), resolution, preset }: ImportOptions,
): Pick<ImportedGenerator, "config" | "display" | "notes"> {
  if (kind === undefined) {
    throw new UserError(
      `its coordinate dimension is ${model.coordinateDim} and its feature dimension ${model.featureDim}, which matches ` +
        `none of the kinds ${SAMPLE_KINDS.join(", ")}`,
    );
  }
  const { config, notes } = chooseConfig(model, frequencies, kind, preset);
  const shown = resolution ?? config.resolution;
  const changed = { ...config, resolution: shown, sheet: { ...config.sheet, resolution: shown } };
  return {
    config: asGasp(parseRunConfig(changed, "its configuration")),
    display: displayOf(kind, model, shown),
    notes: [`samples are shown as ${kind}s at a resolution of ${shown}`, ...notes],
  };
}

function roundingNotes({ tensors }: GeneratorSource): string[] {
  const types = new Set([...tensors.values()].map(({ dtype }) => dtype));
  return types.has("F64") ? ["its doubles are rounded to single precision"] : [];
}

function checkLayers(generator: HostRecord, { model }: GaspConfig): void {
  try {
    splitHypernetwork(generator, model);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`its ${error.message}`, error);
    throw error;
  }
}

/**
 * Writes a run with the generator at step 0.
 *
 * @param store Empty store of the new run.
 * @param imported Result of {@link importGenerator}.
 * @throws {UserError} If it cannot be written.
 * @category Checkpoints
 *
 * @example A run to train on from a generator file
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { asGasp, checkpointSteps, initialGenerator, MemoryStore, resolveRunConfig } from "@gasp/gasp";
 * import { generatorFile, importGenerator, writeImportedRun } from "@gasp/gasp/import";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" }));
 * const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;
 * const parts = generatorFile({ step: 0, config, display }, initialGenerator(config.model, 0), "latest");
 * const blob = new Blob(await Array.fromAsync(parts) as BlobPart[]), store = new MemoryStore();
 * const imported = importGenerator(new Uint8Array(await blob.arrayBuffer()), "generator.safetensors");
 * await writeImportedRun(store, imported);
 * assertEquals(await checkpointSteps(store), [0]);
 * ```
 */
export async function writeImportedRun(
  store: RunStore,
  { config, display, generator, frequencies }: ImportedGenerator,
): Promise<void> {
  const { model, training, seed } = config;
  // Only the discriminator of this state is used, so its generator is made as small as possible
  const small = { ...model, latentDim: 1, hyperHidden: [], functionHidden: [], fourier: null };
  const drawn = initialState(small, training, seed);
  const hypernetwork = () => fromHost(splitHypernetwork(generator, model));
  const state: GaspState = {
    ...drawn,
    generator: hypernetwork(),
    generatorAdam: { m: zeros(hypernetworkShapes(model)), v: zeros(hypernetworkShapes(model)) },
    ...(drawn.ema ? { ema: hypernetwork() } : {}),
    ...(frequencies ? { frequencies: tensor(frequencies.data, frequencies.shape) } : {}),
  };
  try {
    await saveCheckpoint(store, { step: 0, config, display }, state);
    await writeConfig(store, config);
  } finally {
    disposeTree(state);
  }
}

function zeros(shapes: ReadonlyMap<string, Shape>): StateDict {
  return Object.fromEntries(
    [...shapes].map(([name, shape]) => [name, tensor(new Float32Array(sizeOf(shape)), shape)]),
  );
}
