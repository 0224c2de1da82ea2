/**
 * Import of generator files in safetensors format: those of GASP, and others with the tensor names of the reference code.
 * @module
 */
import { parseSafetensors } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import { asGasp, gasp } from "../methods/gasp/gasp.ts";
import { GENERATOR_FORMAT, parseMetadata } from "../runs/metadata.ts";
import { type GeneratorSource, NO_CONFIGURATION, type SourceTensor } from "./generator_source.ts";

/**
 * Parses a generator from a safetensors file: one written by `generatorFile`, or any with the tensor names of the reference
 * code.
 *
 * @param bytes Contents of the file.
 * @param where Name of the file, for notes.
 * @throws {FileFormatError} If it is not a safetensors file, or damaged.
 * @throws {UserError} If its metadata is invalid.
 */
export function parseGeneratorFile(bytes: Uint8Array, where: string): GeneratorSource {
  const file = parseSafetensors(bytes);
  const tensors = new Map<string, SourceTensor>();
  for (const [name, tensor] of file.tensors) {
    tensors.set(name, { dtype: tensor.dtype, shape: tensor.shape, read: () => tensor });
  }
  const metadata = parseMetadata(file.metadata, where);
  if (!metadata) return { tensors, notes: [NO_CONFIGURATION] };
  if (metadata.format !== GENERATOR_FORMAT) {
    throw new UserError(
      "it is a checkpoint of a run already: sample from the folder of that run",
    );
  }
  const { display, notes } = metadata;
  if (metadata.config.method !== gasp.name) {
    throw new UserError(
      `it is a generator of the method ${metadata.config.method}; only generators of ${gasp.name} can be imported`,
    );
  }
  const config = asGasp(metadata.config), { coordinateDim, featureDim, functionHidden } = config.model;
  return {
    tensors,
    declared: { coordinateDim, featureDim, functionHidden },
    run: { config, display },
    notes,
  };
}
