/**
 * Grids on which samples are displayed, at any resolution.
 *
 * @module
 */
import type { Dataset, Display } from "./dataset.ts";
import { gridCoordinates } from "./grid.ts";
import { sphereCoordinates } from "./sphere.ts";

/** Message for clouds, whose points are those of the data. */
const NO_RESOLUTION = "a point cloud has no resolution: its samples are displayed at the points of the data";
const NO_GRID = "a point cloud has no grid: pass coordinates";

/**
 * Returns the resolution of a display: rows of an image or of the sphere, points along an axis of a volume, samples of a
 * curve.
 *
 * @param display Display.
 * @throws {RangeError} For a point cloud.
 *
 * @example
 * ```ts
 * import { resolutionOf } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resolutionOf({ kind: "image", height: 28, width: 20, channels: 1 }), 28);
 * ```
 *
 * @category Data
 */
export function resolutionOf(display: Display): number {
  switch (display.kind) {
    case "image":
      return display.height;
    case "volume":
      return display.resolution;
    case "sphere":
      return display.latitudes;
    case "curve":
      return display.samples;
    case "cloud":
      throw new RangeError(NO_RESOLUTION);
  }
}

/**
 * Returns a display at another resolution with the same aspect ratio.
 *
 * @param display Display of the data.
 * @param resolution Rows, points along an axis, or samples; at least 2.
 * @throws {RangeError} For a point cloud.
 *
 * @example Twice as many pixels, the same proportions
 * ```ts
 * import { atResolution } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { kind: "image", height: 28, width: 14, channels: 1 } as const;
 * assertEquals(atResolution(picture, 56), { ...picture, height: 56, width: 28 });
 * ```
 *
 * @category Data
 */
export function atResolution<D extends Display>(display: D, resolution: number): D {
  switch (display.kind) {
    case "image":
      return {
        ...display,
        height: resolution,
        width: Math.max(1, Math.round((resolution * display.width) / display.height)),
      };
    case "volume":
      return { ...display, resolution };
    case "sphere":
      return {
        ...display,
        latitudes: resolution,
        longitudes: Math.max(1, Math.round((resolution * display.longitudes) / display.latitudes)),
      };
    case "curve": {
      const rate = display.rate && (display.rate * (resolution - 1)) / (display.samples - 1);
      return { ...display, samples: resolution, ...(rate && { rate }) };
    }
    case "cloud":
      throw new RangeError(NO_RESOLUTION);
  }
}

/**
 * Returns the number of points of a display's grid.
 *
 * @param display Display.
 * @throws {RangeError} For a point cloud.
 *
 * @example
 * ```ts
 * import { gridPoints } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gridPoints({ kind: "volume", resolution: 4 }), 64);
 * ```
 *
 * @category Data
 */
export function gridPoints(display: Display): number {
  switch (display.kind) {
    case "image":
      return display.height * display.width;
    case "volume":
      return display.resolution ** 3;
    case "sphere":
      return display.latitudes * display.longitudes;
    case "curve":
      return display.samples;
    case "cloud":
      throw new RangeError(NO_GRID);
  }
}

/**
 * Returns the coordinates of a display's grid.
 *
 * @param display Display.
 * @returns Coordinates `[points, coordinateDim]`.
 * @throws {RangeError} For a point cloud.
 *
 * @example
 * ```ts
 * import { displayCoordinates } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const coordinates = displayCoordinates({ kind: "image", height: 2, width: 2, channels: 1 });
 * assertEquals(coordinates, Float32Array.of(-1, -1, -1, 1, 1, -1, 1, 1));
 * ```
 *
 * @category Data
 */
export function displayCoordinates(display: Display): Float32Array {
  switch (display.kind) {
    case "image":
      return gridCoordinates([display.height, display.width]);
    case "volume":
      return gridCoordinates([display.resolution, display.resolution, display.resolution]);
    case "sphere":
      return sphereCoordinates(display.latitudes, display.longitudes, display.bounds);
    case "curve":
      return gridCoordinates([display.samples]);
    case "cloud":
      throw new RangeError(NO_GRID);
  }
}

/**
 * Returns how the values of items are displayed at the points where they are known: on the grid of samples if these are its
 * points, otherwise as they are scattered.
 *
 * @param dataset Data set.
 *
 * @example Points within a volume are no voxels
 * ```ts
 * import { displayOfItems, occupancyPointDataset } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const positions = Float32Array.of(0, 0, 0, 1, 1, 1), features = Float32Array.of(1, -1);
 * const set = occupancyPointDataset("balls", { count: 1, points: 2, positions, features });
 * assertEquals([set.display.kind, displayOfItems(set).kind], ["volume", "cloud"]);
 * ```
 *
 * @category Data
 */
export function displayOfItems(
  { display, pointCount, batchCoordinates }: Pick<Dataset, "display" | "pointCount" | "batchCoordinates">,
): Display {
  if (display.kind === "cloud") return display;
  if (batchCoordinates === undefined && gridPoints(display) === pointCount) return display;
  return { kind: "cloud", scales: "scale" in display && display.scale ? [display.scale] : [] };
}
