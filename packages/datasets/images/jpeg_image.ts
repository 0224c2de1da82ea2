/**
 * JPEG files as pictures.
 *
 * @module
 */
import jpeg from "jpeg-js";
import { type ImageHeader, jpegLayout } from "./image_header.ts";
import type { Picture } from "./picture.ts";

/** Blocks that a file may have for each of its bytes: a block takes at least one bit of the first scan. */
const BLOCKS_PER_BYTE = 8;
/** Times that all blocks together may be gone over; a progressive picture of 32 Mi pixels has 10 scans. */
const MAX_BLOCK_VISITS = 2 ** 24;
/** The decoder's own count of what it holds, in MiB. */
const MAX_MEBIBYTES = 768;

/** Bytes that the decoder takes for a block of 64 coefficients, the array's own overhead included. */
const BLOCK_BYTES = 600;

/**
 * Bytes that {@link decodeJpeg} allocates at most.
 *
 * @param bytes The file.
 * @param header Its sizes.
 * @param header.width Pixels in a row.
 * @param header.height Rows of pixels.
 */
export function jpegMemory(bytes: Uint8Array, { width, height }: ImageHeader): number {
  const { components, blocks } = jpegLayout(bytes);
  // Blocks, lines of each component, and the result in colour and in grey.
  return BLOCK_BYTES * Math.min(blocks, bytes.length * BLOCKS_PER_BYTE) + width * height * (components + 4);
}

/**
 * Decodes a JPEG file. Its sizes must have been checked.
 *
 * @param bytes The file.
 * @throws {Error} If it is damaged or of a kind that is not read; the message says how, without the file's name.
 */
export function decodeJpeg(bytes: Uint8Array): Picture {
  const { components, frames, scans, blocks } = jpegLayout(bytes);
  if (components === 4) {
    throw new Error("it has the four colours of print (CMYK); convert it to RGB");
  }
  if (components !== 1 && components !== 3) throw new Error(`it has ${components} colour components`);
  if (frames > 1) throw new Error(`it holds ${frames} pictures`);
  if (blocks > bytes.length * BLOCKS_PER_BYTE) throw new Error("its data are cut off");
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
