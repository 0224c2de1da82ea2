/**
 * Headers of PNG and JPEG files, read before decoding to bound its time and memory: size, colour, and for JPEG the number
 * of scans.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** Maximum number of pixels: 32 Mi, more than common cameras have. */
export const MAX_PIXELS = 2 ** 25;

/** Maximum ratio of the long side to the short one: more than panoramas have, and useless when cropped to a square. */
export const MAX_ASPECT_RATIO = 64;

/** Contents of a header. */
export interface ImageHeader {
  /** File format. */
  readonly format: "png" | "jpeg";
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

/** Signatures of formats that are often confused with PNG and JPEG. */
const OTHER_FORMATS: readonly (readonly [string, string])[] = [
  ["GIF8", "a GIF"],
  ["BM", "a BMP"],
  ["RIFF", "a WebP image"],
  ["II*\0", "a TIFF"],
  ["MM\0*", "a TIFF"],
  ["<svg", "an SVG"],
  ["<", "an HTML or XML page"],
  ["version https://git-lfs", "a Git LFS pointer, not the file itself"],
];

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  const start = String.fromCharCode(...bytes.subarray(0, 32));
  return OTHER_FORMATS.find(([signature]) => start.startsWith(signature))?.[1] ??
    "of another format, or damaged";
}

/**
 * Identifies the format of an image file by its first bytes.
 *
 * @param bytes The file, or its beginning.
 * @param name File name for messages.
 * @throws {DataError} If it is neither PNG nor JPEG.
 */
export function imageFormat(bytes: Uint8Array, name: string): ImageHeader["format"] {
  if (startsWith(bytes, PNG_SIGNATURE)) return "png";
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
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

/** A segment of a JPEG file: its marker and the range of its contents. */
interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** Start of scan: compressed data follows this segment. */
const SOS = 0xda;
const END_OF_IMAGE = 0xd9;

/** Whether a marker is one of SOF0 to SOF15; three markers in that range mean something else. */
function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Yields segments in file order, skipping compressed data, stuffing and restart markers. */
function* jpegSegments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 3 < bytes.length;) {
    const marker = bytes[at + 1]!;
    const inData = bytes[at] !== 0xff || marker === 0 || marker === 0xff ||
      (marker >= 0xd0 && marker <= 0xd7);
    if (inData) {
      const next = bytes.indexOf(0xff, at + 1);
      if (next < 0) return;
      at = next;
      continue;
    }
    if (marker === END_OF_IMAGE) return;
    const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    yield { marker, start: at + 4, end };
    at = Math.max(end, at + 4);
  }
}

function frameHeader(bytes: Uint8Array, { start }: Segment): ImageHeader | undefined {
  if (start + 6 > bytes.length) return undefined;
  return {
    format: "jpeg",
    height: (bytes[start + 1]! << 8) | bytes[start + 2]!,
    width: (bytes[start + 3]! << 8) | bytes[start + 4]!,
    grey: bytes[start + 5] === 1,
  };
}

/**
 * Reads the header of an image file.
 *
 * @param bytes The file, or its beginning.
 * @param name File name for messages.
 * @returns The header; `undefined` if it extends beyond the bytes.
 * @throws {DataError} If the file is neither PNG nor JPEG.
 */
export function imageHeader(bytes: Uint8Array, name: string): ImageHeader | undefined {
  if (imageFormat(bytes, name) === "png") return pngHeader(bytes);
  for (const segment of jpegSegments(bytes)) {
    if (startsFrame(segment.marker)) return frameHeader(bytes, segment);
  }
  return undefined;
}

/** Layout of a JPEG file's data. */
export interface JpegLayout {
  /** Colour components: 1, 3, or 4 for CMYK. */
  readonly components: number;
  /** Number of images in the file; the decoder allocates each. */
  readonly frames: number;
  /** Passes over the blocks. */
  readonly scans: number;
  /** Blocks of 8×8 in all components. */
  readonly blocks: number;
}

/**
 * Reads the layout of a JPEG file's data.
 *
 * @param bytes File contents.
 */
export function jpegLayout(bytes: Uint8Array): JpegLayout {
  let components = 0, frames = 0, scans = 0, blocks = 0;
  for (const segment of jpegSegments(bytes)) {
    if (segment.marker === SOS) scans++;
    if (!startsFrame(segment.marker)) continue;
    frames++;
    const { width, height } = frameHeader(bytes, segment) ?? { width: 0, height: 0 };
    components = bytes[segment.start + 5] ?? 0;
    const factors = Array.from({ length: components }, (_, i) => bytes[segment.start + 7 + 3 * i] ?? 0);
    const across = factors.map((factor) => factor >> 4), down = factors.map((factor) => factor & 15);
    const units = Math.ceil(width / (8 * Math.max(1, ...across))) *
      Math.ceil(height / (8 * Math.max(1, ...down)));
    blocks += units * factors.reduce((sum, _, i) => sum + across[i]! * down[i]!, 0);
  }
  return { components, frames, scans, blocks };
}
