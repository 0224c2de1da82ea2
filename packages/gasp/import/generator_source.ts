/**
 * A generator read from a file: tensors with the names of the reference code's state dictionary, and the sizes declared by
 * the file. The sizes of the model are derived from these.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { type Shape, showShape, type StoredTensor, type StoredType, toFloat32 } from "@gasp/tensor";
import type { HostRecord, HostTensor } from "../state/host_record.ts";
import { FREQUENCY_MATRIX, HYPERNETWORK } from "../methods/gasp/layout.ts";
import type { GaspConfig } from "../methods/gasp/config.ts";
import type { FunctionModel } from "../model/function_model.ts";
import { UserError } from "../config/user_error.ts";

/** Prefix of function network weights that the reference code stores but never uses. */
const UNUSED_FUNCTION = "hypernetwork.function_representation.forward_layers.";

/** Assumption for a file that contains tensors only. */
export const NO_CONFIGURATION =
  "the file has no configuration: assuming LeakyReLU with slope 0.1 and a final tanh";

/** A tensor of a file, read on demand. */
export interface SourceTensor {
  /** Element type in the file. */
  readonly dtype: StoredType;
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** Reads the elements. */
  read(): StoredTensor;
}

/** Sizes of the function network as declared by a file. */
export interface DeclaredFunction {
  /** Coordinate dimension. */
  readonly coordinateDim: number;
  /** Feature dimension. */
  readonly featureDim: number;
  /** Widths of the hidden layers. */
  readonly functionHidden: readonly number[];
}

/** A generator in a file. */
export interface GeneratorSource {
  /** Tensors by their names in the reference code. */
  readonly tensors: ReadonlyMap<string, SourceTensor>;
  /** Declared sizes of the function network, if any. */
  readonly declared?: DeclaredFunction;
  /** Configuration and display, if GASP wrote the file. */
  readonly run?: { readonly config: GaspConfig; readonly display: Display };
  /** Assumptions made, as notes for the user. */
  readonly notes: readonly string[];
}

/** The sizes that a generator's tensors determine. */
export type GeneratorModel = Omit<FunctionModel, "fourier"> & {
  /** Number of Fourier frequencies; null: coordinates are not encoded. */
  readonly frequencies: number | null;
};

/**
 * Derives the sizes of the networks.
 *
 * @param source A generator in a file.
 * @throws {UserError} If tensors are missing or their shapes are inconsistent.
 */
export function modelOfSource({ tensors, declared }: GeneratorSource): GeneratorModel {
  const hyper = layerSizes(tensors, HYPERNETWORK);
  if (!hyper) {
    throw new UserError(
      `it has no tensor ${HYPERNETWORK}0.weight, so it is not a GASP generator; ${namesIn(tensors)}`,
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
      `its Fourier frequencies are for ${
        frequencies[1]
      }-dimensional coordinates, but its function network for ${coordinateDim}-dimensional ones`,
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

/** Returns the widths of affine layers 0, 2, 4, ..., from input to output. */
function layerSizes(tensors: ReadonlyMap<string, SourceTensor>, prefix: string): number[] | undefined {
  const sizes: number[] = [];
  for (let layer = 0;; layer += 2) {
    const name = `${prefix}${layer}.weight`, shape = tensors.get(name)?.shape;
    if (!shape) return sizes.length === 0 ? undefined : sizes;
    const [out, input] = shape;
    if (shape.length !== 2 || (layer > 0 && input !== sizes.at(-1))) {
      throw new UserError(
        `its tensor ${name} of shape ${showShape(shape)} does not match the layer before it`,
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
      `it does not contain the sizes of the function network: neither a configuration nor ${UNUSED_FUNCTION}0.weight`,
    );
  }
  return {
    coordinateDim: frequencies?.[1] ?? sizes[0]!,
    featureDim: sizes.at(-1)!,
    functionHidden: sizes.slice(1, -1),
  };
}

/** The hypernetwork must output exactly the weights and biases of the function network. */
function checkOutputs(
  { coordinateDim, featureDim, functionHidden, frequencies }: GeneratorModel,
  outputs: number,
): void {
  const sizes = [frequencies === null ? coordinateDim : 2 * frequencies, ...functionHidden, featureDim];
  const needed = sizes.slice(1).reduce((total, out, i) => total + out * (sizes[i]! + 1), 0);
  if (needed === outputs) return;
  throw new UserError(
    `its hypernetwork has ${outputs} outputs, but a function network with widths ${
      sizes.join(", ")
    } has ${needed} parameters`,
  );
}

/**
 * Reads the tensors of the hypernetwork, renamed to `0.weight`, `0.bias`, ...
 *
 * @param source A generator in a file.
 * @param model Sizes of the networks.
 * @returns Tensors as f32; doubles are rounded.
 * @throws {UserError} If one is missing or not finite.
 */
export function hypernetworkOfSource({ tensors }: GeneratorSource, model: GeneratorModel): HostRecord {
  const layers = Array.from({ length: model.hyperHidden.length + 1 }, (_, i) => String(2 * i));
  const names = layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]);
  return Object.fromEntries(names.map((name) => [name, readFloats(tensors, HYPERNETWORK + name)]));
}

/**
 * Reads the frequencies of the Fourier features, if there are any.
 *
 * @param source A generator in a file.
 * @returns B, `[m, coordinateDim]`.
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
    throw new UserError(`its tensor ${name} has elements that are not finite (NaN or infinite)`);
  }
  return { shape: tensor.shape, data };
}

/** By index: many times faster than `every` for 34 million elements. */
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
