/**
 * Decodes WebP, GIF, BMP, TIFF and AVIF files; the decoders of all but BMP are loaded when a file needs them.
 *
 * @module
 */
import { GuardedParser } from "../core/guarded_worker.ts";
import { decodeBmp } from "./bmp_image.ts";
import type { OtherImageFormat } from "./other_headers.ts";
import { orientPicture, type Picture } from "./picture.ts";
import { decodeByWasm, type Rgba } from "./wasm_decoders.ts";

/** Milliseconds after which an unused worker ends. */
const IDLE = 500;

/** Seconds that a picture may take. */
const SECONDS = 30;

let parser: GuardedParser | undefined, idle: ReturnType<typeof setTimeout> | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Decodes a file in the worker for pictures, one after another.
 *
 * @param functionName Function of `picture_worker.ts`.
 * @param bytes File contents.
 * @param name File name for messages.
 */
export function inPictureWorker<T extends Rgba>(
  functionName: string,
  bytes: Uint8Array,
  name: string,
): Promise<T> {
  const call = async () => {
    clearTimeout(idle);
    parser ??= new GuardedParser(new URL("./picture_worker.ts", import.meta.url));
    try {
      return await parser.call<T>(functionName, bytes, { seconds: SECONDS, name });
    } finally {
      const used = parser;
      idle = setTimeout(() => used.stop(), IDLE);
    }
  };
  const result = last.then(call, call);
  last = result;
  return result;
}

/** Composites pixels over white. */
export function pictureOverWhite({ width, height, data }: Rgba): Picture {
  const count = width * height, pixels = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    const alpha = data[4 * i + 3]!;
    for (let c = 0; c < 3; c++) {
      const value = data[4 * i + c]!;
      pixels[3 * i + c] = alpha === 255 ? value : Math.round(255 + (value - 255) * alpha / 255);
    }
  }
  return { width, height, channels: 3, pixels };
}

/**
 * Returns an upper bound of the bytes that a decoder allocates.
 *
 * @param bytes File contents.
 * @param size Size of the image.
 * @param size.width Columns.
 * @param size.height Rows.
 */
export function otherMemory(bytes: Uint8Array, { width, height }: { width: number; height: number }): number {
  // The file in the decoder, pixels of up to four 16-bit channels there and in a copy, and the result.
  return 2 * bytes.length + width * height * (8 + 4 + 3);
}

/**
 * Decodes a file whose sizes have been checked.
 *
 * @param bytes File contents.
 * @param format Its format.
 * @param name File name for messages.
 * @param isOriented Whether to apply the orientation of TIFF files.
 * @throws {Error} If it is damaged or unsupported.
 */
export async function decodeOther(
  bytes: Uint8Array,
  format: OtherImageFormat,
  name: string,
  isOriented: boolean,
): Promise<Picture> {
  switch (format) {
    case "webp":
    case "avif":
      return pictureOverWhite(await decodeByWasm(format, bytes));
    case "gif":
      return pictureOverWhite(await inPictureWorker("decodeGif", bytes, name));
    case "bmp":
      return pictureOverWhite(decodeBmp(bytes));
    case "tiff": {
      const tiff = await inPictureWorker<Rgba & { orientation: number }>("decodeTiff", bytes, name);
      const picture = pictureOverWhite(tiff);
      return isOriented ? orientPicture(picture, tiff.orientation) : picture;
    }
  }
}
