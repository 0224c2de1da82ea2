/**
 * Animated PNG (PNG specification, third edition): each frame is encoded as a plain PNG and its chunks are renumbered.
 * Viewers without support for animation show the first frame.
 * @module
 */
import { encodePng, type RasterImage } from "../image/mod.ts";
import { chunk, joinBytes, readChunks, SIGNATURE, words } from "../image/png_chunks.ts";

/**
 * Playback options of an animation.
 *
 * @category Exploration
 */
export interface AnimationOptions {
  /** Frames per second, from 1 to 100. Default: 12. */
  readonly rate?: number;
}

const HUNDREDTHS = 100;

/** Size of the fcTL chunk: sequence number, width, height, x, y, delay numerator and denominator, dispose and blend op. */
const FRAME_HEADER_BYTES = 26;

/**
 * Encodes an animated PNG that loops forever.
 *
 * @param frames Images of the same size, at least one.
 * @param options Playback options.
 * @throws {RangeError} If there are no frames, or they differ in size or channels.
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
      parts.push(SIGNATURE, chunk("IHDR", header.data));
      parts.push(chunk("acTL", words(frames.length, 0)));
    }
    parts.push(chunk("fcTL", frameHeader(number++, frame, rate)));
    for (const { name, data } of chunks) {
      if (name !== "IDAT") continue;
      parts.push(i === 0 ? chunk("IDAT", data) : chunk("fdAT", joinBytes([words(number++), data])));
    }
  });
  parts.push(chunk("IEND", new Uint8Array(0)));
  return joinBytes(parts);
}

function checkSize(frame: RasterImage, first: RasterImage, i: number): void {
  const sizes = ({ width, height, channels }: RasterImage) => `${width}×${height}×${channels}`;
  if (sizes(frame) !== sizes(first)) {
    throw new RangeError(
      `frame ${i} is ${sizes(frame)}, but the first one is ${
        sizes(first)
      }: all frames must have the same size`,
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
