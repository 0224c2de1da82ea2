/**
 * Estimates of the memory that sampling and drawing need, from the generator to the file, made before a device is opened.
 * @module
 */
import { mapWidth } from "./sphere/sphere_field.ts";
import { atResolution, type Display, gridPoints } from "@gasp/datasets/display";
import { type MemoryParameter, requireMemory } from "@gasp/tensor";
import { imageRowBytes, isByRows } from "./image_rows.ts";

/**
 * Sizes of the samples to compute.
 *
 * @category Files of samples
 */
export interface SampleSizes {
  /** Display of the data. */
  readonly display: Display;
  /** Rows of an image or of the sphere, voxels along an axis, or samples of a curve. */
  readonly resolution: number;
  /** Number of samples held in memory at the same time. */
  readonly count: number;
  /** Coordinate dimension. */
  readonly coordinateDim: number;
  /** Feature dimension. */
  readonly featureDim: number;
  /** Number of points of a sample without a grid. */
  readonly points?: number;
  /** For the output `rows`: samples per row. Default: about as many as rows. */
  readonly columns?: number;
  /** For the output `numbers`: number of samples that are also drawn, each as a separate image. Default: 0. */
  readonly drawn?: number;
}

/**
 * Output: a sheet of all samples in memory, one that is written row by row where it is large, an image of each, a surface
 * of one, a file of values, or values in memory.
 *
 * @category Files of samples
 */
export type SampleOutput = "sheet" | "rows" | "pictures" | "surface" | "table" | "numbers";

/**
 * Names of the arguments in the error messages of {@link requireSamples}.
 *
 * @category Files of samples
 */
export interface SampleNames {
  /** The output, in the singular. Default: depends on the kind of output. */
  readonly what?: string;
  /** The number of samples; null: it cannot be lowered. Default: `count`. */
  readonly count?: string | null;
  /** The resolution. Default: `resolution`. */
  readonly resolution?: string;
}

const WHAT: Record<SampleOutput, string> = {
  sheet: "sheet",
  rows: "sheet",
  pictures: "set",
  surface: "surface",
  table: "table",
  numbers: "set",
};

/** Heights of samples on a sheet and alone, as in `sheet.ts`. */
const LEAST_PICTURE = 64,
  LEAST_SHAPE = 128,
  LEAST_MAP = 96,
  CURVE_PIXELS = 80 * 160,
  CLOUD = 128,
  LARGE = 512;
/** Pixels between samples. */
const GAP = 2;
/** Bytes per byte of an image during PNG encoding: filtered rows, and the growing compressed file. */
const ENCODING = 4;
/** Bytes per vertex while a surface is traced: growing JavaScript arrays, and the typed arrays they are converted to. */
const VERTEX_HEAP = 400, VERTEX_ARRAYS = 150;
/** Vertices per squared resolution: a shape with as much surface as its bounding box. */
const VERTICES_PER_SQUARE = 6;

/**
 * Checks that samples fit in memory.
 *
 * @param sizes Sizes of the samples.
 * @param output Output to produce.
 * @param names Names of the caller's arguments, for error messages.
 * @throws {MemoryError} If they do not fit; it suggests a resolution and a count that would.
 *
 * @example The error says what would fit
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { requireSamples } from "@gasp/gasp";
 * import { limitMemory, MemoryError } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e7);
 * const display = { kind: "volume", resolution: 32 } as const;
 * const sizes = { display, resolution: 256, count: 4, coordinateDim: 3, featureDim: 1 };
 * const error = assertThrows(() => requireSamples(sizes, "numbers"), MemoryError);
 * // Not even one sample of that resolution fits
 * assertEquals(error.shortage.fitting.map(({ name }) => name), ["resolution"]);
 * ```
 *
 * @category Files of samples
 */
export function requireSamples(sizes: SampleSizes, output: SampleOutput, names: SampleNames = {}): void {
  const { resolution, count, display } = sizes;
  const isCloud = display.kind === "cloud";
  const bytes = (resolution: number, count: number) => bytesOf({ ...sizes, resolution, count }, output);
  const parameters: MemoryParameter[] = [
    {
      name: names.resolution ?? "resolution",
      value: resolution,
      least: 2,
      bytes: (value) => bytes(value, count),
      heapBytes: (value) => heapBytes(value, output),
    },
  ];
  if (names.count !== null) {
    parameters.push({
      name: names.count ?? "count",
      value: count,
      bytes: (value) => bytes(resolution, value),
    });
  }
  const what = names.what ?? `a ${WHAT[output]}`;
  requireMemory({
    purpose: `${what} of ${count} ${count === 1 ? "sample" : "samples"} ` +
      (isCloud ? `at ${sizes.points} points` : `at a resolution of ${resolution}`),
    bytes: bytes(resolution, count),
    heapBytes: heapBytes(resolution, output),
    parameters: isCloud ? parameters.slice(1) : parameters,
  });
}

