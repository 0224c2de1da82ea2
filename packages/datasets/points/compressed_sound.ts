/**
 * Decodes compressed sounds: FLAC (also in Ogg), MP3, Ogg Vorbis and Opus, by the reference decoders compiled to WebAssembly
 * (libFLAC, mpg123, libvorbis, libopus), which are loaded with the first sound that needs them. Sounds are
 * decoded piece by piece and their channels averaged, so that memory follows the length of the result.
 *
 * @module
 */
import { MemoryError, requireMemory } from "@gasp/tensor";
import { describeContent, endingOfContent } from "../core/content.ts";
import { DataError } from "../core/data_error.ts";
import { readWav, type Sound } from "./wav.ts";

/** Bytes decoded at a time. Silence expands thousandfold. */
const PIECE = 2 ** 14;

/** Opus is always decoded at this rate, in which its positions are counted. */
const OPUS_RATE = 48_000;

/** What all decoders return for a piece. */
interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** A decoder, whose memory is to be freed. */
interface Freed {
  free(): void;
}

/** A decoder of consecutive pieces of a file. */
interface Decoder extends Freed {
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
  /** Decodes what is left at the end; absent where nothing is. */
  flush?(): Promise<Decoded>;
}

/** Averages channels of consecutive pieces. */
class MonoSamples {
  readonly #parts: Float32Array[] = [];
  #rate = 0;
  #length = 0;

  constructor(readonly name: string) {}

  add({ channelData: channels, sampleRate, errors }: Decoded): void {
    const [error] = errors, [first] = channels;
    if (error) throw damaged(this.name, error.message);
    if (first === undefined || first.length === 0) return;
    this.#rate ||= sampleRate;
    if (sampleRate !== this.#rate) {
      throw new DataError(
        `${this.name} changes its sample rate from ${this.#rate} to ${sampleRate} Hz: convert it to WAV.`,
      );
    }
    this.#length += first.length;
    // The pieces, and the whole.
    requireMemory({ purpose: `${this.name}, a sound of ${this.#length} samples,`, bytes: 8 * this.#length });
    const mono = new Float32Array(first.length);
    for (const channel of channels) {
      for (let i = 0; i < mono.length; i++) mono[i] = mono[i]! + channel[i]! / channels.length;
    }
    this.#parts.push(mono);
  }

  sound(): Sound {
    if (this.#length === 0) throw damaged(this.name, "it has no samples");
    const samples = new Float32Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      samples.set(part, at);
      at += part.length;
    }
    return { rate: this.#rate, samples };
  }
}

function damaged(name: string, reason: string): DataError {
  return new DataError(
    `${name} cannot be decoded (${reason.replace(/\.$/, "")}): copy or download it again.`,
  );
}

async function decodePieces(bytes: Uint8Array, name: string, decoder: Decoder): Promise<Sound> {
  const mono = new MonoSamples(name);
  for (let at = 0; at < bytes.length; at += PIECE) {
    mono.add(await decoder.decode(bytes.subarray(at, at + PIECE)));
  }
  if (decoder.flush) mono.add(await decoder.flush());
  return mono.sound();
}

/** Opens a decoder, decodes, and frees its memory; what the libraries throw becomes a {@link DataError}. */
async function withDecoder<D extends Freed>(
  name: string,
  open: () => Promise<D>,
  decode: (decoder: D) => Promise<Sound>,
): Promise<Sound> {
  const decoder = await open();
  try {
    return await orDataError(name, () => decode(decoder));
  } finally {
    decoder.free();
  }
}

async function orDataError<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof DataError || cause instanceof MemoryError) throw cause;
    throw damaged(name, cause instanceof Error ? cause.message : String(cause));
  }
}

async function ready<T extends { readonly ready: Promise<void> }>(decoder: T): Promise<T> {
  await decoder.ready;
  return decoder;
}

