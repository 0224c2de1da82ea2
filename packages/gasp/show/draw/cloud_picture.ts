/**
 * Scatter plots of values at arbitrary points. One coordinate: x is the coordinate and y the feature; two coordinates: x and
 * y; three or more: the first three, in perspective.
 * @module
 */
import { boxCamera, project } from "./camera.ts";
import { Canvas, type Colour } from "./canvas.ts";
import { colourOf } from "./colour_map.ts";

/** Dimensions of a cloud. */
export interface CloudSizes {
  /** Coordinate dimension. */
  readonly coordinateDim: number;
  /** Feature dimension. */
  readonly featureDim: number;
}

/** A dot of the plot. */
interface Dot {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
  readonly colour: Colour;
}

/**
 * Draws a cloud on a white square. Three or more features are drawn as RGB; otherwise the first one is colour-mapped.
 *
 * @param values Features, `[points, featureDim]`.
 * @param coordinates `[points, coordinateDim]`, scaled to fit.
 * @param sizes Coordinate and feature dimensions.
 * @param size Height and width.
 */
export function cloudPicture(
  values: Float32Array,
  coordinates: Float32Array,
  { coordinateDim, featureDim }: CloudSizes,
  size: number,
): Canvas {
  const canvas = new Canvas(size, size), points = values.length / featureDim;
  const positions = fitIntoBox(coordinates, coordinateDim, points), camera = boxCamera();
  const inner = (part: number) => (0.5 + 0.46 * part) * size;
  const dots = positions.map(([a = 0, b, c], i): Dot => {
    const features = values.subarray(i * featureDim, (i + 1) * featureDim), colour = colourOfPoint(features);
    if (c !== undefined) return { ...project(camera, [a, b!, c], size), colour };
    return { x: inner(a), y: inner(-(b ?? features[0]!)), depth: 0, colour };
  });
  // Near dots last, so that they cover far ones
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

/** Translates and scales the first (at most three) coordinates into [-1, 1], preserving the aspect ratio. */
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
