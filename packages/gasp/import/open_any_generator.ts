/**
 * Opens exported generators of every training method.
 * @module
 */
import type { RandomAccess } from "@gasp/tensor";
import { openCheckpointFile } from "../runs/checkpoint.ts";
import { Sampler } from "../sampling/sampler.ts";
import type { OpenedGenerator } from "./open_generator.ts";

/**
 * Opens an exported generator or a checkpoint of any registered training method. Pages that sample generators of GASP only
 * load less with `openGenerator` of `@gasp/gasp/sample`.
 *
 * @param source Contents of the file, for example `blobAccess` of a fetched blob.
 * @param name Name of the file, for messages.
 * @throws {UserError} If it is damaged, not of a run, or of a method that is not registered.
 *
 * @category Checkpoints
 */
export async function openAnyGenerator(source: RandomAccess, name: string): Promise<OpenedGenerator> {
  const checkpoint = await openCheckpointFile(source, name), { generator, display } = checkpoint;
  return {
    latentDim: generator.latentDim,
    display,
    weights: await checkpoint.readWeights("ema"),
    sampler: (device, chunks) => new Sampler(generator, device, chunks),
  };
}
