/**
 * Globes: orthographic projections of fields on the sphere.
 * @module
 */
import type { RasterImage } from "../../image/mod.ts";
import type { ValueScale } from "@gasp/datasets";
import { mat3, vec3 } from "gl-matrix";
import { Canvas, type Colour, INK } from "../draw/canvas.ts";
import { BAR_HEIGHT, drawColourBar } from "../draw/colour_bar.ts";
import type { Coastline } from "./coastlines.ts";
import { colourOf } from "../draw/colour_map.ts";
import { fieldAt, type SphereField } from "./sphere_field.ts";
import { COAST } from "./sphere_map.ts";

/**
 * View of a globe.
 *
 * @category Files of samples
 */
export interface GlobeView {
  /** Latitude of the centre, in degrees north. */
  readonly latitude: number;
  /** Longitude of the centre, in degrees east. */
  readonly longitude: number;
  /** Diameter of the globe in pixels. */
  readonly size: number;
}

const TURN = Math.PI / 180, MARGIN = 10;

/** Colour of what lies beyond the bounds of a field. */
const BEYOND: Colour = [56, 72, 112];

/** The rotation from the sphere to view coordinates: right, up, towards the viewer. */
function rotation({ latitude, longitude }: GlobeView): mat3 {
  const right = pointAt(0, longitude + 90), toViewer = pointAt(latitude, longitude);
  const up = vec3.cross(vec3.create(), toViewer, right);
  // Columns of the inverse rotation
  const toSphere = mat3.fromValues(
    right[0],
    right[1],
    right[2],
    up[0],
    up[1],
    up[2],
    toViewer[0],
    toViewer[1],
    toViewer[2],
  );
  return mat3.transpose(toSphere, toSphere);
}

function pointAt(latitude: number, longitude: number): [number, number, number] {
  const around = Math.cos(latitude * TURN);
  return [
    around * Math.cos(longitude * TURN),
    around * Math.sin(longitude * TURN),
    Math.sin(latitude * TURN),
  ];
}

/**
 * Draws a globe with coastlines and a colour bar.
 *
 * @param field Field on the sphere.
 * @param scale Values of the features -1 and 1.
 * @param coasts Coastlines.
 * @param view View. Default: centred at 15° north, 15° east, or on the bounds of the field.
 *
 * @example
 * ```ts
 * import { globe } from "@gasp/gasp";
 * import { assert } from "@std/assert";
 *
 * const field = { values: new Float32Array(9 * 16), latitudes: 9, longitudes: 16 };
 * const picture = globe(field, { low: 0, high: 1 }, [], { latitude: 0, longitude: 0, size: 64 });
 * assert(picture.width >= 64);
 * ```
 *
 * @category Files of samples
 */
export function globe(
  field: SphereField,
  scale: ValueScale,
  coasts: readonly Coastline[],
  view: GlobeView = { ...centreOf(field), size: 480 },
): RasterImage {
  const { size } = view, radius = size / 2, middle = MARGIN + radius;
  const picture = new Canvas(size + 3 * MARGIN + BAR_HEIGHT, size + 2 * MARGIN);
  const disc: Disc = { picture, middle, radius, toPicture: rotation(view) };
  drawField(disc, field);
  for (const coast of coasts) drawCoast(disc, coast);
  drawRim(disc);
  drawColourBar(
    picture,
    { left: 2 * MARGIN, top: size + 2 * MARGIN, width: size - 2 * MARGIN, size: 1 },
    scale,
  );
  return picture;
}

/** Returns the place at which a globe is seen. */
function centreOf({ bounds }: SphereField): Pick<GlobeView, "latitude" | "longitude"> {
  if (bounds === undefined) return { latitude: 15, longitude: 15 };
  return { latitude: (bounds.north + bounds.south) / 2, longitude: (bounds.west + bounds.east) / 2 };
}

/** Position of the globe on its image. */
interface Disc {
  readonly picture: Canvas;
  /** Centre along both axes, in pixels. */
  readonly middle: number;
  readonly radius: number;
  readonly toPicture: mat3;
}

function drawField({ picture, middle, radius, toPicture }: Disc, field: SphereField): void {
  const toSphere = mat3.transpose(mat3.create(), toPicture), point = vec3.create();
  for (let row = 0; row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++) {
      const x = (column + 0.5 - middle) / radius, y = (middle - row - 0.5) / radius;
      const distance = Math.hypot(x, y), cover = Math.min(1, (1 - distance) * radius + 0.5);
      if (cover <= 0) continue;
      const shrink = Math.max(1, distance), depth = Math.sqrt(Math.max(0, 1 - distance * distance));
      vec3.transformMat3(point, [x / shrink, y / shrink, depth], toSphere);
      const latitude = Math.asin(Math.min(1, Math.max(-1, point[2]))) / TURN;
      const longitude = Math.atan2(point[1], point[0]) / TURN;
      const value = fieldAt(field, latitude, longitude);
      picture.dot(column, row, Number.isNaN(value) ? BEYOND : colourOf(value), cover);
    }
  }
}

/** Draws the part of a coast that faces the viewer. */
function drawCoast({ picture, middle, radius, toPicture }: Disc, coast: Coastline): void {
  const points = coast.map(([longitude, latitude]) =>
    vec3.transformMat3(vec3.create(), pointAt(latitude, longitude), toPicture)
  );
  const place = (point: vec3): [number, number] => [middle + point[0] * radius, middle - point[1] * radius];
  points.slice(1).forEach((to, i) => {
    const from = points[i]!;
    if (from[2] > 0 && to[2] > 0) picture.line(place(from), place(to), COAST, 0.8);
  });
}

function drawRim({ picture, middle, radius }: Disc): void {
  const place = (step: number): [number, number] => {
    const angle = step * Math.PI / 180;
    return [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)];
  };
  for (let step = 0; step < 360; step++) picture.line(place(step), place(step + 1), INK, 0.5);
}
