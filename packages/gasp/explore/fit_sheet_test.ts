/** @module */
import { atResolution, type Display, displayCoordinates } from "@gasp/datasets";
import { type Device, limitMemory, MemoryError, openDevice, reference } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { ImageRows, RasterImage } from "../image/mod.ts";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import { initialGenerator } from "../methods/gasp/state.ts";
import { sampleLatents, Sampler } from "../sampling/sampler.ts";
import { fitPicture } from "./fit_picture.ts";
import { fitSheet, requireFitSheet } from "./fit_sheet.ts";
import { meanFunction } from "./mean_function.ts";

async function drawn({ rows, ...size }: ImageRows): Promise<RasterImage> {
  const pixels = new Uint8Array(size.height * size.width * size.channels);
  let at = 0;
  for await (const row of rows) {
    pixels.set(row, at);
    at += row.length;
  }
  assertEquals(at, pixels.length);
  return { ...size, pixels };
}

/** Three functions, of which the second fits best: row by row, and drawn from all values. */
async function both(coordinateDim: number, display: Display, resolution: number, device: Device) {
  const model = { ...GASP_PRESETS.tiny.model, coordinateDim }, weights = initialGenerator(model, 0);
  const generator = hypernetworkGenerator(model), sampler = new Sampler(generator, device);
  const candidates = sampleLatents(0, 3, model.latentDim), candidateLosses = Float32Array.of(3, 1, 2);
  const known = { coordinates: displayCoordinates(display), features: new Float32Array(0) };
  known.features = new Float32Array(known.coordinates.length / coordinateDim).map((_, i) => Math.sin(i));
  const request = { known, chosen: [1, 6], display, resolution, sampler, weights };
  const streamed = await drawn(
    await fitSheet({ ...request, grid: display, fit: { candidates, candidateLosses } }),
  );
  const shown = atResolution(display, resolution), coordinates = displayCoordinates(shown);
  const best = candidates.slice(model.latentDim, 2 * model.latentDim);
  const sample = (values: Float32Array) => ({ ...model, values, display: shown, coordinates });
  const found = [
    { label: "best fit", sample: sample(await sampler.sample(weights, best, coordinates)) },
    {
      label: "mean of 3 fits",
      sample: sample(await meanFunction(sampler, weights, candidates, coordinates)),
    },
  ];
  sampler.release();
  return [streamed, fitPicture({ ...request, sizes: model, grid: display, found })] as const;
}

Deno.test("fitSheet() draws what fitPicture() does, in one block and in several", async () => {
  await using device = await openDevice("wasm", { threads: 1 });
  const image = { kind: "image", height: 4, width: 5, channels: 1 } as const;
  // 600 × 750 points are two blocks, the second of fewer rows
  for (const resolution of [4, 7, 600]) {
    const [streamed, whole] = await both(2, image, resolution, device);
    assertEquals([streamed.height, streamed.width], [whole.height, whole.width]);
    // Kernels of other sizes may round otherwise
    const most = Array.from(streamed.pixels).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - whole.pixels[i]!)),
      0,
    );
    assert(most <= 1, `a difference of ${most} at a resolution of ${resolution}`);
  }
});

Deno.test("fitSheet() draws data other than images", async () => {
  const [streamed, whole] = await both(3, { kind: "volume", resolution: 4 }, 5, reference);
  assertEquals([streamed.height, streamed.width], [whole.height, whole.width]);
  assert(streamed.pixels.every((value, i) => value === whole.pixels[i]));
});

Deno.test("requireFitSheet() counts a block of rows of an image, whatever its height", () => {
  const sizes = { points: 196, coordinateDim: 2, featureDim: 1 };
  const image = { kind: "image", height: 14, width: 14, channels: 1 } as const;
  using _limit = limitMemory(2e7);
  requireFitSheet({ ...sizes, display: image, resolution: 8192 });
  assertThrows(
    () => requireFitSheet({ ...sizes, display: image, resolution: 2 ** 20 }),
    MemoryError,
    "a resolution of",
  );
});
