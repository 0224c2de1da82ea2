/**
 * Sheets of samples for programs that are loaded over a network: what draws shapes, maps, curves and clouds comes only when
 * there are such samples.
 * @module
 */
import { contactSheet } from "../image/contact_sheet.ts";
import type { RasterImage } from "../image/image.ts";
import type { Samples } from "../sampling/sampler.ts";

/**
 * Draws a sheet of samples: the same picture as `sheetOf` of `@gasp/gasp`, which draws at once but brings the code for
 * every kind of sample with it.
 *
 * @param samples Samples of any kind.
 * @param columns Samples in a row; by default about as many as rows.
 * @returns A grey or coloured picture.
 *
 * @example
 * ```ts
 * import { displayCoordinates } from "@gasp/datasets";
 * import { drawSamples } from "@gasp/gasp/sample";
 * import { assert } from "@std/assert";
 *
 * const display = { kind: "curve", samples: 9 } as const;
 * const coordinates = displayCoordinates(display), values = coordinates.map(Math.sin);
 * const sheet = await drawSamples({ values, display, coordinates, coordinateDim: 1, featureDim: 1 });
 * assert(new Set(sheet.pixels).size > 1);
 * ```
 *
 * @category Files of samples
 */
export async function drawSamples(samples: Samples, columns?: number): Promise<RasterImage> {
  const { values, display } = samples;
  if (display.kind === "image") {
    const { height, width, channels } = display;
    return contactSheet(values, { height, width, channels, ...(columns !== undefined && { columns }) });
  }
  const { sheetOf } = await import("./sheet.ts");
  return sheetOf(samples, columns);
}
