/**
 * How a sample is shown, and the points at which it is evaluated for that. A part of `@gasp/datasets` for programs that
 * draw samples and read no files, so that they do not load the readers.
 *
 * @example The points of a picture of another size
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { atResolution, type Display, displayCoordinates } from "@gasp/datasets/display";
 *
 * const picture: Display = { kind: "image", height: 28, width: 28, channels: 1 };
 * const larger = atResolution(picture, 56);
 * assertEquals(displayCoordinates(larger).length, 56 * 56 * 2);
 * ```
 *
 * @module
 */
export type {
  CloudDisplay,
  CurveDisplay,
  Display,
  ImageDisplay,
  SphereDisplay,
  ValueScale,
  VolumeDisplay,
} from "./core/dataset.ts";
export * from "./core/display.ts";
export * from "./core/grid.ts";
export * from "./core/sphere.ts";
