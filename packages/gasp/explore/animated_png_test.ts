/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { decode, decodeApng } from "fast-png";
import type { RasterImage } from "../image/mod.ts";
import { encodeAnimatedPng } from "./animated_png.ts";

function picture(height: number, seed: number, channels: 1 | 3): RasterImage {
  const pixels = Uint8Array.from({ length: height * 4 * channels }, (_, i) => (i * 7 + seed * 31) % 256);
  return { height, width: 4, channels, pixels };
}

Deno.test("encodeAnimatedPng() writes files that decode to the same frames, and to the first one as a plain PNG", () => {
  for (const channels of [1, 3] as const) {
    const frames = [0, 1, 2].map((seed) => picture(3, seed, channels));
    const bytes = encodeAnimatedPng(frames, { rate: 20 });
    const animation = decodeApng(bytes);
    assertEquals(animation.numberOfFrames, 3);
    assertEquals(animation.frames.map(({ delayNumber }) => delayNumber), [5, 5, 5]);
    assertEquals(animation.frames.map(({ data }) => [...data]), frames.map(({ pixels }) => [...pixels]));
    assertEquals([...decode(bytes, { checkCrc: true }).data], [...frames[0]!.pixels]);
  }
});

Deno.test("encodeAnimatedPng() throws for no frames and for frames of different sizes", () => {
  assertThrows(() => encodeAnimatedPng([]), RangeError, "at least one frame");
  assertThrows(
    () => encodeAnimatedPng([picture(3, 0, 1), picture(5, 0, 1)]),
    RangeError,
    "frame 1 is 4×5×1, but the first one is 4×3×1",
  );
});
