/**
 * Images of samples of every kind: sheets of many, or one at a time.
 * @module
 */
import type { ValueScale } from "@gasp/datasets";
import { contactSheet, rasterFromValues, type RasterImage } from "../image/mod.ts";
import type { Samples } from "../sampling/sampler.ts";
import { Canvas, type Colour } from "./draw/canvas.ts";
import { cloudPicture } from "./draw/cloud_picture.ts";
import { coastlines } from "./sphere/coastlines.ts";
import { BAR_HEIGHT, drawColourBar } from "./draw/colour_bar.ts";
import { curvePlot, drawCurve } from "./draw/curve_plot.ts";
import { globe } from "./sphere/globe.ts";
import { gridSurface } from "./surface/grid_surface.ts";
import { renderSurface } from "./surface/render_surface.ts";
import { mapPixels, sphereMap } from "./sphere/sphere_map.ts";

const LINE: Colour = [64, 64, 64], GAP = 2;
/** Height of a sample on a sheet, by kind. */
const SHAPE = 128, MAP = 96, CURVE = 80, CLOUD = 128;
/** Height and width of a single sample. */
const LARGE = 512;

/**
 * Draws a sheet of samples: images as they are, shapes as shaded surfaces, fields on the sphere as maps with a shared colour
 * bar, curves as lines, clouds as dots. Colours and heights represent the range of the data, not that of the samples, so that
 * sheets of different steps are comparable.
 *
 * @param samples Samples of any kind.
 * @param columns Samples per row. Default: about as many as rows.
 *
 * @example
 * ```ts
 * import { displayCoordinates } from "@gasp/datasets";
 * import { sheetOf } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "image", height: 8, width: 8, channels: 1 } as const;
 * const coordinates = displayCoordinates(display), values = new Float32Array(4 * 64);
 * const sheet = sheetOf({ values, display, coordinates, coordinateDim: 2, featureDim: 1 });
 * assertEquals(sheet.height, 2 * 64 + 2); // two rows of samples, each eight times as large, and a line
 * ```
 *
 * @category Files of samples
 */
export function sheetOf(samples: Samples, columns?: number): RasterImage {
  const { values, display } = samples;
  if (display.kind === "image") {
    const { height, width, channels } = display;
    return contactSheet(values, { height, width, channels, ...(columns === undefined ? {} : { columns }) });
  }
  const tiles = samplesOf(samples).map((one) => tileOf(one));
  const sheet = arrange(tiles, columns ?? Math.ceil(Math.sqrt(tiles.length)));
  return display.kind === "sphere" ? withColourBar(sheet, display.scale) : sheet;
}

/**
 * Draws the large images of a single sample: a map and a globe for a field on the sphere, one image for the other kinds.
 *
 * @param sample A single sample.
 * @returns Suffix of the file name, and the image.
 *
 * @example
 * ```ts
 * import { displayCoordinates } from "@gasp/datasets";
 * import { picturesOf } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "image", height: 2, width: 2, channels: 1 } as const;
 * const coordinates = displayCoordinates(display), values = Float32Array.of(-1, 1, 1, -1);
 * const pictures = await picturesOf({ values, display, coordinates, coordinateDim: 2, featureDim: 1 });
 * assertEquals(pictures.map(({ suffix }) => suffix), [""]);
 * ```
 *
 * @category Files of samples
 */
export async function picturesOf(
  sample: Samples,
): Promise<readonly { readonly suffix: string; readonly picture: RasterImage }[]> {
  const { values, display } = sample;
  if (display.kind === "sphere") {
    const field = { values, ...display }, coasts = await coastlines();
    return [
      { suffix: "", picture: sphereMap(field, display.scale, coasts) },
      { suffix: "-globe", picture: globe(field, display.scale, coasts) },
    ];
  }
  return [{ suffix: "", picture: pictureOf(sample) }];
}

