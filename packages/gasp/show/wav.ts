/**
 * Sounds as WAV files of 16 bits.
 * @module
 */

const HEADER = 44, PCM = 1, BITS = 16;

/**
 * A WAV file with one channel.
 *
 * @param samples Values in [-1, 1]; what lies outside is cut off.
 * @param rate Samples in a second; rounded to a whole number.
 *
 * @example
 * ```ts
 * import { encodeWav } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const file = encodeWav(Float32Array.of(0, 0.5, -0.5), 8000);
 * assertEquals(file.length, 44 + 3 * 2);
 * ```
 *
 * @category Files of samples
 */
export function encodeWav(samples: ArrayLike<number>, rate: number): Uint8Array {
  const dataBytes = samples.length * 2, hertz = Math.round(rate);
  const bytes = new Uint8Array(HEADER + dataBytes), view = new DataView(bytes.buffer);
  const word = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  word(0, "RIFF");
  view.setUint32(4, HEADER - 8 + dataBytes, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, hertz, true);
  view.setUint32(28, hertz * BITS / 8, true);
  view.setUint16(32, BITS / 8, true);
  view.setUint16(34, BITS, true);
  word(36, "data");
  view.setUint32(40, dataBytes, true);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.min(1, Math.max(-1, samples[i]!));
    view.setInt16(HEADER + 2 * i, Math.round(value * 32767), true);
  }
  return bytes;
}
