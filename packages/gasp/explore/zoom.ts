/**
 * Windows of the plane: a picture is a function, so a part of it can be evaluated as finely as the whole.
 * @module
 */
import { atResolution, gridCoordinates, type ImageDisplay } from "@gasp/datasets";

/**
 * A part of the plane with the proportions of the picture.
 *
 * @category Exploration
 */
export interface ViewWindow {
  /** Its middle: x to the right and y downwards; the picture's first row is y = -1, its last y = 1. */
  readonly centre: readonly [x: number, y: number];
  /** Its width; a square picture is 2 wide. */
  readonly width: number;
}

/**
 * The window that shows the whole picture.
 *
 * @param display Sizes of the picture.
 *
 * @example
 * ```ts
 * import { wholeWindow } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(wholeWindow({ kind: "image", height: 8, width: 8, channels: 1 }), { centre: [0, 0], width: 2 });
 * ```
 *
 * @category Exploration
 */
export function wholeWindow({ height, width }: ImageDisplay): ViewWindow {
  const right = 2 * (width - 1) / (height - 1) - 1;
  return { centre: [(right - 1) / 2, 0], width: right + 1 };
}

/**
 * Points of a window.
 *
 * @category Exploration
 */
export interface ViewWindowGrid {
  /** Sizes of the picture of the window. */
  readonly display: ImageDisplay;
  /** `[points, 2]`, row by row. */
  readonly coordinates: Float32Array;
}

/**
 * The points at which a window is evaluated. For {@link wholeWindow} they are those of the picture itself.
 *
 * @param display Sizes of the data's pictures, for proportions and channels.
 * @param window The part of the plane.
 * @param resolution Rows of the result, at least 2.
 * @throws {RangeError} If the window has no width.
 *
 * @example
 * ```ts
 * import { windowGrid } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * const display = { kind: "image", height: 8, width: 8, channels: 1 } as const;
 * const { coordinates } = windowGrid(display, { centre: [0, 0], width: 1 }, 2);
 * assertEquals(coordinates, Float32Array.of(-0.5, -0.5, -0.5, 0.5, 0.5, -0.5, 0.5, 0.5));
 * ```
 *
 * @category Exploration
 */
export function windowGrid(display: ImageDisplay, window: ViewWindow, resolution: number): ViewWindowGrid {
  if (!(window.width > 0)) throw new RangeError(`a window has a width above 0, got ${window.width}`);
  const result = atResolution(display, resolution);
  const coordinates = gridCoordinates([result.height, result.width]);
  const whole = wholeWindow(result), size = window.width / whole.width;
  for (let i = 0; i < coordinates.length; i += 2) {
    coordinates[i] = window.centre[1] + size * (coordinates[i]! - whole.centre[1]);
    coordinates[i + 1] = window.centre[0] + size * (coordinates[i + 1]! - whole.centre[0]);
  }
  return { display: result, coordinates };
}

/**
 * Windows from one to another, each the same factor narrower than the one before. The point that stays where it is on the
 * picture is the same in all of them.
 *
 * @param from The first.
 * @param to The last.
 * @param frames How many, at least 1; a single one is the last.
 *
 * @example
 * ```ts
 * import { windowsBetween } from "@gasp/gasp/explore";
 * import { assertEquals } from "@std/assert";
 *
 * const whole = { centre: [0, 0], width: 2 } as const, detail = { centre: [0.5, 0.5], width: 0.5 } as const;
 * const widths = windowsBetween(whole, detail, 3).map(({ width }) => width);
 * assertEquals(widths, [2, 1, 0.5]);
 * ```
 *
 * @category Exploration
 */
export function windowsBetween(from: ViewWindow, to: ViewWindow, frames: number): ViewWindow[] {
  if (frames === 1) return [to];
  return Array.from({ length: frames }, (_, i) => {
    const part = i / (frames - 1);
    if (i === 0) return from;
    if (i === frames - 1) return to;
    const width = from.width * (to.width / from.width) ** part;
    const left = from.width === to.width ? 1 - part : (width - to.width) / (from.width - to.width);
    const mix = (axis: 0 | 1) => to.centre[axis] + left * (from.centre[axis] - to.centre[axis]);
    return { centre: [mix(0), mix(1)], width };
  });
}
