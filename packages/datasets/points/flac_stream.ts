/**
 * Decodes FLAC by libFLAC compiled to WebAssembly. Its package finds the frames: each by the header of the next, so that the
 * last one needs something behind it.
 *
 * @module
 */
import { damaged, type Decoded, type Decoder } from "./decoded_sound.ts";

/** What the metadata of a stream say (RFC 9639, section 8). */
export interface FlacStream {
  /** Samples of each channel; 0 if the encoder did not know. */
  readonly samples: number;
  /** Offset of the first frame. */
  readonly frames: number;
  /** Whether the frames are in Ogg pages, which say where they end. */
  readonly isOgg: boolean;
}

/** Bytes of the longest header of a frame. */
const HEADER_BYTES = 16;

/** Bytes behind a header before the package looks at it. */
const TAIL_BYTES = 48;

/** Offset in STREAMINFO of the 36 bits with the number of samples, and its length. */
const SAMPLES_AT = 13, STREAMINFO_BYTES = 34;

const MARK = "fLaC";

/**
 * Reads the metadata of a stream.
 *
 * @param bytes File contents: FLAC, or FLAC in Ogg.
 * @param name File name for messages.
 * @throws {DataError} If they are damaged.
 */
export function flacStream(bytes: Uint8Array, name: string): FlacStream {
  const at = String.fromCharCode(...bytes.subarray(0, 128)).indexOf(MARK) + MARK.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A block: its type, of which the highest bit marks the last, and its length in 24 bits.
  if (at < MARK.length || bytes.length < at + 4 + STREAMINFO_BYTES || (bytes[at]! & 127) !== 0) {
    throw damaged(name, "it has no description of its stream");
  }
  const samples = (bytes[at + 4 + SAMPLES_AT]! & 15) * 2 ** 32 + view.getUint32(at + 5 + SAMPLES_AT);
  let frames = at;
  for (let isLast = false; !isLast && frames + 4 <= bytes.length;) {
    isLast = bytes[frames]! >= 128;
    frames += 4 + (view.getUint32(frames) & 0xffffff);
  }
  return { samples, frames, isOgg: at > MARK.length };
}

/**
 * Returns what is to be decoded behind a file, so that its last frame is found: the header of the first frame once more.
 *
 * @param bytes File contents.
 * @param stream Its metadata.
 * @returns Undefined for frames in Ogg pages.
 */
export function closingPiece(bytes: Uint8Array, { frames, isOgg }: FlacStream): Uint8Array | undefined {
  if (isOgg) return undefined;
  const piece = new Uint8Array(HEADER_BYTES + TAIL_BYTES);
  piece.set(bytes.subarray(frames, frames + HEADER_BYTES));
  return piece;
}

/** Opens a decoder, which divides integers of b bits by 2^(b-1) - 1; WAV files, and others, mean 2^(b-1). */
export async function openFlac(): Promise<Decoder> {
  const decoder = new (await import("@wasm-audio-decoders/flac")).FLACDecoder();
  await decoder.ready;
  const exact = (decoded: Awaited<ReturnType<typeof decoder.decode>>): Decoded => {
    const full = 2 ** (decoded.bitDepth - 1);
    for (const samples of decoded.channelData) {
      for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i]! * (full - 1)) / full;
    }
    return decoded;
  };
  return {
    decode: async (bytes) => exact(await decoder.decode(bytes)),
    flush: async () => exact(await decoder.flush()),
    free: () => decoder.free(),
  };
}
