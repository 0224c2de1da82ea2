/**
 * A picture of fits at any resolution: images are evaluated by blocks of rows while the file is written, so that memory does
 * not depend on the number of rows.
 * @module
 */
import { atResolution, type Display, displayCoordinates, gridRows, type ImageDisplay } from "@gasp/datasets";
import { requireMemory, type Tree } from "@gasp/tensor";
import { type ImageRows, rasterFromValues } from "../image/mod.ts";
import type { Sampler } from "../sampling/sampler.ts";
import { blockRows } from "../show/image_rows.ts";
import { requireSamples } from "../show/mod.ts";
import type { Fit } from "./fit.ts";
import { type FitPictureRequest, foundPictures, knownPictures } from "./fit_picture.ts";
import { meanAndMember } from "./mean_function.ts";
import type { PointSizes } from "./observations.ts";
import { type PictureRows, pictureRows, rowBytes } from "./picture_row.ts";

/**
 * Arguments of {@link fitSheet}.
 *
 * @category Exploration
 */
export interface FitSheetRequest extends Omit<FitPictureRequest, "found" | "sizes"> {
  /** Sampler of the generator. */
  readonly sampler: Sampler;
  /** Weights of the generator; faster if on the device. */
  readonly weights: Tree;
  /** Fits of one target. */
  readonly fit: Pick<Fit, "candidates" | "candidateLosses">;
  /** Display of the data. */
  readonly display: Display;
  /** Rows of an image or of the sphere, voxels along an axis, or samples of a curve. */
  readonly resolution: number;
}

/**
 * Draws what `fitPicture` does for the best fit and the mean of all.
 *
 * @param request Known points, fits, and the resolution at which they are shown.
 * @returns The image; those of data other than images are evaluated before the first row.
 * @category Exploration
 *
 * @example The fits of a point, as a file
 * ```ts
 * import { asGasp, encodePngRows, generatorOf, initialGenerator, resolveRunConfig, Sampler } from "@gasp/gasp";
 * import { fitLatents, fitSheet, observationsOf } from "@gasp/gasp/explore";
 * import { reference } from "@gasp/tensor";
 * import { assert } from "@std/assert";
 *
 * const config = asGasp(resolveRunConfig({ preset: "tiny" })), generator = generatorOf(config);
 * const sampler = new Sampler(generator, reference), weights = initialGenerator(config.model, 0);
 * const display = { kind: "image", height: 2, width: 2, channels: 1 } as const;
 * const known = { coordinates: Float32Array.of(0, 0), features: Float32Array.of(0.1) };
 * const observations = observationsOf([known], config.model);
 * const search = { generator, weights, device: reference, observations, steps: 2, restarts: 2 };
 * const fit = await fitLatents(search);
 * const sheet = await fitSheet({ sampler, weights, fit, known, chosen: [0], display, resolution: 8 });
 * assert((await Array.fromAsync(encodePngRows(sheet))).length > 2);
 * sampler.release();
 * ```
 */
export async function fitSheet(request: FitSheetRequest): Promise<ImageRows> {
  const { display, known, sampler, fit, resolution } = request;
  const sizes = sampler.generator, count = fit.candidateLosses.length;
  const labels = ["best fit", `mean of ${count} fits`] as const;
  if (display.kind === "image") {
    const found = new FoundRows(request, atResolution(display, resolution));
    return pictureRows([
      ...knownPictures({ ...request, sizes }, display),
      { label: labels[0], picture: found.rowsOf("member") },
      { label: labels[1], picture: found.rowsOf("mean") },
    ]);
  }
  const shown = display.kind === "cloud" ? display : atResolution(display, resolution);
  const coordinates = display.kind === "cloud" ? known.coordinates : displayCoordinates(shown);
  const values = await evaluate(request, coordinates);
  const sample = (values: Float32Array) => ({ values, display: shown, coordinates, ...dimensionsOf(sizes) });
  return pictureRows([
    ...knownPictures({ ...request, sizes }, display),
    ...foundPictures([
      { label: labels[0], sample: sample(values.member) },
      { label: labels[1], sample: sample(values.mean) },
    ]),
  ]);
}

