/**
 * Sampling from an exported generator, and nothing else: the entry point for pages. It leaves out training, readers of data
 * and checkpoints; `deno task export` and `generatorFile` of `@gasp/gasp/import` write the file.
 *
 * @example A sheet of samples
 * ```ts ignore
 * import { drawSamples, openGenerator, sampleLatents, sampleForDisplay } from "@gasp/gasp/sample";
 * import { blobAccess, openDevice } from "@gasp/tensor";
 *
 * const response = await fetch("generator.safetensors");
 * const generator = await openGenerator(blobAccess(await response.blob()), "generator.safetensors");
 * await using device = await openDevice();
 * const sampler = generator.sampler(device), weights = await sampler.moveToDevice(generator.weights);
 * const latents = sampleLatents(0, 16, generator.latentDim);
 * const samples = await sampleForDisplay(sampler, weights, { latents, display: generator.display, resolution: 64 });
 * const { height, width, pixels } = await drawSamples(samples);
 * ```
 *
 * @module
 */
export { UserError } from "./config/user_error.ts";
export { type OpenedGenerator, openGenerator } from "./import/open_generator.ts";
export {
  type ChunkSizes,
  type DisplayRequest,
  sampleForDisplay,
  sampleLatents,
  Sampler,
  type Samples,
} from "./sampling/sampler.ts";
export { drawSamples } from "./show/draw_samples.ts";