/** JavaScript numbers while a surface is traced. */
function heapBytes(resolution: number, output: SampleOutput): number {
  return output === "surface" ? VERTEX_HEAP * verticesOf(resolution) : 0;
}

function bytesOf(sizes: SampleSizes, output: SampleOutput): number {
  const { display: data, resolution, count, coordinateDim, featureDim, drawn = 0 } = sizes;
  const display = data.kind === "cloud" ? data : atResolution(data, resolution);
  const points = display.kind === "cloud" ? sizes.points ?? 0 : gridPoints(display);
  if (output === "surface") {
    // Planes of nodes (coordinates, values, vertices on their edges), an image, and the file
    return 60 * (resolution + 2) ** 2 + surfaceBytes(resolution) + pictureBytes(LARGE ** 2, 40);
  }
  if (output === "rows" && data.kind === "image" && isByRows(sizes)) {
    return imageRowBytes({ ...sizes, display: data }, sizes);
  }
  const numbers = 4 * points * (count * featureDim + coordinateDim);
  switch (output) {
    case "numbers":
      return numbers + drawn * pictureBytes(pixelsAlone(display), 3);
    case "table":
      // Values in units, and the file
      return numbers + 2 * numbers;
    case "sheet":
    case "rows":
      return numbers + sheetBytes(display, count, featureDim);
    case "pictures":
      return numbers + count * pictureBytes(pixelsAlone(display), 3);
  }
}

function verticesOf(resolution: number): number {
  return VERTICES_PER_SQUARE * resolution ** 2;
}

function surfaceBytes(resolution: number): number {
  return (VERTEX_HEAP + VERTEX_ARRAYS) * verticesOf(resolution);
}

/** An image and its file. */
function pictureBytes(pixels: number, pixelBytes: number): number {
  return pixels * (pixelBytes + 3 * ENCODING);
}

/** Pixels of a sample drawn as a separate image. */
function pixelsAlone(display: Display): number {
  switch (display.kind) {
    case "image":
      return display.height * display.width;
    case "sphere": {
      const height = Math.max(LARGE / 2, display.latitudes);
      return height * Math.max(2 * height, mapWidth(display.bounds, height));
    }
    default:
      return LARGE ** 2;
  }
}

/** A sheet of all samples, its tiles, and the file. */
function sheetBytes(display: Display, count: number, featureDim: number): number {
  switch (display.kind) {
    case "image": {
      const zoom = Math.max(1, Math.ceil(LEAST_PICTURE / display.height));
      const pixels = count * (display.height * zoom + GAP) * (display.width * zoom + GAP);
      return display.channels * (count * display.height * display.width + (1 + ENCODING) * pixels);
    }
    case "volume": {
      const side = Math.max(LEAST_SHAPE, display.resolution);
      // Four subpixels per pixel, each with depth and brightness
      return count * tileBytes(side * side, 1) + surfaceBytes(display.resolution) + 32 * side * side;
    }
    case "sphere": {
      const height = Math.max(LEAST_MAP, display.latitudes);
      // The sheet is copied onto the image with the colour bar
      const pixels = height * mapWidth(display.bounds, height);
      return count * (tileBytes(pixels, 3) + 3 * pixels);
    }
    case "curve":
      return count * tileBytes(CURVE_PIXELS, 3);
    case "cloud":
      return count * tileBytes(CLOUD ** 2, 3) + 200 * featureDim;
  }
}

/** A tile, its part of the sheet, and that of the file. */
function tileBytes(pixels: number, tileChannels: number): number {
  return pixels * (tileChannels + 3 * (1 + ENCODING));
}

/**
 * Checks that images fit in memory: several of the same size, held until they are written.
 *
 * @param purpose Description of the images, in the singular.
 * @param pixels Total number of pixels.
 * @param parameters Arguments that can be lowered, with their effect in pixels.
 * @throws {MemoryError} If they do not fit.
 * @category Files of samples
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { requirePictures } from "@gasp/gasp";
 * import { limitMemory, MemoryError } from "@gasp/tensor";
 *
 * using _limit = limitMemory(1e6);
 * const count = { name: "count", value: 100, pixels: (frames: number) => frames * 64 * 64 };
 * requirePictures("an animation", count.pixels(5), [{ ...count, value: 5 }]);
 * assertThrows(() => requirePictures("an animation", count.pixels(100), [count]), MemoryError, "a count of");
 * ```
 */
export function requirePictures(
  purpose: string,
  pixels: number,
  parameters: readonly (Omit<MemoryParameter, "bytes"> & { pixels(value: number): number })[],
): void {
  const bytes = (pixels: number) => pictureBytes(pixels, 2 * 3 + 4 * 3);
  requireMemory({
    purpose,
    bytes: bytes(pixels),
    parameters: parameters.map(({ pixels, ...parameter }) => ({
      ...parameter,
      bytes: (value: number) => bytes(pixels(value)),
    })),
  });
}
