/**
 * Picture files of the two common kinds as bytes.
 *
 * @module
 */
import { isAllocationFailure, MemoryError, requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { imageHeader, MAX_ASPECT_RATIO, MAX_PIXELS } from "./image_header.ts";
import { decodeJpeg, jpegMemory } from "./jpeg_image.ts";
import type { Picture } from "./picture.ts";
import { decodePng, pngMemory } from "./png_image.ts";

/**
 * Decodes a PNG or JPEG file of any kind: 1 to 16 bits, grey, palette or colour, with or without transparency, which is laid
 * over white. JPEG's note of how the camera was held (Exif orientation) is not followed, as in the reference. Sizes are
 * checked before anything is decoded, so that time and memory are bounded for damaged and for malicious files.
 *
 * @param bytes The file.
 * @param name Its name, for messages.
 * @returns A picture in grey where the file has no colour, else in colour.
 * @throws {DataError} If the file is no such picture, damaged, too large, too long and narrow, or has the colours of print.
 * @throws {MemoryError} If it does not fit in memory when it is decoded.
 *
 * @example
 * ```ts
 * import { decodeImage } from "@gasp/datasets";
 * import { encodePng } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const png = encodePng({ height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 255) });
 * const { height, width, channels, pixels } = decodeImage(png, "two.png");
 * assertEquals([height, width, channels, [...pixels]], [1, 2, 1, [0, 255]]);
 * ```
 */
export function decodeImage(bytes: Uint8Array, name: string): Picture {
  const header = imageHeader(bytes, name);
  if (header === undefined) {
    throw new DataError(`${name} is cut off before its header ends: copy or download it again.`);
  }
  const { width, height, format } = header;
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) {
    throw new DataError(
      `${name} has ${width}×${height} pixels; pictures of 1 to ${MAX_PIXELS} are read: make it smaller, or remove it.`,
    );
  }
  if (Math.max(width, height) > MAX_ASPECT_RATIO * Math.min(width, height)) {
    throw new DataError(
      `${name} has ${width}×${height} pixels: pictures up to ${MAX_ASPECT_RATIO} times as long as they are short are ` +
        "read. Cut out the part that matters, or remove it.",
    );
  }
  requireMemory({
    purpose: `${name}, a picture of ${width}×${height} pixels,`,
    bytes: (format === "png" ? pngMemory : jpegMemory)(bytes, header),
  });
  try {
    return (format === "png" ? decodePng : decodeJpeg)(bytes);
  } catch (error) {
    if (error instanceof MemoryError || isAllocationFailure(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(
      `${name} cannot be read as a ${format.toUpperCase()} picture: ${reason}. Repair, convert or remove it.`,
    );
  }
}
