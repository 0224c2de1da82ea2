/** @module */
import { reference } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import type { RasterImage } from "../image/mod.ts";
import { sampleForDisplay, sampleLatents, Sampler, type Samples } from "../sampling/sampler.ts";
import { drawSamples } from "./draw_samples.ts";
import { picturesOf, samplesOf, sheetOf } from "./sheet.ts";
import { SMALL_DISPLAYS, smallGenerator } from "./show_testing.ts";

/** Mean brightness of the pixels of a rectangle. */
function brightness(
  { width, channels, pixels }: RasterImage,
  left: number,
  top: number,
  right: number,
  bottom: number,
) {
  let sum = 0, count = 0;
  for (let row = top; row < bottom; row++) {
    for (let i = (row * width + left) * channels; i < (row * width + right) * channels; i++, count++) {
      sum += pixels[i]!;
    }
  }
  return sum / count;
}

for (const [kind, { dimension, display }] of Object.entries(SMALL_DISPLAYS)) {
  Deno.test(`sheetOf() and picturesOf() show samples of kind ${kind}`, async () => {
    const { generator, weights } = smallGenerator(dimension), sampler = new Sampler(generator, reference);
    const samples = await sampleForDisplay(sampler, weights, {
      latents: sampleLatents(0, 5, generator.latentDim),
      display,
      resolution: 7,
      coordinates: Float32Array.from({ length: 12 * dimension }, (_, i) => Math.sin(i)),
    });
    sampler.release();
    const ones = samplesOf(samples);
    assertEquals(ones.length, 5);
    const wide = sheetOf(samples, 5), square = sheetOf(samples);
    assert(wide.width > square.width && wide.height < square.height);
    assertEquals(wide.pixels.length, wide.width * wide.height * wide.channels);
    assertEquals([await drawSamples(samples, 5), await drawSamples(samples)], [wide, square]);
    const pictures = await picturesOf(ones[0]!);
    assertEquals(pictures.map(({ suffix }) => suffix), kind === "sphere" ? ["", "-globe"] : [""]);
    for (const { picture } of pictures) {
      assertEquals(picture.pixels.length, picture.width * picture.height * picture.channels);
      assert(new Set(picture.pixels).size > 3, "the picture is nearly empty");
    }
  });
}

Deno.test("sheetOf() draws maps with north up and Greenwich in the middle", () => {
  const latitudes = 10, longitudes = 20, count = latitudes * longitudes;
  const sphere = (f: (row: number, column: number) => number): Samples => ({
    values: Float32Array.from({ length: count }, (_, i) => f(Math.floor(i / longitudes), i % longitudes)),
    display: {
      kind: "sphere",
      latitudes,
      longitudes,
      scale: { low: 0, high: 1 },
    },
    coordinates: new Float32Array(3 * count),
    coordinateDim: 3,
    featureDim: 1,
  });
  const north = sheetOf(sphere((row) => row < 5 ? 1 : -1));
  assert(brightness(north, 0, 0, 192, 40) > 1.5 * brightness(north, 0, 56, 192, 96));
  const greenwich = sheetOf(sphere((_, column) => column < 4 || column > 16 ? 1 : -1));
  assert(brightness(greenwich, 80, 0, 112, 96) > 1.5 * brightness(greenwich, 0, 0, 32, 96));
  assert(brightness(greenwich, 80, 0, 112, 96) > 1.5 * brightness(greenwich, 160, 0, 192, 96));
});

Deno.test("sheetOf() draws shapes with z up and light from above", () => {
  const resolution = 9, values = new Float32Array(resolution ** 3).fill(-1);
  // A slab in the upper part of the box.
  for (let x = 2; x < 7; x++) {
    for (let y = 2; y < 7; y++) {
      values.fill(1, (x * resolution + y) * resolution + 6, (x * resolution + y) * resolution + 8);
    }
  }
  const sheet = sheetOf({
    values,
    display: { kind: "volume", resolution },
    coordinates: new Float32Array(3 * values.length),
    coordinateDim: 3,
    featureDim: 1,
  });
  assertEquals(brightness(sheet, 0, 90, 128, 128), 255);
  assert(brightness(sheet, 40, 20, 90, 64) < 250);
});
