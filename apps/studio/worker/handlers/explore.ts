/**
 * Requests of the view Explore: parts of functions, surfaces, fields, and paths through latent space.
 *
 * @module
 */
import { type Display, displayCoordinates } from "@gasp/datasets/display";
import { encodeAnimatedPng, type LatentDirections, latentDirections, latentWalk } from "@gasp/gasp/explore";
import { sampleLatents } from "@gasp/gasp/sample";
import type { RasterImage } from "@gasp/gasp";
import type { Coastline, SphereField, Surface } from "@gasp/gasp/show";
import type { Handler } from "../../rpc/protocol.ts";
import { withFunction } from "../core/functions.ts";
import { sampleGrid } from "../core/grids.ts";
import { modelOf } from "../core/models.ts";
import { type Pictures, picturesOfValues } from "../core/rgba.ts";

/** Samples from which principal directions are computed. */
const DIRECTION_SAMPLES = 192;
/** Rows, voxels or points along an axis of these samples: coarse, since directions are about what is large. */
const COARSE: Readonly<Record<Display["kind"], number>> = {
  image: 16,
  volume: 12,
  sphere: 16,
  curve: 256,
  cloud: 0,
};

/** A function of an open model. */
export interface FunctionRequest {
  /** Reference of the model. */
  readonly ref: string;
  /** `[latentDim]`. */
  readonly latent: Float32Array;
}

/** Squares of the plane. */
export interface TilesRequest extends FunctionRequest {
  /** Left and upper edge, and size of each: x to the right, y downwards. */
  readonly squares: readonly (readonly [left: number, top: number, size: number])[];
  /** Pixels along an edge. */
  readonly pixels: number;
}

/** Evaluates a function of the plane at the pixels of squares. */
export const tiles: Handler<TilesRequest, Pictures> = async ({ ref, latent, squares, pixels }, call) => {
  const coordinates = new Float32Array(squares.length * pixels * pixels * 2);
  let at = 0;
  for (const [left, top, size] of squares) {
    for (let row = 0; row < pixels; row++) {
      for (let column = 0; column < pixels; column++) {
        coordinates[at++] = top + (row + 0.5) / pixels * size;
        coordinates[at++] = left + (column + 0.5) / pixels * size;
      }
    }
  }
  const values = await withFunction(ref, latent, (shape) => shape.sample(coordinates));
  call.signal.throwIfAborted();
  const { featureDim } = (await modelOf(ref)).info;
  const result = picturesOfValues(values, { height: pixels, width: pixels, channels: featureDim });
  call.transfer(result.pixels.buffer);
  return result;
};

/** Evaluates a function at any points, `[points, featureDim]`. */
export const values: Handler<FunctionRequest & { readonly coordinates: Float32Array }, Float32Array> = (
  { ref, latent, coordinates },
) => withFunction(ref, latent, (shape) => shape.sample(coordinates));

/** Traces the surface of a shape. */
export const surface: Handler<FunctionRequest & { readonly resolution: number }, Surface> = async (
  { ref, latent, resolution },
  call,
) => {
  const { functionSurface } = await import("@gasp/gasp/show");
  const result = await withFunction(ref, latent, (shape) => functionSurface(shape, resolution));
  for (const part of [result.positions, result.normals, result.triangles]) call.transfer(part.buffer);
  return result;
};

/** Encodes the surface of a shape as a GLB file. */
export const glb: Handler<FunctionRequest & { readonly resolution: number }, Uint8Array> = async (
  { ref, latent, resolution },
) => {
  const { encodeGlb, functionSurface } = await import("@gasp/gasp/show");
  return encodeGlb(await withFunction(ref, latent, (shape) => functionSurface(shape, resolution)));
};

/** Evaluates a field on a grid of the sphere. */
export const field: Handler<FunctionRequest & { readonly latitudes: number }, SphereField> = async (
  { ref, latent, latitudes },
) => {
  const longitudes = 2 * (latitudes - 1);
  const scale = { low: -1, high: 1 };
  const coordinates = displayCoordinates({ kind: "sphere", latitudes, longitudes, scale });
  const all = await withFunction(ref, latent, (shape) => shape.sample(coordinates));
  const { featureDim } = (await modelOf(ref)).info;
  const first = featureDim === 1 ? all : all.filter((_, i) => i % featureDim === 0);
  return { values: first, latitudes, longitudes };
};

/** Computes the directions along which samples change most. */
export const directions: Handler<{ readonly ref: string; readonly count: number }, LatentDirections> = async (
  { ref, count },
) => {
  const { sampler, weights, info: { display, latentDim, coordinateDim } } = await modelOf(ref);
  const latents = sampleLatents(1, DIRECTION_SAMPLES, latentDim);
  const samples = await sampler.sample(weights, latents, coarseCoordinates(display, coordinateDim));
  return latentDirections(latents, samples, latentDim, count);
};

function coarseCoordinates(display: Display, coordinateDim: number): Float32Array {
  const size = COARSE[display.kind];
  switch (display.kind) {
    case "image":
      return displayCoordinates({ ...display, height: size, width: size });
    case "volume":
      return displayCoordinates({ ...display, resolution: size });
    case "sphere":
      return displayCoordinates({ ...display, latitudes: size, longitudes: 2 * size });
    case "curve":
      return displayCoordinates({ ...display, samples: size });
    case "cloud":
      return sampleLatents(2, 256, coordinateDim).map((x) => Math.max(-1, Math.min(1, x / 2)));
  }
}

/** A closed walk through the prior, `[frames, latentDim]`. */
export const walk: Handler<
  { readonly ref: string; readonly seed: number; readonly frames: number },
  Float32Array
> = async ({ ref, seed, frames }) => latentWalk(seed, frames, (await modelOf(ref)).info.latentDim);

/** Frames that are sampled at once. */
const FILM_BLOCK = 8;
/** Frames a second of a saved film. */
const FILM_RATE = 24;

/** Draws a closed walk as an animated PNG; progress is the share that is drawn. */
export const film: Handler<
  { readonly ref: string; readonly seed: number; readonly frames: number; readonly resolution: number },
  Uint8Array,
  number
> = async ({ ref, seed, frames, resolution }, call) => {
  const { samplesOf, tileOf } = await import("@gasp/gasp/show");
  const model = await modelOf(ref), { latentDim } = model.info;
  const latents = latentWalk(seed, frames, latentDim),
    drawn: RasterImage[] = [];
  for (let first = 0; first < frames; first += FILM_BLOCK) {
    const block = latents.slice(first * latentDim, (first + FILM_BLOCK) * latentDim);
    drawn.push(...samplesOf(await sampleGrid(model, block, resolution)).map(tileOf));
    call.signal.throwIfAborted();
    call.progress(drawn.length / frames);
  }
  return encodeAnimatedPng(drawn, { rate: FILM_RATE });
};

/** The coastlines of the world, for maps. */
export const coasts: Handler<undefined, readonly Coastline[]> = async () => {
  const { coastlines } = await import("@gasp/gasp/show");
  return await coastlines();
};
