/**
 * Decodes PNG files to 8 bits: transparency is composited over white, 16 bits are rounded to 8.
 *
 * @module
 */
import { decode, type DecodedPng } from "fast-png";
import { Unzlib, unzlibSync } from "fflate";
import { DataError } from "../core/data_error.ts";
import type { ImageHeader } from "./image_header.ts";
import type { Picture } from "./picture.ts";

const SIGNATURE_BYTES = 8;
/** Length, name and checksum of a chunk. */
const CHUNK_FRAME_BYTES = 12;
/** The chunks that define pixels; others (profiles, texts) may be large when decompressed, and are skipped. */
const PIXEL_CHUNKS = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];
/** Bytes decompressed at a time; they expand at most a thousandfold. */
const INFLATE_STEP = 2 ** 16;
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column, first row, and strides of the passes of an interlaced image (Adam7). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Chunk {
  readonly name: string;
  /** The chunk with its frame. */
  readonly bytes: Uint8Array;
}

function pixelChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; at + CHUNK_FRAME_BYTES <= bytes.length;) {
    const end = at + view.getUint32(at) + CHUNK_FRAME_BYTES;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (end > bytes.length) throw new Error(`it ends within its chunk ${name}`);
    if (PIXEL_CHUNKS.includes(name)) chunks.push({ name, bytes: bytes.subarray(at, end) });
    if (name === "IEND") return chunks;
    at = end;
  }
  throw new Error("it ends before its last chunk");
}

/** Decompresses the pixels without storing them, to check that their number matches the header. */
function checkInflatedSize(chunks: readonly Chunk[], expected: number): void {
  let inflated = 0, ended = false;
  const stream = new Unzlib((part, final) => {
    inflated += part.length;
    ended ||= final;
  });
  for (const { name, bytes } of chunks) {
    if (name !== "IDAT") continue;
    const data = bytes.subarray(8, bytes.length - 4);
    for (let at = 0; at < data.length && !ended; at += INFLATE_STEP) {
      stream.push(data.subarray(at, at + INFLATE_STEP));
      if (inflated > expected) throw new Error("it holds more pixels than its header declares");
    }
  }
  if (!ended) stream.push(new Uint8Array(0), true);
  if (inflated !== expected) throw new Error(`it holds ${inflated} bytes of pixels, expected ${expected}`);
}

/** Bytes of all rows with their filter bytes; of all seven passes if the image is interlaced. */
function rawBytes(width: number, height: number, bitsPerPixel: number, interlaced: boolean): number {
  const rows = (w: number, h: number) => w === 0 || h === 0 ? 0 : h * (1 + Math.ceil(w * bitsPerPixel / 8));
  if (!interlaced) return rows(width, height);
  return PASSES.reduce((sum, [x, y, dx, dy]) => {
    const [across, down] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
    return sum + rows(Math.max(0, across), Math.max(0, down));
  }, 0);
}

/** Unpacks samples of fewer than 8 bits, whose rows start at byte boundaries, to `[height, width, channels]`. */
function unpackSamples({ data, width, height, channels, depth }: DecodedPng): ArrayLike<number> {
  if (depth >= 8) return data;
  const samples = new Uint8Array(width * height * channels);
  const perRow = width * channels;
  const rowBytes = Math.ceil(perRow * depth / 8);
  for (let i = 0; i < samples.length; i++) {
    const bit = (i % perRow) * depth;
    const byte = data[Math.floor(i / perRow) * rowBytes + (bit >> 3)]!;
    samples[i] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }
  return samples;
}

/** Composites a byte over white. */
function overWhite(value: number, alpha: number): number {
  return Math.round(255 + (value - 255) * alpha / 255);
}

function palettePixels(samples: ArrayLike<number>, palette: readonly (readonly number[])[]): Uint8Array {
  const colours = palette.map(([red = 0, green = 0, blue = 0, alpha = 255]) =>
    [red, green, blue].map((value) => overWhite(value, alpha))
  );
  const pixels = new Uint8Array(3 * samples.length);
  for (let i = 0; i < samples.length; i++) {
    const colour = colours[samples[i]!];
    if (colour === undefined) {
      throw new Error(`it uses colour ${samples[i]} of a palette of ${colours.length}`);
    }
    pixels.set(colour, 3 * i);
  }
  return pixels;
}

