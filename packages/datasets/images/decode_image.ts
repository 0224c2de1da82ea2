/**
 * Decodes image files.
 *
 * @module
 */
import { isAllocationFailure, MemoryError, requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";
import { imageHeader, MAX_ASPECT_RATIO, MAX_PIXELS } from "./image_header.ts";
import { decodeJpeg, jpegMemory } from "./jpeg_image.ts";
import type { Picture } from "./picture.ts";
import { decodeOther, otherMemory } from "./other_images.ts";
import { decodePng, pngMemory } from "./png_image.ts";

/**
 * How an image is decoded.
 *
 * @category Pictures
 */
export interface DecodeOptions {
  /** Whether to ignore the orientation that cameras store in JPEG and TIFF files, as the reference does; default false. */
  readonly asStored?: boolean;
}

/**
 * Decodes a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF file: grey, palette or colour, with or without transparency, which is
 * composited over white; the first image of several. Sizes are checked before decoding, so that time and memory are bounded
 * for damaged and malicious files. Decoders are loaded when a file needs them.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @param options Orientation.
 * @returns A grey image if the file has no colour, else an RGB image.
 * @throws {DataError} If the file is of another format, damaged, too large, too elongated, or coded in an unsupported way.
 * @throws {MemoryError} If it does not fit in memory while it is decoded.
 *
 * @example
 * ```ts
 * import { decodeImage } from "@gasp/datasets";
 * import { encodePng } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const png = encodePng({ height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 255) });
 * const { height, width, channels, pixels } = await decodeImage(png, "two.png");
 * assertEquals([height, width, channels, [...pixels]], [1, 2, 1, [0, 255]]);
 * ```
 *
 * @category Pictures
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  { asStored = false }: DecodeOptions = {},
): Promise<Picture> {
  const header = imageHeader(bytes, name);
  if (header === undefined) {
    throw new DataError(`${name} is truncated within its header: copy or download it again.`);
  }
  const { width, height, format } = header;
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) {
    throw new DataError(
      `${name} has ${width}×${height} pixels: expected 1 to ${MAX_PIXELS} in all. Shrink or remove it.`,
    );
  }
  if (Math.max(width, height) > MAX_ASPECT_RATIO * Math.min(width, height)) {
    throw new DataError(
      `${name} has ${width}×${height} pixels: the long side may be at most ${MAX_ASPECT_RATIO} times the short one. ` +
        "Crop or remove it.",
    );
  }
  const estimate = format === "png" ? pngMemory : format === "jpeg" ? jpegMemory : otherMemory;
  requireMemory({
    purpose: `${name}, an image of ${width}×${height} pixels,`,
    bytes: estimate(bytes, header),
  });
  try {
    if (format === "png") return decodePng(bytes);
    if (format === "jpeg") return await decodeJpeg(bytes, name, !asStored);
    return await decodeOther(bytes, format, name, !asStored);
  } catch (error) {
    if (error instanceof MemoryError || isAllocationFailure(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof DataError) throw error;
    throw new DataError(
      `${name} cannot be decoded as ${format.toUpperCase()}: ${reason}. Repair, convert or remove it.`,
      { cause: error },
    );
  }
}
