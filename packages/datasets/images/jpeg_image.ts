/**
 * Decodes JPEG files: grey, YCbCr and RGB by mozjpeg, CMYK and YCCK by the decoder of pdf.js in `utif2`.
 *
 * @module
 */
import type { ImageHeader } from "./image_header.ts";
import { exifOrientation, jpegLayout } from "./jpeg_header.ts";
import { inPictureWorker } from "./other_images.ts";
import { inkShare, orientPicture, type Picture } from "./picture.ts";
import { decodeByWasm } from "./wasm_decoders.ts";

/** Maximum number of blocks per byte of the file: a block takes at least one bit of the first scan. */
const BLOCKS_PER_BYTE = 8;
/** Maximum number of blocks times scans; a progressive image of 32 Mi pixels has 10 scans. */
const MAX_BLOCK_VISITS = 2 ** 24;

/** Bytes that a decoder allocates per block of 64 coefficients, including the array's overhead. */
const BLOCK_BYTES = 600;

/** Frame types that are refused, by their number. */
const UNSUPPORTED: Readonly<Record<number, string>> = {
  3: "lossless coding",
  5: "hierarchical coding",
  6: "hierarchical coding",
  7: "lossless coding",
  9: "arithmetic coding",
  10: "arithmetic coding",
  11: "lossless coding",
  13: "hierarchical coding",
  14: "hierarchical coding",
  15: "lossless coding",
};

/** Warnings of libjpeg after which pixels are missing or wrong. */
const DAMAGE = /premature end|bad huffman|corrupt.*(scan|restart)|found marker/i;

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
  // Blocks, planes of the components, RGBA, and the result in colour and in grey.
  return BLOCK_BYTES * Math.min(blocks, bytes.length * BLOCKS_PER_BYTE) + width * height * (components + 8);
}

/**
 * Decodes a JPEG file whose sizes have been checked.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @param isOriented Whether to apply the Exif orientation.
 * @throws {Error} If it is damaged or unsupported; the message is a clause without the file's name.
 */
export async function decodeJpeg(bytes: Uint8Array, name: string, isOriented: boolean): Promise<Picture> {
  const { components, bits, type, frames, scans, blocks, adobe } = jpegLayout(bytes);
  const coding = UNSUPPORTED[type];
  if (coding !== undefined) {
    throw new Error(`it uses ${coding}, which is not supported; save it as baseline JPEG`);
  }
  if (bits !== 8) throw new Error(`it has ${bits} bits per sample: only 8 are supported; save it as PNG`);
  if (components !== 1 && components !== 3 && components !== 4) {
    throw new Error(`it has ${components} colour components`);
  }
  if (frames > 1) throw new Error(`it holds ${frames} images`);
  if (blocks > bytes.length * BLOCKS_PER_BYTE) throw new Error("its data is truncated");
  if (blocks * scans > MAX_BLOCK_VISITS) throw new Error(`its pixels are coded in ${scans} scans, too many`);
  const picture = components === 4
    ? await decodeFour(bytes, name, adobe)
    : await decodeThree(bytes, components);
  return isOriented ? orientPicture(picture, exifOrientation(bytes)) : picture;
}

async function decodeThree(bytes: Uint8Array, components: 1 | 3): Promise<Picture> {
  const { width, height, data, warnings } = await decodeByWasm("jpeg", bytes);
  const damage = warnings.find((warning) => DAMAGE.test(warning));
  if (damage !== undefined) throw new Error(`its data is damaged or truncated (${damage.trim()})`);
  const pixels = new Uint8Array(width * height * components);
  for (let i = 0, at = 0; at < pixels.length; i += 4) {
    for (let c = 0; c < components; c++) pixels[at++] = data[i + c]!;
  }
  return { height, width, channels: components, pixels };
}

/** Converts CMYK to RGB as Pillow does. Files with the marker of Adobe store 255 for no ink. */
async function decodeFour(bytes: Uint8Array, name: string, adobe: boolean): Promise<Picture> {
  const { width, height, data } = await inPictureWorker("decodeCmyk", bytes, name);
  const count = width * height, pixels = new Uint8Array(3 * count), ink = adobe ? 255 : 0;
  for (let i = 0; i < count; i++) {
    const light = 255 - (data[4 * i + 3]! ^ ink);
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = light - inkShare(data[4 * i + c]! ^ ink, light);
  }
  return { height, width, channels: 3, pixels };
}
