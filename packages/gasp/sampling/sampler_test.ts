/** @module */
import { gridCoordinates } from "@gasp/datasets";
import {
  type Device,
  disposeTree,
  evaluate,
  isKernelDevice,
  openDevice,
  reference,
  tensor,
} from "@gasp/tensor";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { encodeCoordinates } from "../model/fourier.ts";
import { generate } from "../model/generate.ts";
import { randomTensor } from "../methods/gasp/gasp_testing.ts";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import { sampleForDisplay, sampleLatents, Sampler } from "./sampler.ts";
import { sheetOf } from "../show/mod.ts";
import { initialGenerator } from "../methods/gasp/state.ts";

const { model } = GASP_PRESETS.tiny, generator = hypernetworkGenerator(model);
const weights = initialGenerator(model, 0);
const device: Device = reference;
const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;

Deno.test("sampleLatents() returns a prefix for a smaller count", () => {
  assertEquals(sampleLatents(1, 3, 4), sampleLatents(1, 9, 4).slice(0, 12));
  assert(sampleLatents(2, 1, 4)[0] !== sampleLatents(1, 1, 4)[0]);
});

Deno.test("Sampler.sample() equals generate() for all chunk sizes", async () => {
  const count = 7, coordinates = gridCoordinates([6, 5]);
  const latents = sampleLatents(0, count, model.latentDim);
  const encoding = encodeCoordinates(tensor(coordinates, [30, 2]), weights.frequencies);
  const expected = await evaluate(
    generate(weights.generator, model, tensor(latents, [count, model.latentDim]), encoding),
    device,
  );
  const all = Float32Array.from(await expected.data());
  for (
    const chunks of [{ latents: 16, points: 4096 }, { latents: 7, points: 30 }, { latents: 3, points: 11 }, {
      latents: 1,
      points: 1,
    }]
  ) {
    const sampler = new Sampler(generator, device, chunks);
    assertEquals(await sampler.sample(weights, latents, coordinates), all);
    assertEquals(await sampler.sample(await sampler.copyToDevice(weights), latents, coordinates), all);
    sampler.release();
  }
});

Deno.test("Sampler.moveToDevice() disposes of the weights on the host", async () => {
  const device = await openDevice("wasm", { threads: 1 }), sampler = new Sampler(generator, device);
  assert(isKernelDevice(device));
  const latents = sampleLatents(0, 2, model.latentDim), coordinates = gridCoordinates([6, 5]);
  const expected = await sampler.sample(weights, latents, coordinates);
  const onHost = initialGenerator(model, 0);
  const placed = await sampler.moveToDevice(onHost), live = device.liveBuffers;
  assertEquals(await sampler.sample(placed, latents, coordinates), expected);
  assertEquals(device.liveBuffers, live, "functions left alive");
  assertThrows(() => onHost.generator["0.weight"]!.storage, Error, "disposed");
  disposeTree(placed);
  sampler.release();
  // Programs are released in the next turn.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([device.liveBuffers, device.liveBytes], [0, 0]);
  await device.close();
});

Deno.test("sampleForDisplay() keeps the aspect ratio of the data at any resolution", async () => {
  const sampler = new Sampler(generator, device);
  const latents = sampleLatents(0, 2, model.latentDim);
  for (const [width, expected] of [[5, 8], [10, 16], [1, 2]] as const) {
    const images = await sampleForDisplay(sampler, weights, {
      latents,
      display: { ...display, width },
      resolution: 8,
    });
    assertEquals(images.display, { ...display, height: 8, width: expected });
    assertEquals(images.values.length, 2 * 8 * expected);
    assertEquals(sheetOf(images, 1).height, 2 * 64 + 2);
  }
  sampler.release();
});

Deno.test("SampledFunctions.gradient() is the gradient of the first feature, for all chunk sizes", async () => {
  const latents = sampleLatents(5, 1, model.latentDim);
  const coordinates = Float32Array.from(await randomTensor("places", [7, 2]).data());
  for (const chunk of [4096, 3]) {
    const sampler = new Sampler(generator, device, { latents: 16, points: chunk });
    const functions = await sampler.functions(weights, latents);
    const slopes = await functions.gradient(coordinates);
    assertEquals(slopes.length, 14);
    for (let i = 0; i < 14; i++) {
      const step = 2 ** -10, moved = (by: number) => coordinates.map((part, j) => i === j ? part + by : part);
      const point = Math.floor(i / 2);
      const high = (await functions.sample(moved(step)))[point]!,
        low = (await functions.sample(moved(-step)))[point]!;
      const difference = (high - low) / (2 * step);
      assert(
        Math.abs(difference - slopes[i]!) < 1e-3 * Math.max(1, Math.abs(difference)),
        `${difference} ${slopes[i]}`,
      );
    }
    functions.release();
    sampler.release();
  }
});

Deno.test("sampleForDisplay() evaluates clouds at the given coordinates, and throws without them", async () => {
  const sampler = new Sampler(generator, device), latents = sampleLatents(0, 2, model.latentDim);
  const cloud = { kind: "cloud", scales: [{ low: 0, high: 1 }] } as const;
  const coordinates = Float32Array.of(0, 0.5, -3, 2, 1, 1);
  const request = { latents, display: cloud, resolution: 8 };
  const samples = await sampleForDisplay(sampler, weights, { ...request, coordinates });
  assertEquals(samples.values, await sampler.sample(weights, latents, coordinates));
  assertEquals([samples.coordinates, samples.coordinateDim, samples.featureDim], [coordinates, 2, 1]);
  await assertRejects(() => sampleForDisplay(sampler, weights, request), RangeError, "pass coordinates");
  sampler.release();
});

Deno.test("Sampler reports each chunk of points that it has evaluated", async () => {
  const counts: number[] = [], chunks = { latents: 2, points: 8 };
  const sampler = new Sampler(generator, device, chunks, (count) => counts.push(count));
  await sampler.sample(weights, sampleLatents(0, 4, model.latentDim), new Float32Array(2 * 12));
  // Two pairs of functions, each at three times four points
  assertEquals(counts, Array(6).fill(8));
  sampler.release();
});
