import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { imageDataset, type ImageSet } from "./images.ts";

const PAIR: ImageSet = {
  count: 2,
  height: 2,
  width: 2,
  channels: 1,
  pixels: Uint8Array.of(0, 255, 51, 102, 1, 2, 3, 4),
};

Deno.test("imageDataset() presents pixels as points", () => {
  const { name, items, pointCount, coordinateDim, featureDim, coordinates, display } = imageDataset(
    "pair",
    PAIR,
  );
  assertEquals({ name, items, pointCount, coordinateDim, featureDim }, {
    name: "pair",
    items: 2,
    pointCount: 4,
    coordinateDim: 2,
    featureDim: 1,
  });
  assertEquals([...coordinates], [-1, -1, -1, 1, 1, -1, 1, 1]);
  assertEquals(display, { kind: "image", height: 2, width: 2, channels: 1 });
});

Deno.test("imageDataset() returns features in [-1, 1] in the requested order", async () => {
  const { fround } = Math;
  const features = await imageDataset("pair", PAIR).batch([1, 0, 1]);
  const second = [1, 2, 3, 4].map((v) => fround(2 * fround(v / 255) - 1));
  assertEquals([...features], [...second, -1, 1, fround(-0.6), fround(2 * fround(0.4) - 1), ...second]);
});

Deno.test("imageDataset() stores the channels of a pixel contiguously", async () => {
  const colour: ImageSet = {
    count: 1,
    height: 2,
    width: 1,
    channels: 3,
    pixels: Uint8Array.of(0, 0, 255, 255, 0, 0),
  };
  const dataset = imageDataset("colour", colour);
  assertEquals([dataset.pointCount, dataset.featureDim], [2, 3]);
  assertEquals([...await dataset.batch([0])], [-1, -1, 1, 1, -1, -1]);
});

Deno.test("imageDataset() rejects wrong sizes and unknown items", async () => {
  assertThrows(() => imageDataset("none", { ...PAIR, count: 0 }), RangeError, "no images");
  assertThrows(() => imageDataset("odd", { ...PAIR, count: 3 }), RangeError, "have 12 bytes, got 8");
  for (const item of [-1, 2, 0.5]) {
    await assertRejects(() => imageDataset("pair", PAIR).batch([item]), RangeError, `got index ${item}`);
  }
});
