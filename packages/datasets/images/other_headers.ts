/**
 * Headers of WebP, GIF, BMP, TIFF and AVIF files: their format and size.
 *
 * @module
 */

/** Formats besides PNG and JPEG. */
export type OtherImageFormat = "webp" | "gif" | "bmp" | "tiff" | "avif";

/** Size of an image. */
export interface ImageSize {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/**
 * Identifies the format of a file.
 *
 * @param bytes The file, or its beginning.
 * @returns The format; `undefined` if it has none of these.
 */
export function otherImageFormat(bytes: Uint8Array): OtherImageFormat | undefined {
  const start = text(bytes, 0, 12);
  if (/^RIFF....WEBP$/s.test(start)) return "webp";
  if (/^GIF8[79]a/.test(start)) return "gif";
  if (/^BM/.test(start) && bytes.length > 26) return "bmp";
  if (/^(II\*\0|MM\0\*)/.test(start)) return "tiff";
  if (/^....ftyp(avif|avis)/s.test(start)) return "avif";
  return undefined;
}

/**
 * Reads the size of an image.
 *
 * @param bytes The file, or its beginning.
 * @param format Format of the file.
 * @returns The size; `undefined` if it is beyond the bytes.
 */
export function otherImageSize(bytes: Uint8Array, format: OtherImageFormat): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return SIZES[format](view, bytes);
  } catch (error) {
    // The header extends beyond the bytes.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const SIZES: Readonly<
  Record<OtherImageFormat, (view: DataView, bytes: Uint8Array) => ImageSize | undefined>
> = {
  gif: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  bmp: (view) =>
    view.getUint32(14, true) === 12
      ? { width: view.getUint16(18, true), height: view.getUint16(20, true) }
      : { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) },
  webp(view, bytes) {
    switch (text(bytes, 12, 4)) {
      case "VP8X":
        return {
          width: 1 + (view.getUint32(24, true) & 0xffffff),
          height: 1 + (view.getUint32(26, true) >>> 8),
        };
      case "VP8L": {
        const bits = view.getUint32(21, true);
        return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
      }
      default:
        return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    }
  },
  tiff(view, bytes) {
    const little = bytes[0] === 0x49, directory = view.getUint32(4, little);
    const entries = view.getUint16(directory, little);
    const size = { width: 0, height: 0 };
    for (let i = 0, at = directory + 2; i < entries; i++, at += 12) {
      const tag = view.getUint16(at, little);
      const value = view.getUint16(at + 2, little) === 3
        ? view.getUint16(at + 8, little)
        : view.getUint32(at + 8, little);
      if (tag === 256) size.width = value;
      else if (tag === 257) size.height = value;
    }
    return size;
  },
  avif(view, bytes) {
    // The box `ispe` (image spatial extents) of the first item.
    for (let at = 0; at + 16 <= bytes.length; at++) {
      if (bytes[at] === 0x69 && text(bytes, at, 4) === "ispe") {
        return { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
      }
    }
    return undefined;
  },
};
