/**
 * Fields on the sphere as flat maps: north up, Greenwich in the middle, degrees evenly spaced.
 * @module
 */
import type { RasterImage } from "../../image/mod.ts";
import type { ValueScale } from "@gasp/datasets";
import { BAR_HEIGHT, drawColourBar } from "../draw/colour_bar.ts";
import type { Coastline } from "./coastlines.ts";
import { Canvas, type Colour, INK } from "../draw/canvas.ts";
import { colourOf } from "../draw/colour_map.ts";
import { textWidth } from "../draw/font.ts";
import { fieldAt, type SphereField } from "./sphere_field.ts";

/** Colour of coasts on maps and globes. */
export const COAST: Colour = [250, 250, 250];

/**
 * The map alone.
 *
 * @param field The field.
 * @param height Rows of the map; it is twice as wide.
 */
export function mapPixels(field: SphereField, height: number): Canvas {
  const width = 2 * height, map = new Canvas(height, width);
  for (let row = 0; row < height; row++) {
    const latitude = 90 - 180 * (row + 0.5) / height;
    for (let column = 0; column < width; column++) {
      map.dot(column, row, colourOf(fieldAt(field, latitude, 360 * (column + 0.5) / width - 180)));
    }
  }
  return map;
}

/** Words around a map, in pixels. */
const LEFT = 36, TOP = 12, RIGHT = 20, BELOW = 26;
/** Least rows of a map with words. */
const LEAST = 256;

/**
 * The map with degrees, coasts and a bar of colours.
 *
 * @param field The field.
 * @param scale What its features are.
 * @param coasts Lines to draw on it.
 *
 * @example
 * ```ts
 * import { sphereMap } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * const field = { values: new Float32Array(9 * 16), latitudes: 9, longitudes: 16 };
 * const { height, width } = sphereMap(field, { low: 200, high: 300, units: "K" }, []);
 * assert(width > height);
 * ```
 *
 * @category Files of samples
 */
export function sphereMap(field: SphereField, scale: ValueScale, coasts: readonly Coastline[]): RasterImage {
  const height = Math.max(LEAST, field.latitudes), map = mapPixels(field, height);
  drawCoasts(map, coasts);
  const picture = new Canvas(TOP + height + BELOW + BAR_HEIGHT, LEFT + map.width + RIGHT);
  picture.paste(map, LEFT, TOP);
  picture.frame(LEFT, TOP, map.width, height);
  for (let latitude = -60; latitude <= 60; latitude += 30) {
    const row = TOP + Math.round((90 - latitude) / 180 * height), label = degrees(latitude, "N", "S");
    picture.fill(LEFT - 4, row, 3, 1, INK);
    picture.text(label, LEFT - 6 - textWidth(label), row - 3);
  }
  for (let longitude = -120; longitude <= 120; longitude += 60) {
    const column = LEFT + Math.round((longitude + 180) / 360 * map.width),
      label = degrees(longitude, "E", "W");
    picture.fill(column, TOP + height + 1, 1, 3, INK);
    picture.text(label, column - Math.floor(textWidth(label) / 2), TOP + height + 6);
  }
  const bar = { left: LEFT, top: TOP + height + BELOW, width: map.width, size: 1 };
  drawColourBar(picture, bar, scale);
  return picture;
}

/** Degrees with their side: `30°N`. */
function degrees(value: number, above: string, below: string): string {
  return `${Math.abs(value)}°${value > 0 ? above : value < 0 ? below : ""}`;
}

function drawCoasts(map: Canvas, coasts: readonly Coastline[]): void {
  for (const coast of coasts) {
    const places = coast.map(([longitude, latitude]) =>
      [(longitude + 180) / 360 * map.width, (90 - latitude) / 180 * map.height] as const
    );
    places.slice(1).forEach((place, i) => {
      const from = places[i]!;
      // A coast that crosses the side of the map goes on at the other side.
      if (Math.abs(place[0] - from[0]) < map.width / 2) map.line(from, place, COAST, 0.6);
    });
  }
}