function dimensionsOf({ coordinateDim, featureDim }: PointSizes): PointSizes {
  return { coordinateDim, featureDim };
}

/** The best fit and the mean of all at points, each `[points, featureDim]`. */
function evaluate({ sampler, weights, fit }: FitSheetRequest, coordinates: Float32Array) {
  const { candidates, candidateLosses } = fit;
  const best = candidateLosses.indexOf(candidateLosses.reduce((least, loss) => Math.min(least, loss)));
  return meanAndMember(sampler, weights, candidates, coordinates, best);
}

/** Images of the best fit and of the mean, of which a block of rows is in memory. */
class FoundRows {
  readonly #request: FitSheetRequest;
  readonly #display: ImageDisplay;
  #first = -1;
  #block: Awaited<ReturnType<typeof evaluate>> | undefined;

  constructor(request: FitSheetRequest, display: ImageDisplay) {
    this.#request = request;
    this.#display = display;
  }

  rowsOf(which: "mean" | "member"): PictureRows {
    const { height, width, channels } = this.#display, size = width * channels;
    const row = async (index: number) => {
      const { first, block } = await this.#blockOf(index), at = (index - first) * size;
      return rasterFromValues(block[which].subarray(at, at + size), { height: 1, width, channels }).pixels;
    };
    return { height, width, channels, row };
  }

  async #blockOf(index: number) {
    const { height, width } = this.#display, rows = blockRows(this.#display);
    // The last block ends with the image and has the same size, so that one program serves all
    const first = Math.min(index - index % rows, height - rows);
    if (this.#block === undefined || first !== this.#first) {
      this.#block = await evaluate(this.#request, gridRows([height, width], first, first + rows));
      this.#first = first;
    }
    return { first, block: this.#block };
  }
}

/** Functions that are evaluated whole, and pictures: theirs, the input, what is observed. */
const WHOLE = 2, DRAWN = 4;
/** Bytes of a number. */
const NUMBER = 4;

/**
 * Checks that a sheet fits in memory.
 *
 * @param sizes Display of the data, dimensions of the model, resolution, and the number of known points.
 * @param sizes.display Display of the data.
 * @param sizes.resolution Resolution of the sheet.
 * @param sizes.points Number of known points.
 * @param sizes.coordinateDim Coordinate dimension.
 * @param sizes.featureDim Feature dimension.
 * @throws {MemoryError} If it does not fit.
 * @category Exploration
 *
 * @example Images need memory for a few rows
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { requireFitSheet } from "@gasp/gasp/explore";
 * import { limitMemory, MemoryError } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e8);
 * const image = { kind: "image", height: 8, width: 8, channels: 1 } as const;
 * requireFitSheet({ display: image, resolution: 8192, points: 64, coordinateDim: 2, featureDim: 1 });
 * const volume = { kind: "volume", resolution: 8 } as const, sizes = { coordinateDim: 3, featureDim: 1 };
 * assertThrows(() => requireFitSheet({ display: volume, resolution: 512, points: 64, ...sizes }), MemoryError);
 * ```
 */
export function requireFitSheet(
  sizes: PointSizes & { readonly display: Display; readonly resolution: number; readonly points: number },
): void {
  const { display, resolution, points, coordinateDim, featureDim } = sizes;
  if (display.kind !== "image") {
    return requireSamples({ ...sizes, count: WHOLE, drawn: DRAWN }, "numbers", {
      what: "a fit",
      count: null,
    });
  }
  const known = NUMBER * points * (coordinateDim + (1 + WHOLE) * featureDim);
  const bytes = (resolution: number) => {
    const shown = atResolution(display, resolution), block = blockRows(shown) * shown.width;
    const pictures = [display, display, shown, shown];
    return known + NUMBER * block * (coordinateDim + WHOLE * featureDim) + rowBytes(pictures);
  };
  requireMemory({
    purpose: `a fit at a resolution of ${resolution}`,
    bytes: bytes(resolution),
    parameters: [{ name: "resolution", value: resolution, least: 2, bytes }],
  });
}
