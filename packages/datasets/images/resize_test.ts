import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { ImageSet } from "./images.ts";
import { resizeImages } from "./resize.ts";

/** Deterministic noise. */
function noise(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * i * 37 + i * 11) % 256);
}

const GREY: ImageSet = { count: 1, height: 5, width: 6, channels: 1, pixels: noise(30) };

Deno.test("resizeImages() matches the bytes of Pillow's bilinear filter", () => {
  // Image.fromarray(pixels).resize((width, height), Image.BILINEAR) of Pillow.
  assertEquals([...resizeImages(GREY, 3, 3).pixels], [75, 118, 180, 168, 154, 159, 145, 171, 166]);
  assertEquals([...resizeImages(GREY, 2, 4).pixels], [93, 147, 115, 195, 144, 190, 151, 165]);
  // deno-fmt-ignore
  assertEquals([...resizeImages(GREY, 7, 9).pixels], [
    0, 24, 68, 150, 140, 112, 122, 168, 212, 67, 72, 90, 146, 110, 81, 162, 207, 231, 108, 125, 148,
    171, 103, 60, 181, 212, 212, 84, 168, 250, 240, 140, 64, 154, 152, 128, 134, 194, 243, 201, 160, 143,
    200, 166, 118, 119, 154, 189, 189, 170, 157, 182, 170, 153, 72, 88, 122, 192, 172, 134, 132, 168, 204,
  ]);
  assertEquals(
    [...resizeImages({ count: 1, height: 4, width: 4, channels: 3, pixels: noise(48) }, 3, 2).pixels],
    [68, 128, 184, 96, 180, 183, 89, 165, 186, 146, 168, 136, 155, 144, 156, 163, 124, 134],
  );
});

Deno.test("resizeImages() resizes each image separately and passes the labels on", () => {
  const labels = Uint8Array.of(3, 7);
  const pixels = new Uint8Array(60);
  pixels.set(GREY.pixels, 30);
  const resized = resizeImages({ ...GREY, count: 2, pixels, labels }, 3, 3);
  assertEquals([...resized.pixels], [...new Uint8Array(9), 75, 118, 180, 168, 154, 159, 145, 171, 166]);
  assertEquals([resized.count, resized.height, resized.width], [2, 3, 3]);
  assertStrictEquals(resized.labels, labels);
});

Deno.test("resizeImages() preserves constant images", () => {
  for (const value of [0, 1, 128, 255]) {
    const constant: ImageSet = {
      count: 1,
      height: 28,
      width: 28,
      channels: 1,
      pixels: new Uint8Array(784).fill(value),
    };
    for (const size of [5, 14, 31]) {
      assertEquals(resizeImages(constant, size, size).pixels.every((byte) => byte === value), true);
    }
  }
});

Deno.test("resizeImages() returns images of that size unchanged", () => {
  assertStrictEquals(resizeImages(GREY, 5, 6), GREY);
});

Deno.test("resizeImages() rejects sizes that are not positive integers", () => {
  for (const [height, width] of [[0, 3], [3, 1.5]] as const) {
    assertThrows(() => resizeImages(GREY, height, width), RangeError, `got ${height}×${width}`);
  }
});
