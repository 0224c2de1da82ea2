/**
 * A generator alone as a safetensors file: tensors under the names of the reference's state dictionary, with the
 * configuration of its run and how samples are shown beside them, so that reading it back loses nothing.
 * @module
 */
import { parseSafetensors } from "@gasp/tensor";
import { type CheckpointInfo, parseDisplay } from "../runs/checkpoint.ts";
import { stackHypernetwork } from "../model/hypernetwork.ts";
import { parseRunConfig } from "../config/run_config.ts";
import { stackedFile, stackOf } from "../state/stack.ts";
import type { GeneratorWeights, WeightsKind } from "../state/state_record.ts";
import { UserError } from "../config/user_error.ts";
import {
  FREQUENCY_MATRIX,
  type GeneratorSource,
  HYPERNETWORK,
  NO_CONFIGURATION,
  type SourceTensor,
} from "./generator_source.ts";

const FORMAT = "gasp-generator";
const VERSION = "1";

/**
 * Writes a generator.
 *
 * @param info Step, configuration and display of its checkpoint.
 * @param weights What `readGenerator` of the checkpoint gave.
 * @param kind Which weights these are.
 * @returns The parts of the file.
 */
export function generatorFile(
  { step, config, display }: CheckpointInfo,
  weights: GeneratorWeights,
  kind: WeightsKind,
): AsyncIterable<Uint8Array> {
  const layers = Object.entries(stackHypernetwork(weights.generator, config.model));
  const stacks = new Map(layers.map(([name, stack]) => [HYPERNETWORK + name, stack]));
  if (weights.frequencies) stacks.set(FREQUENCY_MATRIX, stackOf([weights.frequencies]));
  return stackedFile(stacks, [
    ["format", FORMAT],
    ["version", VERSION],
    ["step", String(step)],
    ["weights", kind],
    ["config", JSON.stringify(config)],
    ["display", JSON.stringify(display)],
  ]);
}

/**
 * Reads a generator from a safetensors file: one of {@link generatorFile}, or any with the names of the reference.
 *
 * @param bytes The file.
 * @throws {FileFormatError} If it is no safetensors file, or damaged.
 * @throws {UserError} If what is written beside the tensors is not valid.
 */
export function parseGeneratorFile(bytes: Uint8Array): GeneratorSource {
  const file = parseSafetensors(bytes), { metadata } = file;
  const tensors = new Map<string, SourceTensor>();
  for (const [name, tensor] of file.tensors) {
    tensors.set(name, { dtype: tensor.dtype, shape: tensor.shape, read: () => tensor });
  }
  if (metadata.get("format") === "gasp-checkpoint") {
    throw new UserError(
      "it is a checkpoint of a run of this program already: sample from the folder of the run",
    );
  }
  if (metadata.get("format") !== FORMAT) {
    return { tensors, notes: [NO_CONFIGURATION] };
  }
  const version = metadata.get("version");
  if (version !== VERSION) {
    throw new UserError(`it has format version ${version}, but this program reads version ${VERSION}`);
  }
  const config = parseRunConfig(readJson(metadata.get("config")), "its configuration");
  const { coordinateDim, featureDim, functionHidden } = config.model;
  return {
    tensors,
    declared: { coordinateDim, featureDim, functionHidden },
    run: { config, display: parseDisplay(readJson(metadata.get("display"))) },
    notes: [],
  };
}

function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError("its metadata are damaged");
  }
}
