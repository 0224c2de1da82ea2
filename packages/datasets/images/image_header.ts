/**
 * What a PNG or JPEG file says of itself before it is decoded, so that a decoder is never asked for more time or memory
 * than its file is worth: sizes, whether it is grey, and for JPEG how often its blocks are gone over.
 *
 * @module
 */
import { DataError } from "../core/data_error.ts";

/** Most pixels of a picture that is read: 32 Mi, more than cameras make. */
export const MAX_PIXELS = 2 ** 25;

/** Times that a picture may be longer than it is short: more than panoramas are, and nothing is left of it in a square. */
export const MAX_ASPECT_RATIO = 64;

/** What a file says of itself. */
export interface ImageHeader {
  /** The kind of file, told by its first bytes. */
  readonly format: "png" | "jpeg";
  /** Pixels in a row. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Whether pixels have no colour. */
  readonly grey: boolean;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bytes before those that follow the header of a PNG: the signature, then IHDR with its length, name and check sum. */
const PNG_HEADER_BYTES = 33;

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** Kinds of file that people take for pictures that we read. */
const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ["GIF8", "a GIF"],
  ["BM", "a BMP"],
  ["RIFF", "a WebP picture"],
  ["II*\0", "a TIFF"],
  ["MM\0*", "a TIFF"],
  ["<svg", "an SVG"],
  ["<", "a page of HTML or XML"],
  ["version https://git-lfs", "a Git LFS pointer, not the file itself"],
];

function kindOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  const start = String.fromCharCode(...bytes.subarray(0, 32));
  return OTHER_KINDS.find(([signature]) => start.startsWith(signature))?.[1] ?? "of another kind, or damaged";
}

/**
 * The kind of picture in a file, told by its first bytes.
 *
 * @param bytes The file, or its beginning.
 * @param name Its name, for messages.
 * @throws {DataError} If it is neither.
 */
export function imageFormat(bytes: Uint8Array, name: string): ImageHeader["format"] {
  if (startsWith(bytes, PNG_SIGNATURE)) return "png";
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
  throw new DataError(`${name} is no PNG or JPEG picture: it is ${kindOf(bytes)}. Convert or remove it.`);
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

/** A part of a JPEG file: its marker and what it holds. */
interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** Start of scan: compressed data follow this segment. */
const SOS = 0xda;
const END_OF_IMAGE = 0xd9;

/** SOF0 to SOF15 without the tables and the reserved marker among them. */
function startsFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Segments in the order of the file; between them are compressed data, stuffing and restart markers. */
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
 * What a file says of itself.
 *
 * @param bytes The file, or its beginning.
 * @param name Its name, for messages.
 * @returns Nothing if the header goes beyond the bytes.
 * @throws {DataError} If it is no PNG or JPEG.
 */
export function imageHeader(bytes: Uint8Array, name: string): ImageHeader | undefined {
  if (imageFormat(bytes, name) === "png") return pngHeader(bytes);
  for (const segment of jpegSegments(bytes)) {
    if (startsFrame(segment.marker)) return frameHeader(bytes, segment);
  }
  return undefined;
}

/** How the data of a JPEG file are laid out. */
export interface JpegLayout {
  /** Colour components: 1, 3, or 4 for print. */
  readonly components: number;
  /** Pictures in the file; the decoder holds memory for each. */
  readonly frames: number;
  /** Times that blocks are gone over. */
  readonly scans: number;
  /** Blocks of 8×8 of all components together. */
  readonly blocks: number;
}

/**
 * How the data of a JPEG file are laid out.
 *
 * @param bytes The whole file.
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
