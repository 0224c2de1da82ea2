/**
 * What samples and their pictures take, from the generator to a file, so that it is known before a device is opened.
 * @module
 */
import { atResolution, type Display, gridPoints } from "@gasp/datasets/display";
import { type MemoryParameter, requireMemory } from "@gasp/tensor";

/**
 * Samples that are about to be computed.
 *
 * @category Files of samples
 */
export interface SampleSizes {
  /** How the data are shown. */
  readonly display: Display;
  /** Rows of a picture or of the sphere, points along an axis, times. */
  readonly resolution: number;
  /** Number of samples that are held at a time. */
  readonly count: number;
  /** Numbers of a coordinate. */
  readonly coordinateDim: number;
  /** Numbers of a feature. */
  readonly featureDim: number;
  /** Points of a sample, where they lie anywhere. */
  readonly points?: number;
  /** Of numbers: how many samples are also drawn, each on a picture of its own. Default: 0. */
  readonly drawn?: number;
}

/**
 * What samples become: a sheet of all, a picture of each, a surface of one, or a file of their numbers.
 *
 * @category Files of samples
 */
export type SampleOutput = "sheet" | "pictures" | "surface" | "table" | "numbers";

/**
 * How {@link requireSamples} speaks of its arguments.
 *
 * @category Files of samples
 */
export interface SampleNames {
  /** What the samples become, in the singular. Default: after the kind of output. */
  readonly what?: string;
  /** Name of the argument that is the number of samples. Default: `count`. */
  readonly count?: string;
  /** Name of the argument that is the resolution. Default: `resolution`. */
  readonly resolution?: string;
}

/** Heights of samples on a sheet and alone, as `sheet.ts` draws them. */
const LEAST_PICTURE = 64,
  LEAST_SHAPE = 128,
  LEAST_MAP = 96,
  CURVE_PIXELS = 80 * 160,
  CLOUD = 128,
  LARGE = 512;
/** Pixels between samples. */
const GAP = 2;
/** Bytes for each byte of a picture while it is written as PNG: rows with filters, the compressed file as it grows. */
const ENCODING = 4;
/** Bytes for each vertex of a surface while it is traced: JavaScript numbers that grow, and the arrays that they become. */
const VERTEX_HEAP = 400, VERTEX_ARRAYS = 150;
/** Vertices for each square of the resolution: a shape with as much surface as the box that holds it. */
const VERTICES_PER_SQUARE = 6;

/**
 * Refuses samples that do not fit in memory.
 *
 * @param sizes The samples.
 * @param output What they become.
 * @param names What the arguments are called where they come from.
 * @throws {MemoryError} If they do not fit; it says which resolution and which number would.
 * @category Files of samples
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
    },
    { name: names.count ?? "count", value: count, bytes: (value) => bytes(resolution, value) },
  ];
  const what = names.what ?? `a ${output === "numbers" || output === "pictures" ? "set" : output}`;
  requireMemory({
    purpose: `${what} of ${count} ${count === 1 ? "sample" : "samples"} ` +
      (isCloud ? `at ${sizes.points} points` : `at a resolution of ${resolution}`),
    bytes: bytes(resolution, count),
    heapBytes: output === "surface" ? VERTEX_HEAP * verticesOf(resolution) : 0,
    parameters: isCloud ? parameters.slice(1) : parameters,
  });
}

function bytesOf(sizes: SampleSizes, output: SampleOutput): number {
  const { display: data, resolution, count, coordinateDim, featureDim, drawn = 0 } = sizes;
  const display = data.kind === "cloud" ? data : atResolution(data, resolution);
  const points = display.kind === "cloud" ? sizes.points ?? 0 : gridPoints(display);
  if (output === "surface") {
    // Planes of nodes: coordinates, values, and vertices on their edges; a picture; the file.
    return 60 * (resolution + 2) ** 2 + surfaceBytes(resolution) + pictureBytes(LARGE ** 2, 40);
  }
  const numbers = 4 * points * (count * featureDim + coordinateDim);
  switch (output) {
    case "numbers":
      return numbers + drawn * pictureBytes(pixelsAlone(display), 3);
    case "table":
      // In units, and as a file.
      return numbers + 2 * numbers;
    case "sheet":
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

/** A picture of some bytes a pixel, and its file. */
function pictureBytes(pixels: number, pixelBytes: number): number {
  return pixels * (pixelBytes + 3 * ENCODING);
}

/** Pixels of a sample on a picture of its own. */
function pixelsAlone(display: Display): number {
  switch (display.kind) {
    case "image":
      return display.height * display.width;
    case "sphere": {
      const height = Math.max(LARGE / 2, display.latitudes);
      return 2 * height * height;
    }
    default:
      return LARGE ** 2;
  }
}

/** All samples on one picture, the pictures of each, and the file. */
function sheetBytes(display: Display, count: number, featureDim: number): number {
  switch (display.kind) {
    case "image": {
      const zoom = Math.max(1, Math.ceil(LEAST_PICTURE / display.height));
      const pixels = count * (display.height * zoom + GAP) * (display.width * zoom + GAP);
      return display.channels * (count * display.height * display.width + (1 + ENCODING) * pixels);
    }
    case "volume": {
      const side = Math.max(LEAST_SHAPE, display.resolution);
      // Four samples a pixel, each with a depth and a light.
      return count * tileBytes(side * side, 1) + surfaceBytes(display.resolution) + 32 * side * side;
    }
    case "sphere": {
      const height = Math.max(LEAST_MAP, display.latitudes);
      // The sheet is copied below its bar of colours.
      return count * (tileBytes(2 * height * height, 3) + 6 * height * height);
    }
    case "curve":
      return count * tileBytes(CURVE_PIXELS, 3);
    case "cloud":
      return count * tileBytes(CLOUD ** 2, 3) + 200 * featureDim;
  }
}

/** A tile, its place on a colour picture, and that of the file. */
function tileBytes(pixels: number, tileChannels: number): number {
  return pixels * (tileChannels + 3 * (1 + ENCODING));
}

/**
 * Refuses pictures that do not fit in memory: several of one size, kept until they are written.
 *
 * @param purpose What they are, in the singular.
 * @param pixels Pixels of all together.
 * @param parameters What can be lowered, in pixels.
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
