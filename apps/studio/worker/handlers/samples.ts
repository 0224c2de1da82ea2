/**
 * Requests for pictures of samples.
 *
 * @module
 */
import { sampleLatents } from "@gasp/gasp/sample";
import type { Handler } from "../../rpc/protocol.ts";
import { picturesOf } from "../core/draw.ts";
import { sampleGrid } from "../core/grids.ts";
import { modelOf } from "../core/models.ts";
import type { Pictures } from "../core/rgba.ts";

/** Draws latents from the prior, `[count, latentDim]`; a pure function of the seed. */
export const latents: Handler<
  { readonly ref: string; readonly seed: number; readonly count: number },
  Float32Array
> = async ({ ref, seed, count }) => sampleLatents(seed, count, (await modelOf(ref)).info.latentDim);

/** A request for pictures. */
export interface PicturesRequest {
  /** Reference of an open model. */
  readonly ref: string;
  /** `[count, latentDim]`. */
  readonly latents: Float32Array;
  /** Rows of an image or of the sphere, voxels along an axis, or samples of a curve. */
  readonly resolution: number;
}

/** Draws one picture of each latent. */
export const pictures: Handler<PicturesRequest, Pictures> = async ({ ref, latents, resolution }, call) => {
  const samples = await sampleGrid(await modelOf(ref), latents, resolution);
  call.signal.throwIfAborted();
  const result = await picturesOf(samples);
  call.transfer(result.pixels.buffer);
  return result;
};
