/**
 * The authors' saved generators: `{"config": ..., "state_dict": ...}`, or the state dictionary alone. The configuration holds
 * objects of PyTorch's non-linearities, which are known by the names of their classes. The current code of the authors
 * writes `coordinate_dim` and `feature_dim`, the released files have `input_dim` and `output_dim`: both are read.
 * @module
 */
import { UserError } from "../config/user_error.ts";
import { GENERATOR_SLOPE } from "../model/function_model.ts";
import {
  type DeclaredFunction,
  type GeneratorSource,
  NO_CONFIGURATION,
  type SourceTensor,
} from "./generator_source.ts";
import { PickledObject } from "./pickle_machine.ts";
import { TorchTensor } from "./torch_tensor.ts";

/**
 * Finds the generator in what was saved.
 *
 * @param saved What {@link readTorchFile} gave.
 * @throws {UserError} If it is none, or its networks are of another kind than this program's.
 */
export function releasedModel(saved: unknown): GeneratorSource {
  const top = requireMap(saved, "the saved value");
  const config = top.get("config"), state = top.get("state_dict");
  const tensors = tensorsOf(state === undefined ? top : requireMap(state, '"state_dict"'));
  if (config === undefined) return { tensors, notes: [NO_CONFIGURATION] };
  return { tensors, declared: declaredOf(config), notes: [] };
}

function requireMap(value: unknown, what: string): Map<unknown, unknown> {
  if (value instanceof Map) return value;
  throw new UserError(
    `${what} must be a dictionary: this is no file of the authors' save_model(), nor a state dictionary`,
  );
}

function tensorsOf(state: Map<unknown, unknown>): Map<string, SourceTensor> {
  const tensors = new Map<string, SourceTensor>();
  for (const [name, value] of state) {
    if (typeof name === "string" && value instanceof TorchTensor) tensors.set(name, value);
  }
  return tensors;
}

function declaredOf(config: unknown): DeclaredFunction {
  const entries = requireMap(config, '"config"');
  const hyper = requireMap(entries.get("hypernetwork"), '"config.hypernetwork"');
  const shape = requireMap(entries.get("function_representation"), '"config.function_representation"');
  checkRectifier(hyper.get("non_linearity"), "hypernetwork.non_linearity");
  checkRectifier(shape.get("non_linearity"), "function_representation.non_linearity");
  checkClass(shape.get("final_non_linearity"), "function_representation.final_non_linearity", ["Tanh"]);
  checkClass(shape.get("encoding"), "function_representation.encoding", ["FourierFeatures", "Identity"]);
  return {
    coordinateDim: sizeAt(shape, ["coordinate_dim", "input_dim"]),
    featureDim: sizeAt(shape, ["feature_dim", "output_dim"]),
    functionHidden: sizesAt(shape, "layer_sizes"),
  };
}

function checkClass(value: unknown, field: string, expected: readonly string[]): PickledObject {
  const name = value instanceof PickledObject ? value.className.split(".").at(-1)! : undefined;
  if (value instanceof PickledObject && name !== undefined && expected.includes(name)) return value;
  throw new UserError(
    `"config.${field}" is ${name ?? "no layer"}, but this program's networks have ${
      expected.join(" or ")
    } there`,
  );
}

function checkRectifier(value: unknown, field: string): void {
  const slope = checkClass(value, field, ["LeakyReLU"]).state.get("negative_slope");
  if (slope === GENERATOR_SLOPE) return;
  throw new UserError(
    `"config.${field}" has the slope ${
      typeof slope === "number" ? slope : "of no number"
    }, but this program's networks have ${GENERATOR_SLOPE} there`,
  );
}

function sizeAt(entries: Map<unknown, unknown>, names: readonly string[]): number {
  const found = names.map((name) => entries.get(name)).find((value) => value !== undefined);
  return requireSize(found, names.join(" or "));
}

function sizesAt(entries: Map<unknown, unknown>, name: string): number[] {
  const sizes = entries.get(name);
  if (Array.isArray(sizes)) return sizes.map((size) => requireSize(size, name));
  throw new UserError(`"config.function_representation.${name}" must be a list of sizes`);
}

function requireSize(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new UserError(`"config.function_representation.${name}" must be a whole number above 0`);
}
