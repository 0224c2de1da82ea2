/**
 * Pictures as PNG files.
 *
 * @module
 */
import { encode } from "fast-png";
import type { RasterImage } from "./image.ts";

/**
 * The bytes of a PNG file, grey or RGB.
 *
 * @param image The picture.
 */
export function encodePng(image: RasterImage): Uint8Array {
  const { height, width, channels, pixels } = image;
  return encode({ height, width, channels, depth: 8, data: pixels });
}
