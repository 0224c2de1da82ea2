/**
 * Headers of JPEG files (ITU-T T.81): frames, scans, and the markers of Adobe and Exif.
 *
 * @module
 */

/** A segment of a JPEG file: its marker and the range of its contents. */
interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
}

/** Start of scan: compressed data follows this segment. */
const SOS = 0xda;
const END_OF_IMAGE = 0xd9;
const EXIF = 0xe1, ADOBE = 0xee;

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

/** A frame header. */
export interface JpegFrame {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Colour components: 1, 3, or 4 for CMYK. */
  readonly components: number;
  /** Bits per sample. */
  readonly bits: number;
  /** Number of the frame type: 0 to 2 are the usual ones. */
  readonly type: number;
}

function frameOf(bytes: Uint8Array, { marker, start }: Segment): JpegFrame | undefined {
  if (start + 6 > bytes.length) return undefined;
  return {
    bits: bytes[start]!,
    height: (bytes[start + 1]! << 8) | bytes[start + 2]!,
    width: (bytes[start + 3]! << 8) | bytes[start + 4]!,
    components: bytes[start + 5]!,
    type: marker - 0xc0,
  };
}

/**
 * Reads the first frame header.
 *
 * @param bytes The file, or its beginning.
 * @returns The frame; `undefined` if it is beyond the bytes.
 */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  for (const segment of jpegSegments(bytes)) {
    if (startsFrame(segment.marker)) return frameOf(bytes, segment);
  }
  return undefined;
}

/** Layout of a JPEG file's data. */
export interface JpegLayout {
  /** Colour components of the last frame. */
  readonly components: number;
  /** Bits per sample of the last frame. */
  readonly bits: number;
  /** Number of the last frame's type. */
  readonly type: number;
  /** Number of images in the file; the decoder allocates each. */
  readonly frames: number;
  /** Passes over the blocks. */
  readonly scans: number;
  /** Blocks of 8×8 in all components. */
  readonly blocks: number;
  /** Whether there is a marker of Adobe, whose CMYK is inverted. */
  readonly adobe: boolean;
}

/**
 * Reads the layout of a JPEG file's data.
 *
 * @param bytes File contents.
 */
export function jpegLayout(bytes: Uint8Array): JpegLayout {
  let frames = 0, scans = 0, blocks = 0, adobe = false;
  let frame: JpegFrame | undefined;
  for (const segment of jpegSegments(bytes)) {
    if (segment.marker === SOS) scans++;
    if (segment.marker === ADOBE && textAt(bytes, segment.start, 5) === "Adobe") adobe = true;
    if (!startsFrame(segment.marker)) continue;
    frames++;
    frame = frameOf(bytes, segment);
    const { width, height, components } = frame ?? { width: 0, height: 0, components: 0 };
    const factors = Array.from({ length: components }, (_, i) => bytes[segment.start + 7 + 3 * i] ?? 0);
    const across = factors.map((factor) => factor >> 4), down = factors.map((factor) => factor & 15);
    const units = Math.ceil(width / (8 * Math.max(1, ...across))) *
      Math.ceil(height / (8 * Math.max(1, ...down)));
    blocks += units * factors.reduce((sum, _, i) => sum + across[i]! * down[i]!, 0);
  }
  const { components = 0, bits = 8, type = 0 } = frame ?? {};
  return { components, bits, type, frames, scans, blocks, adobe };
}

/**
 * Whether a file has a scan and the marker of the end after it.
 *
 * @param bytes File contents.
 */
export function jpegIsComplete(bytes: Uint8Array): boolean {
  let scan = -1;
  for (const { marker, end } of jpegSegments(bytes)) if (marker === SOS) scan = end;
  if (scan < 0) return false;
  // From the end, where it usually is.
  for (let at = bytes.lastIndexOf(END_OF_IMAGE); at > scan; at = bytes.lastIndexOf(END_OF_IMAGE, at - 1)) {
    if (bytes[at - 1] === 0xff) return true;
  }
  return false;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** Tag of the orientation. */
const ORIENTATION = 0x0112;

/**
 * Reads the Exif orientation.
 *
 * @param bytes File contents.
 * @returns 1 (as stored) to 8; 1 if there is none.
 */
export function exifOrientation(bytes: Uint8Array): number {
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === SOS) return 1;
    if (marker !== EXIF || textAt(bytes, start, 4) !== "Exif" || end > bytes.length) continue;
    const tiff = bytes.subarray(start + 6, end);
    if (tiff.length < 8) return 1;
    const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length), little = tiff[0] === 0x49;
    const directory = view.getUint32(4, little);
    if (directory + 2 > tiff.length) return 1;
    const entries = view.getUint16(directory, little);
    for (let i = 0, at = directory + 2; i < entries && at + 12 <= tiff.length; i++, at += 12) {
      if (view.getUint16(at, little) !== ORIENTATION) continue;
      const value = view.getUint16(at + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
  }
  return 1;
}
