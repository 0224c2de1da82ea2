import { resizeImages } from "./resize.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { squarePicture, withChannels } from "./picture.ts";
import { plain } from "./picture_testing.ts";

Deno.test("withChannels() converts grey to colour and colour to Pillow's grey", () => {
  const colour = {
    height: 1,
    width: 4,
    channels: 3,
    pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3),
  } as const;
  const grey = withChannels(colour, 1);
  assertEquals(grey, { height: 1, width: 4, channels: 1, pixels: Uint8Array.of(76, 150, 29, 2) });
  assertEquals([...withChannels(grey, 3).pixels], [76, 76, 76, 150, 150, 150, 29, 29, 29, 2, 2, 2]);
  assertStrictEquals(withChannels(grey, 1), grey);
});

Deno.test("squarePicture() resizes the short side and crops the centre", () => {
  // The value is the column; the height is such that nothing is resized.
  const wide = {
    height: 2,
    width: 9,
    channels: 1,
    pixels: Uint8Array.from({ length: 18 }, (_, i) => i % 9),
  } as const;
  // A margin of 7 is split into 4 and 3, one of 5 into 2 and 3: Python's round(3.5) is 4 and round(2.5) is 2.
  assertEquals([...squarePicture(wide, 2).pixels], [4, 5, 4, 5]);
  const high = {
    ...wide,
    height: 7,
    width: 2,
    pixels: Uint8Array.from({ length: 14 }, (_, i) => i >> 1),
  } as const;
  assertEquals([...squarePicture(high, 2).pixels], [2, 2, 3, 3]);
});

Deno.test("squarePicture() matches Pillow's bytes for an image that is resized and cropped", () => {
  const pixels = Uint8Array.from({ length: 7 * 10 }, (_, i) => (i * i * 37 + i * 11) % 256);
  // Image.resize((5, 4), Image.BILINEAR) of an image of 10 columns and 7 rows, then columns 0 to 3.
  assertEquals([...squarePicture({ height: 7, width: 10, channels: 1, pixels }, 4).pixels], [
    124,
    154,
    154,
    134,
    157,
    159,
    132,
    154,
    146,
    117,
    157,
    131,
    119,
    81,
    148,
    118,
  ]);
});

Deno.test("squarePicture() preserves plain colours and accepts any size", () => {
  for (const [height, width] of [[1, 1], [3, 50], [64, 48], [5, 5]] as const) {
    const { pixels, ...rest } = squarePicture(plain(height, width, [7, 100, 250]), 6);
    assertEquals(rest, { height: 6, width: 6, channels: 3 });
    assertEquals(pixels, plain(6, 6, [7, 100, 250]).pixels);
  }
});

Deno.test("squarePicture() rejects a resolution that is not a positive integer", () => {
  assertThrows(() => squarePicture(plain(4, 4, [1]), 0), RangeError, "must be a positive integer, got 0");
});

Deno.test("squarePicture() computes the same bytes as resizing the whole and cropping", () => {
  const half = (margin: number) => margin % 4 === 3 ? (margin + 1) / 2 : Math.floor(margin / 2);
  for (const [height, width] of [[5, 9], [9, 5], [64, 100], [101, 64], [300, 40], [33, 34]] as const) {
    const pixels = Uint8Array.from({ length: 3 * height * width }, (_, i) => (i * 7919) >> 3);
    for (const size of [2, 7, 16, 33, 64, 128]) {
      const short = Math.min(height, width);
      const [rows, columns] = [Math.floor(size * height / short), Math.floor(size * width / short)];
      const whole = resizeImages({ count: 1, height, width, channels: 3, pixels }, rows, columns);
      const top = half(rows - size), left = half(columns - size);
      const expected = Uint8Array.from({ length: 3 * size * size }, (_, i) => {
        const row = top + Math.floor(i / (3 * size));
        return whole.pixels[(row * columns + left) * 3 + i % (3 * size)]!;
      });
      assertEquals(squarePicture({ height, width, channels: 3, pixels }, size).pixels, expected);
    }
  }
});
