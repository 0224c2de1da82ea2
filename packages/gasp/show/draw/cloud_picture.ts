/**
 * Values at points that lie anywhere, as coloured dots: one coordinate runs to the right and the feature upwards, two run
 * to the right and upwards, of three or more the first three are seen in the box's camera.
 * @module
 */
import { boxCamera, project } from "./camera.ts";
import { Canvas, type Colour } from "./canvas.ts";
import { colourOf } from "./colour_map.ts";

/** Sizes of a cloud. */
export interface CloudSizes {
  /** Numbers that say where a point is. */
  readonly coordinateDim: number;
  /** Numbers known at a point. */
  readonly featureDim: number;
}

/** A dot on the picture. */
interface Dot {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
  readonly colour: Colour;
}

/**
 * A cloud on a white square. Three features or more are red, green and blue; else the first one has the colour map's
 * colour.
 *
 * @param values Features, `[points, featureDim]`.
 * @param coordinates `[points, coordinateDim]`, of any range: the picture holds all.
 * @param sizes How many of each.
 * @param size Height and width.
 */
export function cloudPicture(
  values: Float32Array,
  coordinates: Float32Array,
  { coordinateDim, featureDim }: CloudSizes,
  size: number,
): Canvas {
  const canvas = new Canvas(size, size), points = values.length / featureDim;
  const places = fitIntoBox(coordinates, coordinateDim, points), camera = boxCamera();
  const inner = (part: number) => (0.5 + 0.46 * part) * size;
  const dots = places.map(([a = 0, b, c], i): Dot => {
    const features = values.subarray(i * featureDim, (i + 1) * featureDim), colour = colourOfPoint(features);
    if (c !== undefined) return { ...project(camera, [a, b!, c], size), colour };
    return { x: inner(a), y: inner(-(b ?? features[0]!)), depth: 0, colour };
  });
  // Near dots last, so that they cover far ones.
  dots.sort((one, other) => other.depth - one.depth);
  const radius = Math.max(0.7, size / 6 / Math.sqrt(points));
  for (const { x, y, colour } of dots) canvas.disc(x, y, radius, colour);
  return canvas;
}

function colourOfPoint(features: Float32Array): Colour {
  if (features.length < 3) return colourOf(features[0]!);
  const [red = 0, green = 0, blue = 0] = Array.from(features, (feature) => (feature + 1) * 127.5);
  return [red, green, blue];
}

/** The first coordinates moved and scaled into [-1, 1], alike along all axes. */
function fitIntoBox(coordinates: Float32Array, dimension: number, points: number): number[][] {
  const axes = Math.min(3, dimension);
  const ranges = Array.from({ length: axes }, (_, axis) => {
    let low = Infinity, high = -Infinity;
    for (let i = axis; i < coordinates.length; i += dimension) {
      low = Math.min(low, coordinates[i]!);
      high = Math.max(high, coordinates[i]!);
    }
    return { middle: (low + high) / 2, reach: (high - low) / 2 };
  });
  const reach = Math.max(...ranges.map((range) => range.reach)) || 1;
  return Array.from(
    { length: points },
    (_, i) => ranges.map(({ middle }, axis) => (coordinates[i * dimension + axis]! - middle) / reach),
  );
}
