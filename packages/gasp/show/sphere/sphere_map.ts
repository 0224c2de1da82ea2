/**
 * Equirectangular maps of fields on the sphere: north up, Greenwich or the middle of the field's bounds in the middle.
 * @module
 */
import type { RasterImage } from "../../image/mod.ts";
import type { SphereBounds, ValueScale } from "@gasp/datasets";
import { BAR_HEIGHT, drawColourBar } from "../draw/colour_bar.ts";
import type { Coastline } from "./coastlines.ts";
import { Canvas, type Colour, INK } from "../draw/canvas.ts";
import { colourOf } from "../draw/colour_map.ts";
import { textWidth } from "../draw/font.ts";
import { ticksBetween } from "../draw/ticks.ts";
import { fieldAt, mapWidth, type SphereField, WHOLE_GLOBE } from "./sphere_field.ts";

/** Colour of coasts on maps and globes. */
export const COAST: Colour = [250, 250, 250];

/**
 * Draws a map without labels.
 *
 * @param field Field on the sphere.
 * @param height Rows of the map; that of the whole globe is twice as wide.
 */
export function mapPixels(field: SphereField, height: number): Canvas {
  const { north, south, west, east } = field.bounds ?? WHOLE_GLOBE;
  const width = mapWidth(field.bounds, height), map = new Canvas(height, width);
  for (let row = 0; row < height; row++) {
    const latitude = north - (north - south) * (row + 0.5) / height;
    for (let column = 0; column < width; column++) {
      const longitude = west + (east - west) * (column + 0.5) / width;
      map.dot(column, row, colourOf(fieldAt(field, latitude, longitude)));
    }
  }
  return map;
}

/** Margins of a map for labels, in pixels. */
const LEFT = 36, TOP = 12, RIGHT = 20, BELOW = 26;
/** Minimum rows of a map with labels. */
const LEAST = 256;

/**
 * Draws a map with axis labels, coastlines and a colour bar.
 *
 * @param field Field on the sphere.
 * @param scale Values of the features -1 and 1.
 * @param coasts Coastlines.
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
  const frame = field.bounds ?? WHOLE_GLOBE, { north, south, west, east } = frame;
  drawCoasts(map, coasts, frame);
  const picture = new Canvas(TOP + height + BELOW + BAR_HEIGHT, LEFT + map.width + RIGHT);
  picture.paste(map, LEFT, TOP);
  picture.frame(LEFT, TOP, map.width, height);
  for (const latitude of field.bounds ? ticksOf(south, north) : LATITUDES) {
    const row = TOP + Math.round((north - latitude) / (north - south) * height);
    const label = degrees(latitude, "N", "S");
    picture.fill(LEFT - 4, row, 3, 1, INK);
    picture.text(label, LEFT - 6 - textWidth(label), row - 3);
  }
  for (const longitude of field.bounds ? ticksOf(west, east) : LONGITUDES) {
    const column = LEFT + Math.round((longitude - west) / (east - west) * map.width);
    const label = degrees(longitude > 180 ? longitude - 360 : longitude, "E", "W");
    picture.fill(column, TOP + height + 1, 1, 3, INK);
    picture.text(label, column - Math.floor(textWidth(label) / 2), TOP + height + 6);
  }
  const bar = { left: LEFT, top: TOP + height + BELOW, width: map.width, size: 1 };
  drawColourBar(picture, bar, scale);
  return picture;
}

/** Labelled degrees of a map of the whole globe. */
const LATITUDES = [-60, -30, 0, 30, 60], LONGITUDES = [-120, -60, 0, 60, 120];

/** Returns degrees to label within a range. */
function ticksOf(low: number, high: number): number[] {
  return ticksBetween(low, high, 5).map(({ label }) => Number(label));
}

/** Degrees with hemisphere: `30°N`. */
function degrees(value: number, above: string, below: string): string {
  return `${Math.abs(value)}°${value > 0 ? above : value < 0 ? below : ""}`;
}

function drawCoasts(map: Canvas, coasts: readonly Coastline[], frame: SphereBounds): void {
  const { north, south, west, east } = frame, turn = 360 / (east - west) * map.width;
  for (const coast of coasts) {
    const places = coast.map(([longitude, latitude]) =>
      [(longitude - west) / 360 * turn, (north - latitude) / (north - south) * map.height] as const
    );
    places.slice(1).forEach((to, i) => {
      const from = places[i]!;
      // A coast that crosses the edge of the map continues at the other edge.
      if (Math.abs(to[0] - from[0]) >= turn / 2) return;
      for (const shift of frame === WHOLE_GLOBE ? [0] : [-turn, 0, turn]) {
        const shifted = ([x, y]: readonly [number, number]) => [x + shift, y] as const;
        if (Math.min(from[0], to[0]) + shift > map.width || Math.max(from[0], to[0]) + shift < 0) continue;
        map.line(shifted(from), shifted(to), COAST, 0.6);
      }
    });
  }
}
