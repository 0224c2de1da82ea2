/**
 * Files of generators that this program wrote, and others with the names of the reference, as a source to import from.
 * @module
 */
import { parseSafetensors } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import { asGasp, gasp } from "../methods/gasp/gasp.ts";
import { GENERATOR_FORMAT, parseMetadata } from "../runs/metadata.ts";
import { type GeneratorSource, NO_CONFIGURATION, type SourceTensor } from "./generator_source.ts";

/**
 * Reads a generator from a safetensors file: one of `generatorFile`, or any with the names of the reference.
 *
 * @param bytes The file.
 * @param where Its name, for notes.
 * @throws {FileFormatError} If it is no safetensors file, or damaged.
 * @throws {UserError} If what is written beside the tensors is not valid.
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
      "it is a checkpoint of a run of this program already: sample from the folder of the run",
    );
  }
  const { display, notes } = metadata;
  if (metadata.config.method !== gasp.name) {
    throw new UserError(
      `it is a generator of the method ${metadata.config.method}, of which none can be imported`,
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