/** Converts grey or colour samples, with an alpha channel or one fully transparent colour. */
function directPixels(png: DecodedPng, samples: ArrayLike<number>, colours: 1 | 3): Uint8Array {
  const { channels, depth, transparency } = png;
  if (png.data instanceof Uint8Array && depth === 8 && channels === colours && !transparency) return png.data;
  const scale = 255 / (2 ** depth - 1);
  const count = samples.length / channels;
  const pixels = new Uint8Array(count * colours);
  const isClear = (at: number) => {
    for (let c = 0; c < colours; c++) if (samples[at + c] !== transparency?.[c]) return false;
    return true;
  };
  for (let i = 0; i < count; i++) {
    const at = i * channels;
    const alpha = channels > colours ? samples[at + colours]! * scale : transparency && isClear(at) ? 0 : 255;
    for (let c = 0; c < colours; c++) {
      const value = samples[at + c]! * scale;
      pixels[i * colours + c] = alpha === 255 ? Math.round(value) : overWhite(value, alpha);
    }
  }
  return pixels;
}

/** Undoes the filter of a row of bytes, which is one byte per pixel or less. */
function unfilter(row: Uint8Array, above: Uint8Array | undefined, filter: number): void {
  for (let i = 0; i < row.length; i++) {
    const left = i > 0 ? row[i - 1]! : 0, up = above?.[i] ?? 0, corner = i > 0 ? above?.[i - 1] ?? 0 : 0;
    if (filter === 1) row[i]! += left;
    else if (filter === 2) row[i]! += up;
    else if (filter === 3) row[i]! += (left + up) >> 1;
    else if (filter === 4) row[i]! += paeth(left, up, corner);
    else if (filter !== 0) throw new Error(`it uses the unknown filter ${filter}`);
  }
}

/** The neighbour that is nearest to their linear prediction. */
function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner), toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});

/** Throws unless the checksum of a chunk is right. */
function checkCrc({ name, bytes }: Chunk): void {
  let sum = ~0;
  for (let i = 4; i < bytes.length - 4; i++) sum = CRC[(sum ^ bytes[i]!) & 255]! ^ (sum >>> 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((~sum >>> 0) !== view.getUint32(bytes.length - 4)) {
    throw new Error(`the checksum of its chunk ${name} is wrong`);
  }
}

/**
 * Checks the chunks of a PNG file without decoding it.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @throws {DataError} If it is truncated, or a checksum is wrong.
 */
export function checkPng(bytes: Uint8Array, name: string): void {
  try {
    pixelChunks(bytes).forEach(checkCrc);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(`${name} cannot be decoded as PNG: ${reason}. Repair, convert or remove it.`, {
      cause: error,
    });
  }
}

/** Contents of all chunks of a name. */
function contents(chunks: readonly Chunk[], name: string): readonly Uint8Array[] {
  return chunks.filter((chunk) => chunk.name === name).map(({ bytes }) =>
    bytes.subarray(8, bytes.length - 4)
  );
}

/** Decodes an interlaced image of fewer than 8 bits: grey or palette, one sample per pixel. */
function interlacedPicture(
  chunks: readonly Chunk[],
  { width, height, depth, isPalette }: { width: number; height: number; depth: number; isPalette: boolean },
): Picture {
  chunks.forEach(checkCrc);
  const parts = contents(chunks, "IDAT"),
    data = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (data.set(part, at), at + part.length), 0);
  const raw = unzlibSync(data), samples = new Uint8Array(width * height);
  let at = 0;
  for (const [left, top, dx, dy] of PASSES) {
    const across = Math.ceil((width - left) / dx), down = Math.ceil((height - top) / dy);
    if (across <= 0 || down <= 0) continue;
    const bytes = Math.ceil(across * depth / 8);
    let above: Uint8Array | undefined;
    for (let y = 0; y < down; y++, at += 1 + bytes) {
      const row = raw.subarray(at + 1, at + 1 + bytes);
      unfilter(row, above, raw[at]!);
      above = row;
      for (let x = 0; x < across; x++) {
        const bit = x * depth;
        samples[(top + y * dy) * width + left + x * dx] = (row[bit >> 3]! >> (8 - depth - (bit & 7))) &
          ((1 << depth) - 1);
      }
    }
  }
  const alpha = contents(chunks, "tRNS")[0];
  if (isPalette) {
    const colours = contents(chunks, "PLTE")[0];
    if (colours === undefined || colours.length % 3 !== 0) throw new Error("its palette is missing");
    const palette = Array.from(
      { length: colours.length / 3 },
      (_, i) => [...colours.subarray(3 * i, 3 * i + 3), alpha?.[i] ?? 255],
    );
    return { height, width, channels: 3, pixels: palettePixels(samples, palette) };
  }
  const clear = alpha && alpha.length >= 2 ? (alpha[0]! << 8) | alpha[1]! : -1;
  const pixels = samples.map((value) => value === clear ? 255 : Math.round(value * 255 / (2 ** depth - 1)));
  return { height, width, channels: 1, pixels };
}

