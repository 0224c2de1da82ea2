/**
 * Superresolution (figure 6 of the paper): samples evaluated at several resolutions, beside bicubic interpolation of the
 * samples at the training resolution.
 * @module
 */
import { atResolution, type ImageDisplay } from "@gasp/datasets";
import { rasterFromValues, type RasterImage } from "../image/mod.ts";
import type { Tree } from "@gasp/tensor";
import { sampleForDisplay, type Sampler } from "../sampling/sampler.ts";
import { requirePictures } from "../show/mod.ts";
import { bicubic } from "./bicubic.ts";
import { enlarge, labelledRows } from "./labelled_rows.ts";

/**
 * Arguments of {@link upscaleSheet}.
 *
 * @category Exploration
 */
export interface UpscaleRequest {
  /** Sampler of the generator. */
  readonly sampler: Sampler;
  /** Weights of the generator; faster if on the device. */
  readonly weights: Tree;
  /** Latents of the functions, `[count, latentDim]`. */
  readonly latents: Float32Array;
  /** Display of the training data. */
  readonly display: ImageDisplay;
  /** Superresolution factors, integers from 2. */
  readonly factors: readonly number[];
}

/** Minimum height of an image on the sheet, in pixels. */
const LEAST = 112;

/**
 * Draws a sheet with a column for each function: a row of samples at the training resolution, a row of bicubic
 * interpolation for each factor, and a row of the functions themselves for each factor. All images are enlarged to the same
 * size. Interpolation uses aligned corners, as the coordinates of the functions do.
 *
 * @param request Functions and factors.
 * @throws {MemoryError} If it does not fit in memory.
 * @category Exploration
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import {
 *   asGasp,
 *   generatorOf,
 *   initialGenerator,
 *   resolveRunConfig,
 *   sampleLatents,
 *   Sampler,
 * } from "@gasp/gasp";
 * import { upscaleSheet } from "@gasp/gasp/explore";
 * import { reference } from "@gasp/tensor";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const sampler = new Sampler(generator, reference), weights = initialGenerator(config.model, 0);
 * const display = { kind: "image", height: 4, width: 4, channels: 1 } as const;
 * const latents = sampleLatents(0, 1, generator.latentDim);
 * const sheet = await upscaleSheet({ sampler, weights, latents, display, factors: [2] });
 * assert(sheet.height > 3 * 112); // the samples, interpolated, and evaluated twice as fine
 * sampler.release();
 * ```
 */
export async function upscaleSheet(request: UpscaleRequest): Promise<RasterImage> {
  const { sampler, weights, latents, display, factors } = request;
  const { height, channels } = display, zoom = zoomFor(display, factors);
  const count = latents.length / sampler.generator.latentDim;
  requireUpscale(display, factors, count);
  const picturesAt = (values: Float32Array, factor: number): RasterImage[] => {
    const size = finer(display, factor), length = values.length / count;
    return Array.from({ length: count }, (_, i) => {
      const picture = rasterFromValues(values.subarray(i * length, (i + 1) * length), { ...size, channels });
      return enlarge(picture, zoom / factor);
    });
  };
  const valuesAt = async (factor: number) => {
    const { height: resolution } = finer(display, factor);
    return (await sampleForDisplay(sampler, weights, { latents, display, resolution })).values;
  };
  const coarse = await valuesAt(1), length = coarse.length / count;
  const interpolated = (factor: number) => {
    const { height, width } = finer(display, factor), size = height * width * channels;
    const values = new Float32Array(count * size);
    for (let i = 0; i < count; i++) {
      values.set(
        bicubic(coarse.subarray(i * length, (i + 1) * length), display, { height, width }),
        i * size,
      );
    }
    return values;
  };
  const rows = [{ label: `sample ${height}`, pictures: picturesAt(coarse, 1) }];
  for (const factor of factors) {
    rows.push({ label: `bicubic x${factor}`, pictures: picturesAt(interpolated(factor), factor) });
  }
  for (const factor of factors) {
    rows.push({ label: `function x${factor}`, pictures: picturesAt(await valuesAt(factor), factor) });
  }
  return labelledRows(rows);
}

/** Pixels of the sheet per pixel of the data, along each axis. */
function zoomFor({ height }: ImageDisplay, factors: readonly number[]): number {
  const common = leastCommonMultiple(factors);
  return common * Math.ceil(LEAST / (common * height));
}

/**
 * Checks that a sheet fits in memory.
 *
 * @param display Display of the training data.
 * @param factors Superresolution factors.
 * @param count Number of functions.
 * @throws {MemoryError} If it does not fit.
 * @category Exploration
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { requireUpscale } from "@gasp/gasp/explore";
 * import { limitMemory, MemoryError } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e7);
 * const display = { kind: "image", height: 28, width: 28, channels: 1 } as const;
 * requireUpscale(display, [2], 1);
 * assertThrows(() => requireUpscale(display, [2, 8], 1000), MemoryError, "a sheet of 1000 images");
 * ```
 */
export function requireUpscale(display: ImageDisplay, factors: readonly number[], count: number): void {
  const { height, width } = display, zoom = zoomFor(display, factors);
  const pixels = (images: number) => images * (1 + 2 * factors.length) * height * width * zoom ** 2;
  requirePictures(
    `a sheet of ${count} images of ${height}×${width}, enlarged ${zoom} times for the factors ${
      factors.join(", ")
    },`,
    pixels(count),
    [{ name: "count", value: count, pixels }],
  );
}

function finer(display: ImageDisplay, factor: number): { readonly height: number; readonly width: number } {
  const { height, width } = atResolution(display, factor * display.height);
  return { height, width };
}

function leastCommonMultiple(values: readonly number[]): number {
  const divisor = (a: number, b: number): number => b === 0 ? a : divisor(b, a % b);
  return values.reduce((common, value) => common / divisor(common, value) * value, 1);
}
