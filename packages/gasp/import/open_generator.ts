/**
 * Opens exported generators of GASP (written by `deno task export` and `generatorFile`) for sampling, without importing any training
 * code.
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
  type Tree,
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
 * An opened generator file.
 *
 * @category Checkpoints
 */
export interface OpenedGenerator {
  /** Dimension of a latent. */
  readonly latentDim: number;
  /** Display of the samples. */
  readonly display: Display;
  /** Weights, on the host. */
  readonly weights: Tree;
  /**
   * Constructs a sampler.
   *
   * @param device Device to compute on.
   * @param chunks Maximum sizes of a chunk.
   */
  sampler(device: Device, chunks?: ChunkSizes): Sampler;
}

/**
 * Opens an exported generator of GASP, without loading the code of other methods; `openAnyGenerator` of
 * `@gasp/gasp/import` opens one of any method.
 *
 * @param source Contents of the file, for example `blobAccess` of a fetched blob.
 * @param name Name of the file, for messages.
 * @throws {UserError} If it is damaged, or not an exported generator.
 *
 * @example Other files are rejected
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
    const reader = await openSafetensors(source);
    const config = configOf(reader), method = config["method"] ?? "gasp";
    if (method === "gasp") return await readGasp(reader, config);
    throw new UserError(
      `it is a generator of the method "${method}": open it with openAnyGenerator() of @gasp/gasp/import, which loads all methods`,
    );
  } catch (error) {
    if (!(error instanceof FileFormatError || error instanceof RangeError || error instanceof UserError)) {
      throw error;
    }
    throw new UserError(
      `${name} cannot be used: ${messageOf(error)}. Expected a file written by "export"`,
      error,
    );
  }
}

/** Reads the configuration, which names the method. */
function configOf({ metadata }: SafetensorsReader): Fields {
  if (metadata.get("format") !== "gasp-generator") {
    throw new UserError("it is a safetensors file, but not an exported GASP generator");
  }
  return fieldsOf(parseJson(metadata.get("config")), "the configuration");
}

/** Opens a generator of GASP with nothing but the code of its networks. */
async function readGasp(reader: SafetensorsReader, config: Fields): Promise<OpenedGenerator> {
  const { metadata, entries } = reader;
  const tensors = new Map<string, SourceTensor>();
  for (const [key, { dtype, shape }] of entries) {
    const stored = await reader.read(key);
    tensors.set(key, { dtype, shape, read: () => stored });
  }
  const source = { tensors, declared: declaredFunction(config), notes: [] };
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

/** Sampling does not depend on the standard deviation of the frequencies' distribution. */
function functionModel({ frequencies, ...sizes }: GeneratorModel): FunctionModel {
  return { ...sizes, fourier: frequencies === null ? null : { count: frequencies, sigma: 1 } };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError("its metadata is damaged");
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null) throw new UserError(`its metadata lacks ${what}`);
  return value as Fields;
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

/** Reads the declared sizes; {@link modelOfSource} checks them against the tensors. */
function declaredFunction({ model }: Fields): DeclaredFunction {
  const { coordinateDim, featureDim, functionHidden } = fieldsOf(model, "the sizes of the networks");
  if (
    !isSize(coordinateDim) || !isSize(featureDim) || !Array.isArray(functionHidden) ||
    !functionHidden.every(isSize)
  ) {
    throw new UserError("the sizes of its function network are damaged");
  }
  return { coordinateDim, featureDim, functionHidden };
}

/** Size fields of each kind of display. */
const DISPLAY_SIZES: Readonly<Record<Display["kind"], readonly string[]>> = {
  image: ["height", "width", "channels"],
  volume: ["resolution"],
  sphere: ["latitudes", "longitudes"],
  curve: ["samples"],
  cloud: [],
};

function checkDisplay(value: unknown): Display {
  const display = fieldsOf(value, "the display"), { kind } = display;
  if (typeof kind !== "string" || !Object.hasOwn(DISPLAY_SIZES, kind)) {
    throw new UserError(`its display is of the unknown kind ${String(kind)}`);
  }
  const sizes = DISPLAY_SIZES[kind as Display["kind"]];
  const wrong = sizes.find((size) => !isSize(display[size]));
  if (wrong !== undefined) {
    throw new UserError(`its display is damaged: "${wrong}" must be a whole number of at least 1`);
  }
  return value as Display;
}
