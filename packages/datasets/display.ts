/**
 * How samples are displayed, and the points where they are evaluated. The part of `@gasp/datasets` for programs that draw
 * samples but read no files, and so do not need to load the readers.
 *
 * @example The points of an image of another size
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
