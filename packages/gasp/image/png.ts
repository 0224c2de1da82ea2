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
 *
 * @example
 * ```ts
 * import { encodePng } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const png = encodePng({ height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 255) });
 * assertEquals([...png.subarray(1, 4)].map((code) => String.fromCharCode(code)).join(""), "PNG");
 * ```
 *
 * @category Pictures
 */
export function encodePng(image: RasterImage): Uint8Array {
  const { height, width, channels, pixels } = image;
  return encode({ height, width, channels, depth: 8, data: pixels });
}
