/**
 * Decodes BMP files of Windows and OS/2: 1, 4, 8, 16, 24 and 32 bits, with a palette, masks of colours, or run lengths.
 *
 * @module
 */
import type { Rgba } from "./wasm_decoders.ts";

const RLE8 = 1, RLE4 = 2, MASKS = [3, 6];

/** A colour's bits in a pixel. */
interface Mask {
  readonly shift: number;
  readonly most: number;
}

function maskOf(bits: number): Mask {
  if (bits === 0) return { shift: 0, most: 0 };
  const shift = 31 - Math.clz32(bits & -bits);
  return { shift, most: bits >>> shift };
}

/** Returns an 8-bit value of a masked colour; `standard` if it has no bits. */
function masked(pixel: number, { shift, most }: Mask, standard: number): number {
  return most === 0 ? standard : Math.round(((pixel >>> shift) & most) * 255 / most);
}

/**
 * Decodes a BMP file whose size has been checked.
 *
 * @param bytes File contents.
 * @throws {Error} If it is damaged or unsupported; the message is a clause without the file's name.
 */
export function decodeBmp(bytes: Uint8Array): Rgba {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return decode(view, bytes);
  } catch (error) {
    throw error instanceof RangeError ? new Error("it is truncated", { cause: error }) : error;
  }
}

function decode(view: DataView, bytes: Uint8Array): Rgba {
  const start = view.getUint32(10, true), headerBytes = view.getUint32(14, true), isOld = headerBytes === 12;
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const signed = isOld ? view.getUint16(20, true) : view.getInt32(22, true), height = Math.abs(signed);
  const bits = view.getUint16(isOld ? 24 : 28, true), coding = isOld ? 0 : view.getUint32(30, true);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`it has ${bits} bits per pixel`);
  const hasMasks = MASKS.includes(coding), isRle = coding === RLE8 || coding === RLE4;
  if (coding !== 0 && !hasMasks && !isRle) {
    throw new Error(`it uses the compression ${coding}, which is not supported`);
  }
  const data = new Uint8Array(4 * width * height).fill(255);
  const rowAt = (row: number) => 4 * width * (signed < 0 ? row : height - 1 - row);
  if (bits <= 8) {
    const palette = paletteOf(view, {
      at: 14 + headerBytes,
      end: start,
      entry: isOld ? 3 : 4,
      colours: 2 ** bits,
    });
    const put = (row: number, column: number, index: number) => {
      const colour = palette[index];
      if (colour === undefined) throw new Error(`it uses colour ${index} of a palette of ${palette.length}`);
      data.set(colour, rowAt(row) + 4 * column);
    };
    if (isRle) {
      if (coding === (bits === 8 ? RLE8 : RLE4)) runLengths(bytes, start, width, height, bits, put);
      else throw new Error("its run lengths are of another depth");
      return { width, height, data };
    }
    const rowBytes = 4 * Math.ceil(width * bits / 32);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const bit = column * bits, byte = view.getUint8(start + row * rowBytes + (bit >> 3));
        put(row, column, (byte >> (8 - bits - (bit & 7))) & (2 ** bits - 1));
      }
    }
    return { width, height, data };
  }
  const masksAt = 14 + 40, standard = bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const hasAlpha = hasMasks && (headerBytes >= 56 || coding === 6);
  const masks = standard.map((mask, i) => {
    if (!hasMasks) return maskOf(mask);
    return maskOf(i < 3 || hasAlpha ? view.getUint32(masksAt + 4 * i, true) : 0);
  }) as [Mask, Mask, Mask, Mask];
  const pixelBytes = bits / 8, rowBytes = 4 * Math.ceil(width * bits / 32);
  for (let row = 0; row < height; row++) {
    for (let column = 0, to = rowAt(row); column < width; column++, to += 4) {
      const at = start + row * rowBytes + column * pixelBytes;
      const pixel = bits === 16
        ? view.getUint16(at, true)
        : bits === 32
        ? view.getUint32(at, true)
        : view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
      for (let c = 0; c < 4; c++) data[to + c] = masked(pixel, masks[c]!, 255);
    }
  }
  return { width, height, data };
}

/** Reads the colours between the header and the pixels, as RGBA. */
function paletteOf(
  view: DataView,
  { at, end, entry, colours }: { at: number; end: number; entry: number; colours: number },
): readonly (readonly [number, number, number, number])[] {
  const count = Math.max(0, Math.min(colours, Math.floor((end - at) / entry)));
  return Array.from({ length: count }, (_, i) => {
    const from = at + i * entry;
    return [view.getUint8(from + 2), view.getUint8(from + 1), view.getUint8(from), 255] as const;
  });
}

/** Decodes run lengths; pixels that they skip have colour 0. */
function runLengths(
  bytes: Uint8Array,
  start: number,
  width: number,
  height: number,
  bits: number,
  put: (row: number, column: number, index: number) => void,
): void {
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) put(row, column, 0);
  let row = 0, column = 0;
  const paint = (index: number) => {
    if (row < height && column < width) put(row, column, index);
    column++;
  };
  // Indices are those of a byte, or alternate between its halves.
  const indexOf = (byte: number, i: number) => bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15;
  for (let at = start; at + 1 < bytes.length;) {
    const count = bytes[at]!, value = bytes[at + 1]!;
    at += 2;
    if (count > 0) { for (let i = 0; i < count; i++) paint(indexOf(value, i)); }
    else if (value === 0) [row, column] = [row + 1, 0];
    else if (value === 1) return;
    else if (value === 2) {
      column += bytes[at] ?? 0;
      row += bytes[at + 1] ?? 0;
      at += 2;
    } else {
      for (let i = 0; i < value; i++) paint(indexOf(bytes[at + (bits === 8 ? i : i >> 1)] ?? 0, i));
      const used = bits === 8 ? value : Math.ceil(value / 2);
      at += used + used % 2;
    }
  }
  throw new Error("it is truncated");
}
