/**
 * What data are, in words.
 * @module
 */
import type { Display } from "@gasp/datasets";
import { countOf } from "../device/device.ts";

/**
 * What an item is.
 *
 * @param display How a sample is shown.
 */
export function showDisplay(display: Display): string {
  switch (display.kind) {
    case "image":
      return `pictures of ${display.height}×${display.width}, ${countOf(display.channels, "channel")}`;
    case "volume":
      return `shapes of ${display.resolution}³`;
    case "sphere": {
      const { latitudes, longitudes, scale: { low, high, units, quantity = "values" } } = display;
      const range = `${quantity} from ${rounded(low)} to ${rounded(high)}${units ? ` ${units}` : ""}`;
      return `fields on the sphere, ${latitudes} latitudes × ${longitudes} longitudes; ${range}`;
    }
    case "curve":
      return `functions of one variable, ${display.samples} samples` +
        (display.rate ? ` at ${display.rate} in a second` : "");
    case "cloud":
      return `values at points that lie anywhere, ${countOf(display.scales.length, "feature")}`;
  }
}

/** A number as people read it. @param value Any number. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
