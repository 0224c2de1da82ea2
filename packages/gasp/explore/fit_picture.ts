/**
 * What is known of a function, what of it was observed and what was found, side by side.
 * @module
 */
import type { Display, ImageDisplay } from "@gasp/datasets";
import { rasterFromValues, type RasterImage } from "../image/mod.ts";
import type { Samples } from "../sampling/sampler.ts";
import { Canvas, type Colour } from "../show/draw/canvas.ts";
import { colourOf } from "../show/draw/colour_map.ts";
import { GLYPH_HEIGHT } from "../show/draw/font.ts";
import { pictureOf } from "../show/mod.ts";
import { enlarge } from "./labelled_rows.ts";
import { type PointSizes, type PointValues, takePoints } from "./observations.ts";

/**
 * What {@link fitPicture} shows.
 *
 * @category Exploration
 */
export interface FitPictureRequest {
  /** All that is known of the function. */
  readonly known: PointValues;
  /** Numbers of the points that were observed. */
  readonly chosen: readonly number[];
  /** Numbers of a coordinate and of a feature. */
  readonly sizes: PointSizes;
  /** Whether the known points are those of a grid, and of which kind; absent where they lie anywhere. */
  readonly grid?: Display;
  /** What was found, each a single sample with a word for it. */
  readonly found: readonly { readonly label: string; readonly sample: Samples }[];
}

/** Colour of pixels that were not observed. */
const HIDDEN: Colour = [56, 72, 112];
/** Rows of pixels that a picture fills at least, and pixels between pictures. */
const LEAST = 224, GAP = 6;

/**
 * A row of pictures: all that is known, the observed part, what was found.
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
export function fitPicture({ known, chosen, sizes, grid, found }: FitPictureRequest): RasterImage {
  const isOnSphere = found.some(({ sample }) => sample.display.kind === "sphere");
  const dots = (points: PointValues) => isOnSphere ? dotsOnMap(points) : scattered(points, sizes);
  const all = grid ? pictureOf({ ...known, ...sizes, values: known.features, display: grid }) : dots(known);
  const observed = grid?.kind === "image"
    ? observedPixels(known.features, chosen, grid)
    : dots(takePoints(known, chosen, sizes));
  const tiles: { readonly label: string; readonly picture: RasterImage }[] = [
    { label: "known", picture: all },
    { label: "observed", picture: observed },
    ...found.map(({ label, sample }) => ({ label, picture: pictureOf(sample) })),
  ];
  const height = Math.max(LEAST, ...tiles.map(({ picture }) => picture.height));
  const large = tiles.map(({ picture }) => enlarge(picture, Math.floor(height / picture.height)));
  const top = GLYPH_HEIGHT + 2 * GAP, width = large.reduce((sum, tile) => sum + tile.width + GAP, GAP);
  const sheet = new Canvas(top + height + GAP, width);
  let left = GAP;
  large.forEach((picture, i) => {
    sheet.text(tiles[i]!.label, left, GAP);
    sheet.paste(picture, left, top);
    left += picture.width + GAP;
  });
  return sheet;
}

/** The observed pixels; the others have a colour of their own. */
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

/** Points of the sphere on a flat map: north up, Greenwich in the middle. */
function dotsOnMap({ coordinates, features }: PointValues): Canvas {
  const map = new Canvas(LEAST, 2 * LEAST, HIDDEN),
    radius = Math.max(1, LEAST / 6 / Math.sqrt(features.length));
  features.forEach((feature, i) => {
    const [x = 0, y = 0, z = 0] = coordinates.subarray(3 * i, 3 * i + 3);
    const latitude = Math.atan2(z, Math.hypot(x, y)), longitude = Math.atan2(y, x);
    const column = (longitude / Math.PI + 1) * LEAST, row = (0.5 - latitude / Math.PI) * LEAST;
    map.disc(column, row, radius, colourOf(feature));
  });
  return map;
}

function scattered({ coordinates, features }: PointValues, sizes: PointSizes): RasterImage {
  const display = { kind: "cloud", scales: [] } as const;
  return pictureOf({ ...sizes, values: features, coordinates, display });
}
