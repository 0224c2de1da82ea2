/**
 * Reads and writes WAV files: PCM of 8, 16, 24 and 32 bits and floats of 32 and 64 bits, with chunks in any order, also in
 * RF64 and BW64 files (EBU Tech 3306), whose chunk `ds64` has the length of the data.
 *
 * @module
 */
import { requireMemory } from "@gasp/tensor";
import { DataError } from "../core/data_error.ts";

/**
 * Mono sound.
 *
 * @category Curves and sounds
 */
export interface Sound {
  /** Sample rate in Hz. */
  readonly rate: number;
  /** Samples in [-1, 1]; those of float files may exceed it. */
  readonly samples: Float32Array;
}

const PCM = 1, FLOAT = 3, EXTENSIBLE = 0xfffe;

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly rate: number;
  readonly frameBytes: number;
  readonly bits: number;
}

function parseFormat(chunk: DataView, name: string): Format {
  if (chunk.byteLength < 16) {
    throw new DataError(`${name}: its fmt chunk has ${chunk.byteLength} bytes, expected at least 16.`);
  }
  let encoding = chunk.getUint16(0, true);
  // The actual encoding is the first field of the sub-format GUID.
  if (encoding === EXTENSIBLE && chunk.byteLength >= 26) encoding = chunk.getUint16(24, true);
  return {
    encoding,
    channels: chunk.getUint16(2, true),
    rate: chunk.getUint32(4, true),
    frameBytes: chunk.getUint16(12, true),
    bits: chunk.getUint16(14, true),
  };
}

/** Returns the reader of a format's samples, scaled to [-1, 1]. */
function sampleReader({ encoding, bits }: Format, name: string): (view: DataView, at: number) => number {
  const kind = `${encoding} of ${bits}`;
  switch (kind) {
    case `${PCM} of 8`:
      return (view, at) => (view.getUint8(at) - 128) / 128;
    case `${PCM} of 16`:
      return (view, at) => view.getInt16(at, true) / 2 ** 15;
    case `${PCM} of 24`:
      return (view, at) => (view.getUint16(at, true) + 2 ** 16 * view.getInt8(at + 2)) / 2 ** 23;
    case `${PCM} of 32`:
      return (view, at) => view.getInt32(at, true) / 2 ** 31;
    case `${FLOAT} of 32`:
      return (view, at) => view.getFloat32(at, true);
    case `${FLOAT} of 64`:
      return (view, at) => view.getFloat64(at, true);
    default:
      throw new DataError(
        `${name} has encoding ${encoding} with ${bits} bits: only PCM (1) of 8, 16, 24 and 32 bits and floats (3) of 32 ` +
          "and 64 bits are supported. Convert it, for example with ffmpeg -i in.wav -c:a pcm_s16le out.wav.",
      );
  }
}

/** Returns the length of the data in a chunk `ds64`, after that of the file. */
function wideLength(chunk: Uint8Array): number {
  return Number(new DataView(chunk.buffer, chunk.byteOffset, chunk.length).getBigUint64(8, true));
}

/** Finds the first chunk of each name. Lengths beyond the end of the file, as interrupted recorders leave them, are clipped. */
function chunksOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = String.fromCharCode(...bytes.subarray(at, at + 4));
    const declared = view.getUint32(at + 4, true), wide = chunks.get("ds64");
    const isWide = id === "data" && declared === 0xffffffff && wide !== undefined && wide.length >= 16;
    const length = isWide ? wideLength(wide) : declared;
    if (!chunks.has(id)) chunks.set(id, bytes.subarray(at + 8, at + 8 + length));
    // Chunks of odd length are followed by a padding byte.
    at += 8 + length + length % 2;
  }
  return chunks;
}

/**
 * Reads a WAV file and averages its channels.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @throws {DataError} If it is not a WAV file, is damaged, has an unsupported encoding, or samples that are not finite.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { readWav, writeWav } from "@gasp/datasets";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const { rate, samples } = readWav(writeWav({ rate: 8000, samples: Float32Array.of(0, 0.5, -0.5) }));
 * assertEquals([rate, samples.length], [8000, 3]);
 * assertAlmostEquals(samples[1]!, 0.5, 1e-4);
 * ```
 *
 * @category Curves and sounds
 */
export function readWav(bytes: Uint8Array, name: string = "the file"): Sound {
  const ascii = (from: number) => String.fromCharCode(...bytes.subarray(from, from + 4));
  if (!["RIFF", "RF64", "BW64"].includes(ascii(0)) || ascii(8) !== "WAVE") {
    throw new DataError(`${name} is not a WAV file: it does not start with RIFF and WAVE.`);
  }
  const chunks = chunksOf(bytes), fmt = chunks.get("fmt "), data = chunks.get("data");
  if (fmt === undefined || data === undefined) {
    throw new DataError(
      `${name} has no ${fmt === undefined ? "fmt" : "data"} chunk: it is damaged or truncated.`,
    );
  }
  const format = parseFormat(new DataView(fmt.buffer, fmt.byteOffset, fmt.length), name);
  const read = sampleReader(format, name);
  const { channels, rate, frameBytes, bits } = format;
  if (channels === 0 || rate === 0 || frameBytes !== channels * bits / 8) {
    throw new DataError(
      `${name} declares ${channels} channels of ${bits} bits in ${frameBytes} bytes at ${rate} Hz: it is damaged.`,
    );
  }
  const frames = Math.floor(data.length / frameBytes);
  if (frames === 0) throw new DataError(`${name} has no samples.`);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  requireMemory({ purpose: `${name}, a sound of ${frames} samples,`, bytes: 4 * frames });
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += read(view, frame * frameBytes + channel * bits / 8);
    }
    samples[frame] = sum / channels;
  }
  const bad = samples.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new DataError(`${name}: sample ${bad} is ${samples[bad]}, not a finite number.`);
  }
  return { rate, samples };
}

/**
 * Writes a mono WAV file in 16-bit PCM. Samples are clamped to [-1, 1].
 *
 * @param sound Samples and sample rate.
 * @returns File contents.
 * @throws {RangeError} If the rate is not a positive integer.
 *
 * @example
 * ```ts
 * import { writeWav } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const file = writeWav({ rate: 44_100, samples: new Float32Array(10) });
 * assertEquals(new TextDecoder().decode(file.subarray(0, 4)), "RIFF");
 * ```
 *
 * @category Curves and sounds
 */
export function writeWav({ rate, samples }: Sound): Uint8Array {
  if (!Number.isInteger(rate) || rate < 1 || rate >= 2 ** 32) {
    throw new RangeError(`the sample rate must be a positive integer, got ${rate}`);
  }
  const bytes = new Uint8Array(44 + 2 * samples.length), view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.max(-1, Math.min(1, samples[i]!));
    view.setInt16(44 + 2 * i, Math.round(value * 32767), true);
  }
  return bytes;
}
