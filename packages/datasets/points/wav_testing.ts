/**
 * Writes WAV files of every encoding, for tests.
 *
 * @module
 */

/** Writes a chunk with its padding. @param id Its name. @param content Its contents. */
export function wavChunk(id: string, content: Uint8Array): number[] {
  const length = new Uint8Array(new Uint32Array([content.length]).buffer);
  return [...new TextEncoder().encode(id), ...length, ...content, ...(content.length % 2 ? [0] : [])];
}

/** Returns the contents of a chunk `fmt `. @param encoding 1 for PCM, 3 for floats. @param channels Channels. @param bits Bits of a sample. @param rate Rate in Hz. */
export function wavFormat(encoding: number, channels: number, bits: number, rate = 8000): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint16(0, encoding, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rate, true);
  view.setUint32(8, rate * channels * bits / 8, true);
  view.setUint16(12, channels * bits / 8, true);
  view.setUint16(14, bits, true);
  return new Uint8Array(view.buffer);
}

/** Writes a file. @param chunks Its chunks. */
export function wavFile(...chunks: number[][]): Uint8Array {
  const body = chunks.flat();
  return Uint8Array.of(...wavChunk("RIFF", Uint8Array.of(...new TextEncoder().encode("WAVE"), ...body)));
}

/** Returns the bytes of numbers. @param numbers Numbers. */
export function bytesOf(numbers: Int16Array | Int32Array | Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer);
}

/** Every encoding that is read, with the samples -1, 0 and 0.5. */
export const WAV_KINDS: readonly [what: string, encoding: number, bits: number, content: Uint8Array][] = [
  ["8-bit", 1, 8, Uint8Array.of(0, 128, 192)],
  ["16-bit", 1, 16, bytesOf(Int16Array.of(-32768, 0, 16384))],
  ["24-bit", 1, 24, Uint8Array.of(0, 0, 0x80, 0, 0, 0, 0, 0, 0x40)],
  ["32-bit", 1, 32, bytesOf(Int32Array.of(-(2 ** 31), 0, 2 ** 30))],
  ["float", 3, 32, bytesOf(Float32Array.of(-1, 0, 0.5))],
  ["double", 3, 64, bytesOf(Float64Array.of(-1, 0, 0.5))],
];

/**
 * Turns a file of one chunk `fmt ` and one chunk `data` into one of 64-bit lengths (EBU Tech 3306).
 *
 * @param plain File as `writeWav` writes it.
 * @param id Its signature.
 */
export function wideWav(plain: Uint8Array, id: "RF64" | "BW64" = "RF64"): Uint8Array {
  const wide = new Uint8Array(plain.length + 36), view = new DataView(wide.buffer);
  wide.set(plain.subarray(0, 12));
  wide.set(new TextEncoder().encode(id));
  wide.set(new TextEncoder().encode("ds64"), 12);
  view.setUint32(16, 28, true);
  view.setBigUint64(28, BigInt(plain.length - 44), true);
  wide.set(plain.subarray(12), 48);
  view.setUint32(48 + 28, 0xffffffff, true);
  return wide;
}
