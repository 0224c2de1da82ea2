/**
 * The parts of a PNG file (PNG specification, third edition, section 5): a signature and chunks.
 * @module
 */

/** First bytes of a file. */
export const SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A chunk of a file. */
export interface PngChunk {
  /** Four letters. */
  readonly name: string;
  /** Contents. */
  readonly data: Uint8Array;
}

/** Big-endian 32-bit integers. @param values From 0 to 2³² - 1. */
export function words(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setUint32(4 * i, value));
  return new Uint8Array(view.buffer);
}

/** Splits a file into its chunks. @param file A valid file. */
export function readChunks(file: Uint8Array): PngChunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength), chunks: PngChunk[] = [];
  for (let at = SIGNATURE.length; at < file.length;) {
    const size = view.getUint32(at), name = String.fromCharCode(...file.subarray(at + 4, at + 8));
    chunks.push({ name, data: file.subarray(at + 8, at + 8 + size) });
    at += 12 + size;
  }
  return chunks;
}

/** Encodes a chunk. @param name Four letters. @param data Contents. */
export function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = joinBytes([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), data]);
  return joinBytes([words(data.length), body, words(crc32(body))]);
}

/** Table of CRC-32 with the reversed polynomial. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Concatenates bytes. @param parts Parts in order. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
