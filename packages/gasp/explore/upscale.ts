/**
 * The same functions at several resolutions, beside what a grid model could do: bicubic interpolation of the samples at
 * the resolution of training (the paper's figure 6).
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
 * What {@link upscaleSheet} takes.
 *
 * @category Exploration
 */
export interface UpscaleRequest {
  /** Of the generator. */
  readonly sampler: Sampler;
  /** Its weights; faster if placed on the device. */
  readonly weights: Tree;
  /** Which functions, `[count, latentDim]`. */
  readonly latents: Float32Array;
  /** Sizes of the pictures that the model learned from. */
  readonly display: ImageDisplay;
  /** How many times finer, whole numbers from 2. */
  readonly factors: readonly number[];
}

/** Rows of pixels that a picture fills at least. */
const LEAST = 112;

/**
 * A sheet with a column for each function and a row for the samples as they are, one for each factor of bicubic
 * interpolation, and one for each factor of the functions themselves. All pictures are equally large, pixels are squares.
 * Interpolation and functions agree at the border, where both keep the outer points.
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

/** Pixels of the sheet for each pixel of the data, along each axis. */
function zoomFor({ height }: ImageDisplay, factors: readonly number[]): number {
  const common = leastCommonMultiple(factors);
  return common * Math.ceil(LEAST / (common * height));
}

/**
 * Refuses a sheet that does not fit in memory.
 *
 * @param display Sizes of the pictures that the model learned from.
 * @param factors How many times finer.
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
 * assertThrows(() => requireUpscale(display, [2, 8], 1000), MemoryError, "a sheet of 1000 pictures");
 * ```
 */
export function requireUpscale(display: ImageDisplay, factors: readonly number[], count: number): void {
  const { height, width } = display, zoom = zoomFor(display, factors);
  const pixels = (some: number) => some * (1 + 2 * factors.length) * height * width * zoom ** 2;
  requirePictures(
    `a sheet of ${count} pictures of ${height}×${width}, each ${zoom} times as large for the factors ${
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