/** Maximum number of bytes per sample. */
const MAX_SAMPLE_BYTES = 2;
/** Maximum expansion ratio of deflate. */
const MAX_RATIO = 1032;

/**
 * Returns an upper bound of the bytes that {@link decodePng} allocates.
 *
 * @param bytes File contents.
 * @param header Header.
 * @param header.width Columns of pixels.
 * @param header.height Rows of pixels.
 */
export function pngMemory(bytes: Uint8Array, { width, height }: ImageHeader): number {
  const depth = bytes[24] ?? 0, channels = CHANNELS[bytes[25] ?? 0] ?? 4;
  const raw = height * (1 + Math.ceil(width * channels * Math.min(depth, 8 * MAX_SAMPLE_BYTES) / 8));
  // Such a file is damaged, and rejected before pixels are stored.
  if (raw > MAX_RATIO * bytes.length) return bytes.length;
  // A copy of the pixel chunks; pixels inflated in pieces, joined, and unfiltered; samples; the result.
  return bytes.length + 3 * raw + width * height * (channels + 3);
}

/**
 * Decodes a PNG file whose sizes have been checked.
 *
 * @param bytes File contents.
 * @throws {Error} If it is damaged or unsupported; the message is a clause without the file's name.
 */
export function decodePng(bytes: Uint8Array): Picture {
  const chunks = pixelChunks(bytes);
  const [header] = chunks;
  if (header?.name !== "IHDR" || header.bytes.length !== 13 + CHUNK_FRAME_BYTES) {
    throw new Error("it does not begin with a header");
  }
  if (chunks.filter(({ name }) => name === "IHDR").length > 1) throw new Error("it has several headers");
  const view = new DataView(header.bytes.buffer, header.bytes.byteOffset + 8);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, interlaced] = [view.getUint8(8), view.getUint8(9), view.getUint8(12) === 1];
  checkInflatedSize(chunks, rawBytes(width, height, depth * (CHANNELS[colourType] ?? 0), interlaced));
  // Of interlaced images the library reads only those of whole bytes per sample.
  if (interlaced && depth < 8) {
    return interlacedPicture(chunks, { width, height, depth, isPalette: colourType === 3 });
  }
  const stripped = new Uint8Array(
    SIGNATURE_BYTES + chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0),
  );
  stripped.set(bytes.subarray(0, SIGNATURE_BYTES));
  let filled = SIGNATURE_BYTES;
  for (const chunk of chunks) {
    stripped.set(chunk.bytes, filled);
    filled += chunk.bytes.length;
  }
  const png = decode(stripped, { checkCrc: true });
  const samples = unpackSamples(png);
  if (colourType === 3) {
    if (!png.palette) throw new Error("its palette is missing");
    return { height, width, channels: 3, pixels: palettePixels(samples, png.palette) };
  }
  const channels = png.channels <= 2 ? 1 : 3;
  return { height, width, channels, pixels: directPixels(png, samples, channels) };
}
