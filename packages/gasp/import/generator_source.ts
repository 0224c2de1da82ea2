/**
 * A generator as a file holds it: tensors under the names of the reference's state dictionary, and what the file says of
 * the networks. From these alone follow the sizes of a model.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { type Shape, showShape, type StoredTensor, type StoredType, toFloat32 } from "@gasp/tensor";
import type { HostRecord, HostTensor } from "../state/host_record.ts";
import { FREQUENCY_MATRIX, HYPERNETWORK } from "../methods/gasp/layout.ts";
import type { GaspConfig } from "../methods/gasp/config.ts";
import type { FunctionModel } from "../model/function_model.ts";
import { UserError } from "../config/user_error.ts";

/** Before the names of a random set of function weights that the reference stores and never uses. */
const UNUSED_FUNCTION = "hypernetwork.function_representation.forward_layers.";

/** What is assumed of a file that holds tensors only. */
export const NO_CONFIGURATION =
  "the file has no configuration: leaky rectifiers of slope 0.1 and a final tanh " +
  "are assumed";

/** A tensor of a file that is read when it is needed. */
export interface SourceTensor {
  /** Element type in the file. */
  readonly dtype: StoredType;
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** Reads it. */
  read(): StoredTensor;
}

/** What a file says of the function network. */
export interface DeclaredFunction {
  /** Numbers of a coordinate. */
  readonly coordinateDim: number;
  /** Numbers of a feature. */
  readonly featureDim: number;
  /** Hidden sizes. */
  readonly functionHidden: readonly number[];
}

/** A generator in a file. */
export interface GeneratorSource {
  /** Tensors under the names of the reference. */
  readonly tensors: ReadonlyMap<string, SourceTensor>;
  /** What the file says of the function network, if anything. */
  readonly declared?: DeclaredFunction;
  /** What this program wrote beside the tensors, if it wrote the file. */
  readonly run?: { readonly config: GaspConfig; readonly display: Display };
  /** What had to be assumed, for people. */
  readonly notes: readonly string[];
}

/** The part of a model that a generator decides. */
export type GeneratorModel = Omit<FunctionModel, "fourier"> & {
  /** Number of frequencies; null: coordinates are not encoded. */
  readonly frequencies: number | null;
};

/**
 * The networks that tensors belong to.
 *
 * @param source A generator in a file.
 * @throws {UserError} If tensors are missing or their shapes do not fit each other.
 */
export function modelOfSource({ tensors, declared }: GeneratorSource): GeneratorModel {
  const hyper = layerSizes(tensors, HYPERNETWORK);
  if (!hyper) {
    throw new UserError(
      `it has no tensor ${HYPERNETWORK}0.weight, so it is no generator of this kind; ${namesIn(tensors)}`,
    );
  }
  const frequencies = tensors.get(FREQUENCY_MATRIX)?.shape;
  if (frequencies && frequencies.length !== 2) {
    throw new UserError(
      `its ${FREQUENCY_MATRIX} has shape ${showShape(frequencies)}, but must have two axes`,
    );
  }
  const { coordinateDim, featureDim, functionHidden } = declared ?? functionOfUnused(tensors, frequencies);
  if (frequencies && frequencies[1] !== coordinateDim) {
    throw new UserError(
      `its frequencies are for coordinates of ${
        frequencies[1]
      } numbers, its function network for ${coordinateDim}`,
    );
  }
  const model: GeneratorModel = {
    coordinateDim,
    featureDim,
    latentDim: hyper[0]!,
    hyperHidden: hyper.slice(1, -1),
    functionHidden,
    frequencies: frequencies?.[0] ?? null,
  };
  checkOutputs(model, hyper.at(-1)!);
  return model;
}

/** Input and output sizes of affine layers 0, 2, 4, ... one after the other. */
function layerSizes(tensors: ReadonlyMap<string, SourceTensor>, prefix: string): number[] | undefined {
  const sizes: number[] = [];
  for (let layer = 0;; layer += 2) {
    const name = `${prefix}${layer}.weight`, shape = tensors.get(name)?.shape;
    if (!shape) return sizes.length === 0 ? undefined : sizes;
    const [out, input] = shape;
    if (shape.length !== 2 || (layer > 0 && input !== sizes.at(-1))) {
      throw new UserError(
        `its tensor ${name} of shape ${showShape(shape)} does not follow the layer before it`,
      );
    }
    if (layer === 0) sizes.push(input!);
    sizes.push(out!);
  }
}

function functionOfUnused(
  tensors: ReadonlyMap<string, SourceTensor>,
  frequencies: Shape | undefined,
): DeclaredFunction {
  const sizes = layerSizes(tensors, UNUSED_FUNCTION);
  if (!sizes) {
    throw new UserError(
      `it says nothing of the sizes of the function network: it has neither a configuration nor ${UNUSED_FUNCTION}0.weight`,
    );
  }
  return {
    coordinateDim: frequencies?.[1] ?? sizes[0]!,
    featureDim: sizes.at(-1)!,
    functionHidden: sizes.slice(1, -1),
  };
}

/** The hypernetwork must give exactly the weights and biases of the function network. */
function checkOutputs(
  { coordinateDim, featureDim, functionHidden, frequencies }: GeneratorModel,
  outputs: number,
): void {
  const sizes = [frequencies === null ? coordinateDim : 2 * frequencies, ...functionHidden, featureDim];
  const needed = sizes.slice(1).reduce((total, out, i) => total + out * (sizes[i]! + 1), 0);
  if (needed === outputs) return;
  throw new UserError(
    `its hypernetwork gives ${outputs} numbers, but a function network of sizes ${
      sizes.join(", ")
    } has ${needed}`,
  );
}

/**
 * The tensors of the hypernetwork under the names that this program uses: `0.weight`, `0.bias`, ...
 *
 * @param source A generator in a file.
 * @param model Its networks.
 * @returns Tensors as f32; doubles are rounded.
 * @throws {UserError} If one is missing or holds a number that is not finite.
 */
export function hypernetworkOfSource({ tensors }: GeneratorSource, model: GeneratorModel): HostRecord {
  const layers = Array.from({ length: model.hyperHidden.length + 1 }, (_, i) => String(2 * i));
  const names = layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]);
  return Object.fromEntries(names.map((name) => [name, readFloats(tensors, HYPERNETWORK + name)]));
}

/**
 * The frequencies of the Fourier features, if there are any.
 *
 * @param source A generator in a file.
 * @returns `[count, coordinateDim]`
 * @throws {UserError} If one is not finite.
 */
export function frequenciesOfSource({ tensors }: GeneratorSource): HostTensor | undefined {
  return tensors.has(FREQUENCY_MATRIX) ? readFloats(tensors, FREQUENCY_MATRIX) : undefined;
}

function readFloats(tensors: ReadonlyMap<string, SourceTensor>, name: string): HostTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new UserError(`its tensor ${name} is missing`);
  const data = toFloat32(tensor.read(), { round: true });
  if (!allFinite(data)) {
    throw new UserError(`its tensor ${name} holds numbers that are not finite (NaN or infinite)`);
  }
  return { shape: tensor.shape, data };
}

/** By index: many times as fast as `every` over 34 million numbers. */
function allFinite(data: Float32Array): boolean {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

const SHOWN_NAMES = 4;

function namesIn(tensors: ReadonlyMap<string, SourceTensor>): string {
  const names = [...tensors.keys()], more = names.length - SHOWN_NAMES;
  if (names.length === 0) return "it has no tensors";
  return `it has ${names.slice(0, SHOWN_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
