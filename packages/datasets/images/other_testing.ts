/**
 * GIF, TIFF and BMP files of four pixels, for tests.
 *
 * @module
 */
import { GifWriter } from "omggif";
import UTIF from "utif2";

/** The colours red, green, blue and white, one pixel each: the image of 2×2 pixels in every file here. */
export const FOUR: readonly number[] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];

/** A GIF file of two frames; the second is white. */
export function gifFile(): Uint8Array {
  const bytes = new Uint8Array(1000);
  const writer = new GifWriter(bytes, 2, 2, { palette: [0xff0000, 0x00ff00, 0x0000ff, 0xffffff] });
  writer.addFrame(0, 0, 2, 2, [0, 1, 2, 3]);
  writer.addFrame(0, 0, 2, 2, [3, 3, 3, 3]);
  return bytes.slice(0, writer.end());
}

/** A TIFF file without compression. */
export function tiffFile(): Uint8Array {
  const rgba = Uint8Array.from({ length: 16 }, (_, i) => i % 4 === 3 ? 255 : FOUR[3 * (i >> 2) + i % 4]!);
  return new Uint8Array(UTIF.encodeImage(rgba, 2, 2));
}

/** A BMP file of 24 bits, or of 8 with run lengths. @param isRle Whether it has run lengths. */
export function bmpFile(isRle: boolean): Uint8Array {
  const order = [2, 3, 0, 1];
  const body = isRle ? [1, 2, 1, 3, 0, 0, 1, 0, 1, 1, 0, 1] : [0, 1].flatMap((row) => [
    ...[0, 1].flatMap((x) => FOUR.slice(3 * order[2 * row + x]!, 3 * order[2 * row + x]! + 3).reverse()),
    ...[0, 0],
  ]);
  const palette = isRle ? [0, 1, 2, 3].flatMap((i) => [...FOUR.slice(3 * i, 3 * i + 3).reverse(), 0]) : [];
  const view = new DataView(new ArrayBuffer(54 + palette.length + body.length)),
    bytes = new Uint8Array(view.buffer);
  bytes.set([0x42, 0x4d]);
  [[10, 54 + palette.length], [14, 40], [18, 2], [22, 2], [30, isRle ? 1 : 0]].forEach(([at, value]) =>
    view.setUint32(at!, value!, true)
  );
  view.setUint16(26, 1, true);
  view.setUint16(28, isRle ? 8 : 24, true);
  bytes.set([...palette, ...body], 54);
  return bytes;
}
