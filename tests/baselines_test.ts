/**
 * Every built-in method trains, resumes to the same bytes, samples, exports and fits through the same functions, at the size
 * `tiny`.
 *
 * @module
 */
import {
  adaptToData,
  checkpointPath,
  MemoryStore,
  methodNames,
  openCheckpoint,
  reconstructionsPath,
  Reconstructor,
  resolveRunConfig,
  type RunConfig,
  sampleLatents,
  Sampler,
  train,
} from "@gasp/gasp";
import { fitLatents } from "@gasp/gasp/explore";
import { generatorFile } from "@gasp/gasp/import";
import { openAnyGenerator } from "@gasp/gasp/import";
import { blobAccess, evaluate, openDevice } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { wavesFor } from "./synthetic_images.ts";

const SIZE = 5, STEPS = 6;
const METHODS = methodNames();

const tiny = (method: string): RunConfig => {
  const overrides = { steps: STEPS, logEvery: 1, sampleEvery: STEPS, saveEvery: STEPS };
  return resolveRunConfig({ preset: "tiny", method, overrides });
};

for (const method of METHODS) {
  const data = wavesFor(method);

  Deno.test(`${method}: a run that is stopped and resumed ends in the same bytes`, async () => {
    await using device = await openDevice("wasm", { threads: 1 });
    const config = tiny(method), whole = new MemoryStore(), parts = new MemoryStore();
    await train({ config, data, device, store: whole });
    for (const stopAt of [2, 4]) {
      const stop = new AbortController();
      const onStep = (step: number) => step === stopAt && stop.abort();
      const { step, finished } = await train({
        ...{ config, data, device, store: parts, resume: true, signal: stop.signal },
        events: { onStep },
      });
      assertEquals([step, finished], [stopAt, false]);
    }
    await train({ config, data, device, store: parts, resume: true });
    assertEquals(parts.files.get(checkpointPath(STEPS)), whole.files.get(checkpointPath(STEPS)));
    assertEquals(parts.files.get("metrics.jsonl"), whole.files.get("metrics.jsonl"));
    assertEquals(parts.files.get(`samples/step-${STEPS}.png`), whole.files.get(`samples/step-${STEPS}.png`));
  });

  Deno.test(`${method}: the threads of a device do not change the result`, async () => {
    const config = tiny(method), files: (Uint8Array | undefined)[] = [];
    for (const threads of [1, 2]) {
      await using device = await openDevice("wasm", { threads });
      const store = new MemoryStore();
      await train({ config, data, device, store });
      files.push(store.files.get(checkpointPath(STEPS)));
    }
    assertEquals(files[0], files[1]);
  });

  Deno.test(`${method}: samples, an exported generator and a fit`, async () => {
    await using device = await openDevice("wasm", { threads: 1 });
    const config = tiny(method), store = new MemoryStore();
    await train({ config, data, device, store });
    const checkpoint = await openCheckpoint(store, STEPS), { generator } = checkpoint;
    const weights = await checkpoint.readWeights("ema");
    const sampler = new Sampler(generator, device), latents = sampleLatents(0, 3, generator.latentDim);
    const values = await sampler.sample(weights, latents, data.coordinates);
    assertEquals(values.length, 3 * SIZE ** 2);
    assert(values.every((value) => Math.abs(value) <= 1), "features lie in [-1, 1]");
    assert(new Set(values).size > SIZE ** 2, "functions differ");
    // A function is evaluated at each point on its own
    const points = data.coordinates.slice(3 * data.coordinateDim, 5 * data.coordinateDim);
    const some = await sampler.sample(weights, latents, points);
    [3, 4].forEach((point, i) => assert(Math.abs(some[i]! - values[point]!) < 1e-5, `point ${point}`));

    const parts = await Array.fromAsync(generatorFile(checkpoint, weights, "ema"));
    const file = blobAccess(new Blob(parts.map((part) => part.slice())));
    const exported = await openAnyGenerator(file, "generator.safetensors");
    const again = exported.sampler(device);
    assertEquals(await again.sample(exported.weights, latents, data.coordinates), values);
    for (const each of [sampler, again]) each.release();

    const features = values.slice(0, SIZE ** 2);
    const observations = { targets: 1, points: SIZE ** 2, coordinates: data.coordinates, features };
    const request = { generator, weights, device, observations, steps: 8, restarts: 2, learningRate: 0.3 };
    const [short, long] = [await fitLatents({ ...request, steps: 1 }), await fitLatents(request)];
    assert(long.losses[0]! < short.losses[0]!, `the loss went from ${short.losses[0]} to ${long.losses[0]}`);
  });

  if (Reconstructor.isAvailable(tiny(method))) {
    Deno.test(`${method}: reconstructions improve`, async () => {
      await using device = await openDevice("wasm", { threads: 1 });
      const steps = 200, store = new MemoryStore(), config = adaptToData({ ...tiny(method), steps }, data);
      await train({
        config: { ...config, sampleEvery: steps, saveEvery: 1, keepEvery: 1 },
        data,
        device,
        store,
      });
      assert(store.files.has(reconstructionsPath(steps)));
      const reconstructor = new Reconstructor(config, device), errors: number[] = [];
      for (const step of [1, steps]) {
        const state = await evaluate(await (await openCheckpoint(store, step)).readState(), device);
        const found = await reconstructor.reconstruct(state, data, [0, 3, 8]);
        assertEquals(found.originals, await data.batch([0, 3, 8]));
        errors.push(found.originals.reduce((sum, y, i) => sum + (y - found.reconstructions[i]!) ** 2, 0));
      }
      reconstructor.release();
      assert(errors[1]! < errors[0]! * 0.9, `the squared error went from ${errors[0]} to ${errors[1]}`);
    });
  }
}
