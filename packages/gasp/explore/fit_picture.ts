/**
 * A picture of a fit: ground truth, observations and results side by side.
 * @module
 */
import type { Display, ImageDisplay, SphereBounds } from "@gasp/datasets";
import { rasterFromValues, type RasterImage } from "../image/mod.ts";
import type { Samples } from "../sampling/sampler.ts";
import { Canvas, type Colour } from "../show/draw/canvas.ts";
import { colourOf } from "../show/draw/colour_map.ts";
import { pictureOf } from "../show/mod.ts";
import { mapWidth, WHOLE_GLOBE } from "../show/sphere/sphere_field.ts";
import { type PointSizes, type PointValues, takePoints } from "./observations.ts";
import { type Labelled, LEAST_HEIGHT, pictureRow } from "./picture_row.ts";

/**
 * Arguments of {@link fitPicture}.
 *
 * @category Exploration
 */
export interface FitPictureRequest {
  /** All known values of the function. */
  readonly known: PointValues;
  /** Indices of the observed points. */
  readonly chosen: readonly number[];
  /** Coordinate and feature dimensions. */
  readonly sizes: PointSizes;
  /** Display of the known points, if they form a grid. */
  readonly grid?: Display;
  /** Results, each a single sample with a label. */
  readonly found: readonly { readonly label: string; readonly sample: Samples }[];
}

/** Colour of pixels that were not observed. */
const HIDDEN: Colour = [56, 72, 112];

const DEGREES = 180 / Math.PI;
/** Degrees that single precision may move a point. */
const ROUNDING = 1e-3;

/**
 * Draws a row of pictures: all known values, the observed ones, and the results.
 *
 * @param request Points and samples.
 * @category Exploration
 *
 * @example A picture of four pixels, of which the first was observed
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { fitPicture } from "@gasp/gasp/explore";
 *
 * const display = { kind: "image", height: 2, width: 2, channels: 1 } as const;
 * const known = { coordinates: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1), features: Float32Array.of(-1, 1, 1, -1) };
 * const sizes = { coordinateDim: 2, featureDim: 1 };
 * const sample = { values: known.features, display, coordinates: known.coordinates, ...sizes };
 * const picture = fitPicture({ known, chosen: [0], sizes, grid: display, found: [{ label: "found", sample }] });
 * assertEquals(picture.channels, 3); // known, observed and found, side by side
 * assert(picture.width > 2 * picture.height);
 * ```
 */
export function fitPicture(request: FitPictureRequest): RasterImage {
  const [display] = request.found.map(({ sample }) => sample.display);
  return pictureRow([...knownPictures(request, display), ...foundPictures(request.found)]);
}

/**
 * Draws all known values, and the observed ones.
 *
 * @param request Points.
 * @param display Display of the results: on the sphere, points that form no grid are drawn on its map.
 */
export function knownPictures(
  { known, chosen, sizes, grid }: Omit<FitPictureRequest, "found">,
  display: Display | undefined,
): Labelled<RasterImage>[] {
  const dots = (points: PointValues) =>
    display?.kind === "sphere" ? dotsOnMap(points, display.bounds) : scattered(points, sizes);
  const { coordinateDim, featureDim } = sizes;
  const all = grid
    ? pictureOf({ ...known, coordinateDim, featureDim, values: known.features, display: grid })
    : dots(known);
  const observed = grid?.kind === "image"
    ? observedPixels(known.features, chosen, grid)
    : dots(takePoints(known, chosen, sizes));
  return [{ label: "known", picture: all }, { label: "observed", picture: observed }];
}

/** Draws results. @param found Each a single sample with a label. */
export function foundPictures(found: FitPictureRequest["found"]): Labelled<RasterImage>[] {
  return found.map(({ label, sample }) => ({ label, picture: pictureOf(sample) }));
}

/** Draws the observed pixels; the others are filled with {@link HIDDEN}. */
function observedPixels(features: Float32Array, chosen: readonly number[], grid: ImageDisplay): RasterImage {
  const { height, width } = grid, canvas = new Canvas(height, width, HIDDEN);
  const whole = new Canvas(height, width);
  whole.paste(rasterFromValues(features, grid), 0, 0);
  for (const pixel of chosen) {
    const [red = 0, green = 0, blue = 0] = whole.pixels.subarray(3 * pixel, 3 * pixel + 3);
    canvas.dot(pixel % width, Math.floor(pixel / width), [red, green, blue]);
  }
  return canvas;
}

/** Draws points of the sphere on an equirectangular map of the whole globe, or of the part that the data cover. */
function dotsOnMap({ coordinates, features }: PointValues, bounds: SphereBounds | undefined): Canvas {
  const { north, south, west, east } = bounds ?? WHOLE_GLOBE, height = LEAST_HEIGHT;
  const map = new Canvas(height, mapWidth(bounds, height), HIDDEN);
  const radius = Math.max(1, height / 6 / Math.sqrt(features.length));
  features.forEach((feature, i) => {
    const [x = 0, y = 0, z = 0] = coordinates.subarray(3 * i, 3 * i + 3);
    const latitude = Math.atan2(z, Math.hypot(x, y)) * DEGREES, longitude = Math.atan2(y, x) * DEGREES;
    // Bounds may go beyond 180°; a point on the western one stays there though it be rounded.
    const eastwards = longitude - west + (longitude < west - ROUNDING ? 360 : 0);
    const column = eastwards / (east - west) * map.width, row = (north - latitude) / (north - south) * height;
    map.disc(column, row, radius, colourOf(feature));
  });
  return map;
}

function scattered({ coordinates, features }: PointValues, sizes: PointSizes): RasterImage {
  const display = { kind: "cloud", scales: [] } as const;
  return pictureOf({ ...sizes, values: features, coordinates, display });
}
