/**
 * An exported generator, ready to sample from, without the code that trains: what `deno task export` and `generatorFile`
 * write.
 * @module
 */
import type { Display } from "@gasp/datasets";
import {
  type Device,
  FileFormatError,
  openSafetensors,
  type RandomAccess,
  type SafetensorsReader,
  tensor,
} from "@gasp/tensor";
import { messageOf, UserError } from "../config/user_error.ts";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import type { GeneratorWeights } from "../methods/gasp/state.ts";
import type { FunctionModel } from "../model/function_model.ts";
import { splitHypernetwork } from "../model/hypernetwork_record.ts";
import { type ChunkSizes, Sampler } from "../sampling/sampler.ts";
import { fromHost } from "../state/host_record.ts";
import {
  type DeclaredFunction,
  frequenciesOfSource,
  type GeneratorModel,
  hypernetworkOfSource,
  modelOfSource,
  type SourceTensor,
} from "./generator_source.ts";

/**
 * A generator and how its samples are shown.
 *
 * @category Checkpoints
 */
export interface OpenedGenerator {
  /** Size of a latent. */
  readonly latentDim: number;
  /** How a sample is shown. */
  readonly display: Display;
  /** The weights, on the host. */
  readonly weights: GeneratorWeights;
  /**
   * Prepares sampling.
   *
   * @param device Where to compute.
   * @param chunks How much a device works on at a time.
   */
  sampler(device: Device, chunks?: ChunkSizes): Sampler;
}

/**
 * Opens an exported generator.
 *
 * @param source The file, for example `blobAccess` of what a page has fetched.
 * @param name Its name, for messages.
 * @throws {UserError} If it is damaged, or not an exported generator.
 *
 * @example Anything but an exported generator is refused
 * ```ts
 * import { UserError } from "@gasp/gasp";
 * import { openGenerator } from "@gasp/gasp/sample";
 * import { blobAccess, writeSafetensors } from "@gasp/tensor";
 * import { assertRejects, assertStringIncludes } from "@std/assert";
 *
 * const file = new Blob([writeSafetensors([], [["format", "another"]]).slice()]);
 * const error = await assertRejects(() => openGenerator(blobAccess(file), "it.safetensors"), UserError);
 * assertStringIncludes(error.message, "it.safetensors cannot be used");
 * ```
 *
 * @category Checkpoints
 */
export async function openGenerator(source: RandomAccess, name: string): Promise<OpenedGenerator> {
  try {
    return await readGenerator(await openSafetensors(source));
  } catch (error) {
    if (!(error instanceof FileFormatError || error instanceof RangeError || error instanceof UserError)) {
      throw error;
    }
    throw new UserError(
      `${name} cannot be used: ${messageOf(error)}. It must be a file that "export" wrote`,
      error,
    );
  }
}

async function readGenerator(reader: SafetensorsReader): Promise<OpenedGenerator> {
  const { metadata, entries } = reader;
  if (metadata.get("format") !== "gasp-generator") {
    throw new UserError("it is a safetensors file, but not an exported generator of this program");
  }
  const tensors = new Map<string, SourceTensor>();
  for (const [key, { dtype, shape }] of entries) {
    const stored = await reader.read(key);
    tensors.set(key, { dtype, shape, read: () => stored });
  }
  const source = { tensors, declared: declaredFunction(parseJson(metadata.get("config"))), notes: [] };
  const display = checkDisplay(parseJson(metadata.get("display")));
  const sizes = modelOfSource(source), model = functionModel(sizes);
  const frequencies = frequenciesOfSource(source);
  const weights: GeneratorWeights = {
    generator: fromHost(splitHypernetwork(hypernetworkOfSource(source, sizes), model)),
    ...(frequencies && { frequencies: tensor(frequencies.data, frequencies.shape) }),
  };
  return {
    latentDim: sizes.latentDim,
    display,
    weights,
    sampler: (device, chunks) => new Sampler(hypernetworkGenerator(model), device, chunks),
  };
}

/** Sampling does not need the standard deviation that the frequencies were drawn with. */
function functionModel({ frequencies, ...sizes }: GeneratorModel): FunctionModel {
  return { ...sizes, fourier: frequencies === null ? null : { count: frequencies, sigma: 1 } };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError("its metadata are damaged");
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null) throw new UserError(`it does not say ${what}`);
  return value as Fields;
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/** The sizes are checked against the tensors by {@link modelOfSource}. */
function declaredFunction(config: unknown): DeclaredFunction {
  const { method = "gasp", model } = fieldsOf(config, "how it was trained");
  if (method !== "gasp") {
    throw new UserError(`it is a generator of the method ${String(method)}: open it by openCheckpointFile()`);
  }
  const { coordinateDim, featureDim, functionHidden } = fieldsOf(model, "what its networks are");
  if (
    !isSize(coordinateDim) || !isSize(featureDim) || !Array.isArray(functionHidden) ||
    !functionHidden.every(isSize)
  ) {
    throw new UserError("the sizes of its function network are damaged");
  }
  return { coordinateDim, featureDim, functionHidden };
}

/** The sizes that a kind of display has. */
const DISPLAY_SIZES: Readonly<Record<Display["kind"], readonly string[]>> = {
  image: ["height", "width", "channels"],
  volume: ["resolution"],
  sphere: ["latitudes", "longitudes"],
  curve: ["samples"],
  cloud: [],
};

function checkDisplay(value: unknown): Display {
  const display = fieldsOf(value, "how its samples are shown"), { kind } = display;
  if (typeof kind !== "string" || !Object.hasOwn(DISPLAY_SIZES, kind)) {
    throw new UserError(`its samples are shown as ${String(kind)}, which this program does not know`);
  }
  const sizes = DISPLAY_SIZES[kind as Display["kind"]];
  const wrong = sizes.find((size) => !isSize(display[size]));
  if (wrong !== undefined) throw new UserError(`how its samples are shown is damaged: ${wrong}`);
  return value as Display;
}