/**
 * Draws a single sample as one image.
 *
 * @param sample A single sample.
 *
 * @example
 * ```ts
 * import { displayCoordinates } from "@gasp/datasets";
 * import { pictureOf } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "image", height: 2, width: 2, channels: 1 } as const;
 * const coordinates = displayCoordinates(display), values = Float32Array.of(-1, 1, 1, -1);
 * const picture = pictureOf({ values, display, coordinates, coordinateDim: 2, featureDim: 1 });
 * assertEquals([picture.height, picture.width], [2, 2]);
 * ```
 *
 * @category Files of samples
 */
export function pictureOf(sample: Samples): RasterImage {
  const { values, display, coordinates } = sample;
  switch (display.kind) {
    case "image":
      return rasterFromValues(values, display);
    case "volume":
      return renderSurface(gridSurface(values, display.resolution), LARGE);
    case "sphere":
      return sphereMap({ values, ...display }, display.scale, []);
    case "curve":
      return curvePlot(values, display);
    case "cloud":
      return cloudPicture(values, coordinates, sample, LARGE);
  }
}

/**
 * Draws a single sample as small as on a sheet, which {@link pictureOf} draws large.
 *
 * @param sample A single sample.
 *
 * @example
 * ```ts
 * import { displayCoordinates } from "@gasp/datasets";
 * import { tileOf } from "@gasp/gasp/show";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "curve", samples: 9 } as const;
 * const coordinates = displayCoordinates(display), values = coordinates.map(Math.sin);
 * const tile = tileOf({ values, display, coordinates, coordinateDim: 1, featureDim: 1 });
 * assertEquals([tile.height, tile.width], [80, 160]);
 * ```
 *
 * @category Files of samples
 */
export function tileOf(sample: Samples): RasterImage {
  const { values, display, coordinates } = sample;
  switch (display.kind) {
    case "volume":
      return renderSurface(gridSurface(values, display.resolution), Math.max(SHAPE, display.resolution));
    case "sphere":
      return mapPixels({ values, ...display }, Math.max(MAP, display.latitudes));
    case "curve": {
      const canvas = new Canvas(CURVE, 2 * CURVE);
      drawCurve(canvas, values, { left: 0, top: 0, width: canvas.width, height: canvas.height });
      return canvas;
    }
    case "cloud":
      return cloudPicture(values, coordinates, sample, CLOUD);
    case "image":
      return pictureOf(sample);
  }
}

/**
 * Splits samples into single ones, as views.
 *
 * @param samples Any number of samples.
 *
 * @example
 * ```ts
 * import { displayCoordinates } from "@gasp/datasets";
 * import { samplesOf } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "image", height: 2, width: 2, channels: 1 } as const;
 * const coordinates = displayCoordinates(display), values = new Float32Array(3 * 4);
 * assertEquals(samplesOf({ values, display, coordinates, coordinateDim: 2, featureDim: 1 }).length, 3);
 * ```
 *
 * @category Files of samples
 */
export function samplesOf(samples: Samples): Samples[] {
  const { values, coordinates, coordinateDim, featureDim } = samples;
  const points = samples.points ?? coordinates.length / coordinateDim;
  const size = points * featureDim, own = samples.points === undefined ? 0 : points * coordinateDim;
  return Array.from({ length: values.length / size }, (_, i) => ({
    ...samples,
    values: values.subarray(i * size, (i + 1) * size),
    ...(own > 0 && { coordinates: coordinates.subarray(i * own, (i + 1) * own) }),
  }));
}

/** Arranges images of the same size in rows. */
function arrange(tiles: readonly RasterImage[], most: number): Canvas {
  const { height, width } = tiles[0]!, columns = Math.min(most, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const sheet = new Canvas(rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, LINE);
  tiles.forEach((tile, i) =>
    sheet.paste(tile, i % columns * (width + GAP), Math.floor(i / columns) * (height + GAP))
  );
  return sheet;
}

function withColourBar(sheet: Canvas, scale: ValueScale): Canvas {
  const size = sheet.width >= 1000 ? 2 : 1, margin = 12 * size;
  const picture = new Canvas(sheet.height + margin + BAR_HEIGHT * size, sheet.width);
  picture.paste(sheet, 0, 0);
  const bar = { left: margin, top: sheet.height + margin, width: sheet.width - 2 * margin, size };
  drawColourBar(picture, bar, scale);
  return picture;
}
