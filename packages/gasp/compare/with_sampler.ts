/**
 * The generator of a checkpoint on a device.
 *
 * @module
 */
import { type Device, disposeTree, type Tree } from "@gasp/tensor";
import type { Checkpoint } from "../runs/checkpoint.ts";
import { Sampler } from "../sampling/sampler.ts";

/**
 * Opens the generator of a checkpoint, passes it to a function, and frees it.
 *
 * @param checkpoint Checkpoint of a method with a generator.
 * @param device Device to compute on.
 * @param use Uses the sampler and the weights.
 * @param kind The moving average of the weights, if there is one, or the latest. Default: the average.
 * @returns The result of `use`.
 * @category Comparison
 */
export async function withSampler<T>(
  checkpoint: Checkpoint,
  device: Device,
  use: (sampler: Sampler, weights: Tree) => Promise<T>,
  kind: "ema" | "latest" = "ema",
): Promise<T> {
  const sampler = new Sampler(checkpoint.generator, device);
  try {
    const weights = await sampler.moveToDevice(await checkpoint.readWeights(kind));
    try {
      return await use(sampler, weights);
    } finally {
      disposeTree(weights);
    }
  } finally {
    sampler.release();
  }
}
