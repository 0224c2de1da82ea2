/**
 * Descriptions of data.
 * @module
 */
import type { Display, SphereBounds } from "@gasp/datasets";
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
      const { latitudes, longitudes, bounds, scale: { low, high, units, quantity = "values" } } = display;
      const range = `${quantity} from ${rounded(low)} to ${rounded(high)}${units ? ` ${units}` : ""}`;
      return `fields on the sphere${
        bounds ? ` (${showBounds(bounds)})` : ""
      }, ${latitudes} latitudes × ${longitudes} longitudes; ${range}`;
    }
    case "curve":
      return `functions of one variable, ${display.samples} samples` +
        (display.rate ? ` at ${display.rate} per second` : "");
    case "cloud":
      return `values at arbitrary points, ${countOf(display.scales.length, "feature")}`;
  }
}

function showBounds({ north, south, west, east }: SphereBounds): string {
  return `${rounded(south)}° to ${rounded(north)}° north, ${rounded(west)}° to ${rounded(east)}° east`;
}

/** Rounds a number for display. @param value Number. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
