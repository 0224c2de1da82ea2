/**
 * Decodes compressed sounds: FLAC (also in Ogg), MP3, Ogg Vorbis and Opus, by the reference decoders compiled to WebAssembly
 * (libFLAC, mpg123, libvorbis, libopus), which are loaded with the first sound that needs them. Sounds are
 * decoded piece by piece and their channels averaged, so that memory follows the length of the result.
 *
 * @module
 */
import { MemoryError } from "@gasp/tensor";
import { describeContent, endingOfContent } from "../core/content.ts";
import { DataError } from "../core/data_error.ts";
import { damaged, type Decoder, type Freed, MonoSamples } from "./decoded_sound.ts";
import { closingPiece, flacStream, openFlac } from "./flac_stream.ts";
import { readWav, type Sound } from "./wav.ts";

/** Bytes decoded at a time. Silence expands thousandfold. */
const PIECE = 2 ** 14;

/** Opus is always decoded at this rate, in which its positions are counted. */
const OPUS_RATE = 48_000;

async function decodePieces(
  bytes: Uint8Array,
  name: string,
  decoder: Decoder,
  end?: Uint8Array,
): Promise<Sound> {
  const mono = new MonoSamples(name);
  for (let at = 0; at < bytes.length; at += PIECE) {
    mono.add(await decoder.decode(bytes.subarray(at, at + PIECE)));
  }
  if (end) mono.add(await decoder.decode(end));
  else if (decoder.flush) mono.add(await decoder.flush());
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

const openers = {
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

/** Decodes FLAC, and checks that all samples are there that it declares. */
async function flac(bytes: Uint8Array, name: string): Promise<Sound> {
  return await withDecoder(name, openFlac, async (decoder) => {
    const stream = flacStream(bytes, name), end = closingPiece(bytes, stream);
    const sound = await decodePieces(bytes, name, decoder, end), { length } = sound.samples;
    if (stream.samples === 0 || stream.samples === length) return sound;
    throw damaged(name, `${length} of its ${stream.samples} samples can be read`);
  });
}

/** Decodes the codec that the first page of an Ogg file names. */
async function decodeOgg(bytes: Uint8Array, name: string): Promise<Sound> {
  const start = String.fromCharCode(...bytes.subarray(0, 512));
  if (start.includes("OpusHead")) return await orDataError(name, () => decodeOpus(bytes, name));
  if (start.includes("\x7fFLAC")) return await flac(bytes, name);
  if (start.includes("\x01vorbis")) {
    return await withDecoder(name, openers.vorbis, (decoder) => decodePieces(bytes, name, decoder));
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
      return await flac(bytes, name);
    case ".mp3":
      return await withDecoder(name, openers.mp3, (decoder) => decodePieces(bytes, name, decoder));
    case ".ogg":
      return await decodeOgg(bytes, name);
    default:
      throw new DataError(describeContent(bytes.subarray(0, 512), name, "a WAV, FLAC, MP3 or Ogg file"));
  }
}
