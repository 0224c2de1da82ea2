/**
 * The authors' released generators: `{"config": ..., "state_dict": ...}`, or a bare state dictionary. The configuration
 * contains PyTorch activation modules, which are identified by class name. The authors' current code writes `coordinate_dim`
 * and `feature_dim`, the released files have `input_dim` and `output_dim`: both are supported.
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
import { PickledObject, TorchTensor } from "@gasp/tensor";

/**
 * Extracts the generator from a saved value.
 *
 * @param saved Result of `readTorchFile`.
 * @throws {UserError} If it is not a generator, or its networks differ from the supported architecture.
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
    `${what} must be a dictionary: this is neither a file of the authors' save_model() nor a state dictionary`,
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
  checkLeakyRelu(hyper.get("non_linearity"), "hypernetwork.non_linearity");
  checkLeakyRelu(shape.get("non_linearity"), "function_representation.non_linearity");
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
    `"config.${field}" is ${name ?? "not a layer"}, but only ${expected.join(" or ")} is supported`,
  );
}

function checkLeakyRelu(value: unknown, field: string): void {
  const slope = checkClass(value, field, ["LeakyReLU"]).state.get("negative_slope");
  if (slope === GENERATOR_SLOPE) return;
  throw new UserError(
    `"config.${field}" has ${
      typeof slope === "number" ? `the slope ${slope}` : "no numeric slope"
    }, but only ${GENERATOR_SLOPE} is supported`,
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
