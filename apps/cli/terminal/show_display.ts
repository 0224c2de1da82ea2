/**
 * Descriptions of data.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { countOf } from "../device/device.ts";

/**
 * Describes the items of a data set.
 *
 * @param display Display of the items.
 */
export function showDisplay(display: Display): string {
  switch (display.kind) {
    case "image":
      return `images of ${display.height}×${display.width}, ${countOf(display.channels, "channel")}`;
    case "volume":
      return `shapes of ${display.resolution}³`;
    case "sphere": {
      const { latitudes, longitudes, scale: { low, high, units, quantity = "values" } } = display;
      const range = `${quantity} from ${rounded(low)} to ${rounded(high)}${units ? ` ${units}` : ""}`;
      return `fields on the sphere, ${latitudes} latitudes × ${longitudes} longitudes; ${range}`;
    }
    case "curve":
      return `functions of one variable, ${display.samples} samples` +
        (display.rate ? ` at ${display.rate} per second` : "");
    case "cloud":
      return `values at arbitrary points, ${countOf(display.scales.length, "feature")}`;
  }
}

/** Rounds a number for display. @param value Number. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
