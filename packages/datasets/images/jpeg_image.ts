/**
 * Decodes JPEG files.
 *
 * @module
 */
import jpeg from "jpeg-js";
import { type ImageHeader, jpegLayout } from "./image_header.ts";
import type { Picture } from "./picture.ts";

/** Maximum number of blocks per byte of the file: a block takes at least one bit of the first scan. */
const BLOCKS_PER_BYTE = 8;
/** Maximum number of blocks times scans; a progressive image of 32 Mi pixels has 10 scans. */
const MAX_BLOCK_VISITS = 2 ** 24;
/** Limit of the decoder's own memory estimate, in MiB. */
const MAX_MEBIBYTES = 768;

/** Bytes that the decoder allocates per block of 64 coefficients, including the array's overhead. */
const BLOCK_BYTES = 600;

/**
 * Returns an upper bound of the bytes that {@link decodeJpeg} allocates.
 *
 * @param bytes File contents.
 * @param header Header.
 * @param header.width Columns of pixels.
 * @param header.height Rows of pixels.
 */
export function jpegMemory(bytes: Uint8Array, { width, height }: ImageHeader): number {
  const { components, blocks } = jpegLayout(bytes);
  // Blocks, planes of the components, and the result in colour and in grey.
  return BLOCK_BYTES * Math.min(blocks, bytes.length * BLOCKS_PER_BYTE) + width * height * (components + 4);
}

/**
 * Decodes a JPEG file whose sizes have been checked.
 *
 * @param bytes File contents.
 * @throws {Error} If it is damaged or unsupported; the message is a clause without the file's name.
 */
export function decodeJpeg(bytes: Uint8Array): Picture {
  const { components, frames, scans, blocks } = jpegLayout(bytes);
  if (components === 4) {
    throw new Error("it is in CMYK; convert it to RGB");
  }
  if (components !== 1 && components !== 3) throw new Error(`it has ${components} colour components`);
  if (frames > 1) throw new Error(`it holds ${frames} images`);
  if (blocks > bytes.length * BLOCKS_PER_BYTE) throw new Error("its data is truncated");
  if (blocks * scans > MAX_BLOCK_VISITS) throw new Error(`its pixels are coded in ${scans} scans, too many`);
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxMemoryUsageInMB: MAX_MEBIBYTES,
  });
  if (components === 3) return { height, width, channels: 3, pixels: data };
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = data[3 * i]!;
  return { height, width, channels: 1, pixels };
}
