/**
 * Animated PNG files: each frame is a plain PNG whose pixel chunks are renumbered, as the format of 2023 (PNG, third
 * edition) has it. A viewer that knows no animation shows the first frame.
 * @module
 */
import { encodePng, type RasterImage } from "../image/mod.ts";

/**
 * How an animation plays.
 *
 * @category Exploration
 */
export interface AnimationOptions {
  /** Frames in a second, from 1 to 100. Default: 12. */
  readonly rate?: number;
}

const SIGNATURE_BYTES = 8;
const HUNDREDTHS = 100;

/** Bytes of a frame's header: number, width, height, left, top, two halves of the delay, disposal, blending. */
const FRAME_HEADER_BYTES = 26;

/**
 * The bytes of an animated PNG file that plays for ever.
 *
 * @param frames Pictures of one size, at least one.
 * @param options How it plays.
 * @throws {RangeError} If there is no frame, or they differ in size or channels.
 *
 * @example
 * ```ts
 * import { encodeAnimatedPng } from "@gasp/gasp/explore";
 * import { assert } from "@std/assert";
 *
 * const frame = (value: number) => ({ height: 1, width: 1, channels: 1, pixels: Uint8Array.of(value) } as const);
 * const file = encodeAnimatedPng([frame(0), frame(255)], { rate: 2 });
 * assert(new TextDecoder("latin1").decode(file).includes("acTL"));
 * ```
 *
 * @category Exploration
 */
export function encodeAnimatedPng(
  frames: readonly RasterImage[],
  options: AnimationOptions = {},
): Uint8Array {
  const [first] = frames, { rate = 12 } = options;
  if (!first) throw new RangeError("an animation needs at least one frame, got none");
  const parts: Uint8Array[] = [];
  let number = 0;
  frames.forEach((frame, i) => {
    checkSize(frame, first, i);
    const file = encodePng(frame), chunks = readChunks(file);
    if (i === 0) {
      const header = chunks.find(({ name }) => name === "IHDR")!;
      parts.push(file.subarray(0, SIGNATURE_BYTES), chunk("IHDR", header.data));
      parts.push(chunk("acTL", words(frames.length, 0)));
    }
    parts.push(chunk("fcTL", frameHeader(number++, frame, rate)));
    for (const { name, data } of chunks) {
      if (name !== "IDAT") continue;
      parts.push(i === 0 ? chunk("IDAT", data) : chunk("fdAT", join([words(number++), data])));
    }
  });
  parts.push(chunk("IEND", new Uint8Array(0)));
  return join(parts);
}

function checkSize(frame: RasterImage, first: RasterImage, i: number): void {
  const sizes = ({ width, height, channels }: RasterImage) => `${width}×${height}×${channels}`;
  if (sizes(frame) !== sizes(first)) {
    throw new RangeError(
      `frame ${i} is ${sizes(frame)}, the first one ${sizes(first)}: frames have one size`,
    );
  }
}

function frameHeader(number: number, { width, height }: RasterImage, rate: number): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES), view = new DataView(bytes.buffer);
  bytes.set(words(number, width, height, 0, 0));
  view.setUint16(20, Math.round(HUNDREDTHS / rate));
  view.setUint16(22, HUNDREDTHS);
  return bytes;
}

/** Numbers of 32 bits, the high byte first. */
function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setUint32(4 * i, value));
  return new Uint8Array(view.buffer);
}

function readChunks(file: Uint8Array): { name: string; data: Uint8Array }[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength), chunks = [];
  for (let at = SIGNATURE_BYTES; at < file.length;) {
    const size = view.getUint32(at), name = String.fromCharCode(...file.subarray(at + 4, at + 8));
    chunks.push({ name, data: file.subarray(at + 8, at + 8 + size) });
    at += 12 + size;
  }
  return chunks;
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = join([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), data]);
  return join([words(data.length), body, words(checkSum(body))]);
}

/** Each byte's part of the check sum: CRC-32 with the reversed polynomial. */
const CHECK_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function checkSum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = CHECK_TABLE[(sum ^ byte) & 255]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
