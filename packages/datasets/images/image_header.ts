/**
 * Headers of image files, read before decoding to bound its time and memory: format, size and colour.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";
import { jpegFrame } from "./jpeg_header.ts";
import { type OtherImageFormat, otherImageFormat, otherImageSize } from "./other_headers.ts";

/** Maximum number of pixels: 32 Mi, more than common cameras have. */
export const MAX_PIXELS = 2 ** 25;

/** Maximum ratio of the long side to the short one: more than panoramas have, and useless when cropped to a square. */
export const MAX_ASPECT_RATIO = 64;

/** Formats of image files. */
export type ImageFormat = "png" | "jpeg" | OtherImageFormat;

/** Contents of a header. */
export interface ImageHeader {
  /** File format. */
  readonly format: ImageFormat;
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Whether the image has no colour. */
  readonly grey: boolean;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bytes of the PNG signature and the IHDR chunk with its length, name and checksum. */
const PNG_HEADER_BYTES = 33;

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** Signatures of formats that are often confused with those that are read. */
const OTHER_FORMATS: readonly (readonly [string, string])[] = [
  ["<svg", "an SVG"],
  ["<", "an HTML or XML page"],
  ["version https://git-lfs", "a Git LFS pointer, not the file itself"],
  ["\x00\x00\x00\x0cjP", "a JPEG 2000 image"],
  ["\xff\x0a", "a JPEG XL image"],
  ["\x00\x00\x00\x0cJXL", "a JPEG XL image"],
  ["8BPS", "a Photoshop document"],
  ["P5", "a Netpbm image"],
  ["P6", "a Netpbm image"],
];

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  const start = String.fromCharCode(...bytes.subarray(0, 32));
  if (/^....ftyp(heic|heix|mif1|msf1)/s.test(start)) return "a HEIC image";
  return OTHER_FORMATS.find(([signature]) => start.startsWith(signature))?.[1] ??
    "of another format, or damaged";
}

/**
 * Identifies the format of an image file by its first bytes.
 *
 * @param bytes The file, or its beginning.
 * @param name File name for messages.
 * @throws {DataError} If it has none of the formats that are read.
 */
export function imageFormat(bytes: Uint8Array, name: string): ImageHeader["format"] {
  if (startsWith(bytes, PNG_SIGNATURE)) return "png";
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
  const other = otherImageFormat(bytes);
  if (other !== undefined) return other;
  throw new DataError(`${name} is not a PNG or JPEG file: it is ${describe(bytes)}. Convert or remove it.`);
}

function pngHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (bytes.length < PNG_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const colourType = bytes[25]!;
  return {
    format: "png",
    width: view.getUint32(16),
    height: view.getUint32(20),
    grey: colourType === 0 || colourType === 4,
  };
}

/**
 * Reads the header of an image file.
 *
 * @param bytes The file, or its beginning.
 * @param name File name for messages.
 * @returns The header; `undefined` if it extends beyond the bytes.
 * @throws {DataError} If the file has none of the formats that are read.
 */
export function imageHeader(bytes: Uint8Array, name: string): ImageHeader | undefined {
  const format = imageFormat(bytes, name);
  if (format === "png") return pngHeader(bytes);
  if (format === "jpeg") {
    const frame = jpegFrame(bytes);
    return frame && { format, width: frame.width, height: frame.height, grey: frame.components === 1 };
  }
  const size = otherImageSize(bytes, format);
  return size && { format, ...size, grey: false };
}
