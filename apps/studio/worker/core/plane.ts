/**
 * Flat grids of coordinates, for pictures of anything that is a function of the coordinates.
 *
 * @module
 */
import { atResolution, type Display, displayCoordinates } from "@gasp/datasets/display";
import { UserError } from "@gasp/gasp/sample";

/** A flat grid. */
export interface Plane {
  /** Rows, from the top. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** `[height · width, coordinateDim]`. */
  readonly coordinates: Float32Array;
}

/**
 * Returns the grid of an image or of a map; of a shape, the plane that cuts it in half from front to back.
 *
 * @param display Display of the samples.
 * @param resolution Rows.
 * @throws {UserError} For curves and clouds, which have no plane.
 */
export function planeOf(display: Display, resolution: number): Plane {
  switch (display.kind) {
    case "image": {
      const sized = atResolution(display, resolution), { height, width } = sized;
      return { height, width, coordinates: displayCoordinates(sized) };
    }
    case "sphere": {
      const sized = atResolution(display, resolution), { latitudes: height, longitudes: width } = sized;
      return { height, width, coordinates: centredOnGreenwich(displayCoordinates(sized), width) };
    }
    case "volume":
      return { height: resolution, width: resolution, coordinates: middleSlice(resolution) };
    default:
      throw new UserError(
        "this needs a model of pictures, shapes or fields on the sphere: choose another one at the top",
      );
  }
}

/** Grids begin at 0° east, maps at 180° west. */
function centredOnGreenwich(coordinates: Float32Array, width: number): Float32Array {
  const turned = new Float32Array(coordinates.length);
  for (let point = 0; point < coordinates.length / 3; point++) {
    const column = point % width, from = point - column + (column + (width >> 1)) % width;
    turned.set(coordinates.subarray(3 * from, 3 * from + 3), 3 * point);
  }
  return turned;
}

/** The points (0, y, z) of a cube: y to the right, z up. */
function middleSlice(size: number): Float32Array {
  const at = (i: number) => 2 * i / (size - 1) - 1, coordinates = new Float32Array(3 * size * size);
  for (let i = 0; i < size * size; i++) {
    coordinates.set([0, at(i % size), -at(Math.floor(i / size))], 3 * i);
  }
  return coordinates;
}
