/** @module */
import { displayCoordinates } from "@gasp/datasets";
import { reference } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import { initialGenerator } from "../methods/gasp/state.ts";
import { sampleForDisplay, sampleLatents, Sampler } from "../sampling/sampler.ts";
import { fitPicture, knownPictures } from "./fit_picture.ts";
import { enlarge, labelledRows } from "./labelled_rows.ts";
import { upscaleSheet } from "./upscale.ts";

const { model } = GASP_PRESETS.tiny;
const weights = initialGenerator(model, 0), generator = hypernetworkGenerator(model);
const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
const grey = (height: number, width: number, value: number) =>
  ({ height, width, channels: 1, pixels: new Uint8Array(height * width).fill(value) }) as const;

Deno.test("enlarge() turns each pixel into a square", () => {
  const image = { height: 1, width: 2, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
  const row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
  assertEquals(enlarge(image, 2), {
    height: 2,
    width: 4,
    channels: 3,
    pixels: Uint8Array.of(...row, ...row),
  });
});

Deno.test("labelledRows() draws pictures in rows beside their labels", () => {
  const sheet = labelledRows([
    { label: "a", pictures: [grey(8, 6, 10), grey(8, 4, 20)] },
    { label: "bcd", pictures: [grey(5, 6, 30), grey(5, 4, 60)] },
  ]);
  const words = sheet.width - (6 + 4 + 4 + 4),
    at = (row: number, column: number) => sheet.pixels[(row * sheet.width + column) * 3];
  assertEquals(sheet.height, 4 + 8 + 4 + 5 + 4);
  assertEquals([at(4, words), at(11, words + 10), at(16, words), at(20, words + 10)], [10, 20, 30, 60]);
  assert(sheet.pixels.includes(40), "there are no labels");
});

Deno.test("upscaleSheet() has a row of samples and two for each factor", async () => {
  const sampler = new Sampler(generator, reference), latents = sampleLatents(0, 2, model.latentDim);
  const sheet = await upscaleSheet({ sampler, weights, latents, display, factors: [2, 3] });
  sampler.release();
  // 5 pixels, 2 and 3 times: squares of 24 pixels make all rows equally high
  assertEquals(sheet.height, 4 + 5 * (120 + 4));
});

Deno.test("fitPicture() shows the observed pixels, or the observed points of other data", async () => {
  const sampler = new Sampler(generator, reference), latents = sampleLatents(0, 1, model.latentDim);
  const sample = await sampleForDisplay(sampler, weights, { latents, display, resolution: 5 });
  sampler.release();
  const known = { coordinates: displayCoordinates(display), features: new Float32Array(25).fill(1) };
  const found = [{ label: "fit", sample }], request = { known, chosen: [6], sizes: model, found };
  const picture = fitPicture({ ...request, grid: display });
  const observed = 6 + 220 + 6, top = picture.height - 6 - 224;
  const at = (row: number, column: number) => {
    const start = ((top + row * 44 + 20) * picture.width + observed + column * 44 + 20) * 3;
    return [...picture.pixels.subarray(start, start + 3)];
  };
  assertEquals([at(1, 1), at(1, 2), at(0, 1)], [[255, 255, 255], [56, 72, 112], [56, 72, 112]]);
  assert(fitPicture(request).width > picture.width, "clouds are drawn larger than the pictures");
});

Deno.test("knownPictures() draws points of a region on its map, across 180°", () => {
  const bounds = { north: 60, south: 30, west: 170, east: 200 }, turn = Math.PI / 180;
  const coordinates = Float32Array.from(
    [[52.5, 170], [37.5, -162.5]].flatMap(([latitude = 0, longitude = 0]) => {
      const around = Math.cos(latitude * turn);
      return [
        around * Math.cos(longitude * turn),
        around * Math.sin(longitude * turn),
        Math.sin(latitude * turn),
      ];
    }),
  );
  const region = { kind: "sphere", latitudes: 4, longitudes: 4, bounds, scale: { low: 0, high: 1 } } as const;
  const { bounds: _, ...whole } = region, points = { coordinates, features: Float32Array.of(-1, 1) };
  const request = { known: points, chosen: [0, 1], sizes: { coordinateDim: 3, featureDim: 1 } };
  for (const { picture } of knownPictures(request, region)) {
    const { width, height } = picture;
    const at = (row: number, column: number) =>
      `${picture.pixels.subarray(3 * (row * width + column), 3 * (row * width + column) + 3)}`;
    assert(width < 1.5 * height, `${width} × ${height}`);
    const empty = at(height / 2, Math.floor(width / 2));
    // 52.5° is a quarter from the north, 197.5° (-162.5°) eleven twelfths from the west.
    assert(at(height / 4, 1) !== empty && at(3 * height / 4, Math.floor(11 / 12 * width)) !== empty);
    assertEquals(at(height / 4, Math.floor(11 / 12 * width)), empty);
  }
  for (const { picture } of knownPictures(request, whole)) assertEquals(picture.width, 2 * picture.height);
});