/** FLAC's decoder divides integers of b bits by 2^(b-1) - 1; WAV files, and others, mean 2^(b-1). */
async function openFlac(): Promise<Decoder> {
  const decoder = await ready(new (await import("@wasm-audio-decoders/flac")).FLACDecoder());
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

const openers = {
  flac: openFlac,
  mp3: async () => await ready(new (await import("mpg123-decoder")).MPEGDecoder()),
  vorbis: async () => await ready(new (await import("@wasm-audio-decoders/ogg-vorbis")).OggVorbisDecoder()),
};

/** Decodes Opus: its pages are parsed, then its frames decoded, without the delay of the encoder and the padding at the end. */
async function decodeOpus(bytes: Uint8Array, name: string): Promise<Sound> {
  const [{ default: CodecParser }, { OpusDecoder }] = await Promise.all([
    import("codec-parser"),
    import("opus-decoder"),
  ]);
  const pages = new CodecParser("application/ogg", { enableFrameCRC32: false }).parseAll(bytes);
  const frames = pages.flatMap((page) => "codecFrames" in page ? page.codecFrames : [page]);
  const header = frames[0]?.header, last = pages.at(-1);
  if (header === undefined || !("preSkip" in header)) throw damaged(name, "it has no frames of Opus");
  const end = last && "absoluteGranulePosition" in last ? Number(last.absoluteGranulePosition ?? 0) : 0;
  const { channels, streamCount, coupledStreamCount, channelMappingTable, preSkip } = header;
  const decoder = new OpusDecoder({
    channels,
    streamCount,
    coupledStreamCount,
    channelMappingTable,
    preSkip,
  });
  return await withDecoder(name, () => ready(decoder), () => {
    const mono = new MonoSamples(name);
    for (const { data } of frames) mono.add(decoder.decodeFrame(data));
    const { samples } = mono.sound(), length = end - preSkip;
    return Promise.resolve({ rate: OPUS_RATE, samples: length > 0 ? samples.slice(0, length) : samples });
  });
}

/** Decodes the codec that the first page of an Ogg file names. */
async function decodeOgg(bytes: Uint8Array, name: string): Promise<Sound> {
  const start = String.fromCharCode(...bytes.subarray(0, 512));
  if (start.includes("OpusHead")) return await orDataError(name, () => decodeOpus(bytes, name));
  const codec = start.includes("\x01vorbis") ? "vorbis" : start.includes("\x7fFLAC") ? "flac" : undefined;
  if (codec !== undefined) {
    return await withDecoder(name, openers[codec], (decoder) => decodePieces(bytes, name, decoder));
  }
  throw new DataError(
    `${name} is an Ogg file of a codec that is not read (Vorbis, Opus and FLAC are): convert it with ffmpeg -i IN OUT.wav.`,
  );
}

/**
 * Reads a sound of any supported format, which is recognised by its content, and averages its channels.
 *
 * @param bytes Contents of a WAV, FLAC, MP3 or Ogg (Vorbis, Opus, FLAC) file.
 * @param name File name for messages.
 * @throws {DataError} If it has another format or is damaged.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { readSound, writeWav } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const { rate } = await readSound(writeWav({ rate: 8000, samples: Float32Array.of(0, 0.5) }), "a.wav");
 * assertEquals(rate, 8000);
 * ```
 *
 * @category Curves and sounds
 */
export async function readSound(bytes: Uint8Array, name: string = "the file"): Promise<Sound> {
  switch (endingOfContent(bytes.subarray(0, 16))) {
    case ".wav":
      return readWav(bytes, name);
    case ".flac":
      return await withDecoder(name, openers.flac, (decoder) => decodePieces(bytes, name, decoder));
    case ".mp3":
      return await withDecoder(name, openers.mp3, (decoder) => decodePieces(bytes, name, decoder));
    case ".ogg":
      return await decodeOgg(bytes, name);
    default:
      throw new DataError(describeContent(bytes.subarray(0, 512), name, "a WAV, FLAC, MP3 or Ogg file"));
  }
}
