/** @module */
import { gridCoordinates } from "@gasp/datasets";
import { type Device, openDevice, reference } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { hypernetworkGenerator } from "../methods/gasp/generator.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import { initialGenerator } from "../methods/gasp/state.ts";
import { sampleLatents, Sampler } from "../sampling/sampler.ts";
import { fitLatents } from "./fit.ts";
import { meanFunction, meanOfCandidates } from "./mean_function.ts";
import { chooseFraction, meanSquaredError, observationsOf, takePoints } from "./observations.ts";

const { model } = GASP_PRESETS.tiny, generator = hypernetworkGenerator(model);
const weights = initialGenerator(model, 0);
const coordinates = gridCoordinates([9, 9]), POINTS = 81, TARGETS = 3;

async function withTargets(
  work: (device: Device, functions: Float32Array, sampler: Sampler) => Promise<void>,
) {
  const wasm = await openDevice("wasm", { threads: 1 });
  try {
    for (const device of [reference, wasm]) {
      const sampler = new Sampler(generator, device);
      const functions = await sampler.sample(
        weights,
        sampleLatents(9, TARGETS, model.latentDim),
        coordinates,
      );
      await work(device, functions, sampler);
      sampler.release();
    }
  } finally {
    await wasm.close();
  }
}

function observe(functions: Float32Array, part: number) {
  const known = Array.from({ length: TARGETS }, (_, i) => {
    const all = { coordinates, features: functions.slice(i * POINTS, (i + 1) * POINTS) };
    return takePoints(all, chooseFraction(POINTS, part, 0, i), model);
  });
  return observationsOf(known, model);
}

Deno.test("fitLatents() recovers functions of the generator from a fifth of their points", async () => {
  await withTargets(async (device, functions, sampler) => {
    const observations = observe(functions, 0.2);
    const options = { generator, weights, device, observations, noise: 0, restarts: 4 };
    const before = await fitLatents({ ...options, steps: 1, learningRate: 1e-9 });
    const fit = await fitLatents({ ...options, steps: 200 });
    const error = async ({ latents }: { latents: Float32Array }) =>
      meanSquaredError(await sampler.sample(weights, latents, coordinates), functions);
    const [first, last] = [await error(before), await error(fit)];
    assert(last < first / 100, `${device.info.kind}: from ${first} to ${last}`);
    fit.losses.forEach((loss, i) => {
      assert(loss < before.losses[i]! / 20, `${device.info.kind}: from ${before.losses[i]} to ${loss}`);
      assertEquals(loss, Math.min(...fit.candidateLosses.subarray(4 * i, 4 * i + 4)));
    });
  });
});

Deno.test("fitLatents() returns the same latent for a function alone, with others, and with shared points", async () => {
  const all = observe(new Float32Array(TARGETS * POINTS).map((_, i) => Math.sin(i)), 1);
  const part = (values: Float32Array) => values.slice(0, values.length / TARGETS);
  const options = { generator, weights, device: reference, restarts: 2, steps: 3 };
  const together = await fitLatents({ ...options, observations: all });
  const shared = await fitLatents({ ...options, observations: { ...all, coordinates } });
  const observations = { ...all, targets: 1, features: part(all.features), coordinates };
  const alone = await fitLatents({ ...options, observations });
  assertEquals(shared, together);
  assertEquals(alone.latents, part(together.latents));
});

Deno.test("fitLatents() ignores points of weight 0", async () => {
  const features = new Float32Array(POINTS).map((_, i) => Math.cos(i)), chosen = [3, 40, 77];
  const weightsOfPoints = new Float32Array(POINTS);
  for (const point of chosen) weightsOfPoints[point] = 2.5;
  const options = { generator, weights, device: reference, restarts: 1, steps: 4, noise: 0 };
  const all = { targets: 1, points: POINTS, coordinates, features, weights: weightsOfPoints };
  const some = { targets: 1, points: 3, ...takePoints({ coordinates, features }, chosen, model) };
  const [weighted, plain] = [
    await fitLatents({ ...options, observations: all }),
    await fitLatents({ ...options, observations: some }),
  ];
  weighted.latents.forEach((value, i) => assert(Math.abs(value - plain.latents[i]!) < 1e-5));
});

Deno.test("fitLatents() finds shorter latents for larger noise", async () => {
  const observations = {
    targets: 1,
    points: POINTS,
    coordinates,
    features: new Float32Array(POINTS).fill(0.9),
  };
  const options = { generator, weights, device: reference, observations, restarts: 1, steps: 60 };
  const lengths: number[] = [];
  for (const noise of [0, 5, 500]) {
    lengths.push(Math.hypot(...(await fitLatents({ ...options, noise })).latents));
  }
  assert(lengths[0]! > lengths[1]! && lengths[1]! > lengths[2]! && lengths[2]! < 0.2, lengths.join(" "));
});

Deno.test("fitLatents() rejects observations that do not match the model", async () => {
  const right = { targets: 2, points: 3, coordinates: new Float32Array(6), features: new Float32Array(6) };
  const refused: [object, string][] = [
    [{ features: new Float32Array(5) }, "2 functions at 3 points need 6 features, got 5"],
    [{ coordinates: new Float32Array(7) }, "6 elements (shared by all functions) or 12 (separate), got 7"],
    [{ weights: new Float32Array(2) }, "each of 6 points, got 2"],
  ];
  for (const [change, message] of refused) {
    const observations = { ...right, ...change };
    await assertRejects(
      () => fitLatents({ generator, weights, device: reference, observations }),
      RangeError,
      message,
    );
  }
  await assertRejects(
    () => fitLatents({ generator, weights, device: reference, observations: right, restarts: 0 }),
    RangeError,
    "got 300, 0 and 0",
  );
});

Deno.test("meanOfCandidates() averages over the starting points of each function", () => {
  assertEquals([...meanOfCandidates(Float32Array.of(1, 2, 3, 6, 5, 5, 7, 9), 2, 2)], [2, 4, 6, 7]);
});

Deno.test("meanFunction() equals the mean of all functions at once", async () => {
  const sampler = new Sampler(generator, reference), latents = sampleLatents(3, 19, model.latentDim);
  const values = await sampler.sample(weights, latents, coordinates);
  assertEquals(
    await meanFunction(sampler, weights, latents, coordinates),
    meanOfCandidates(values, 19, POINTS),
  );
  sampler.release();
});
