/** @module */
import { imageDataset } from "@gasp/datasets";
import { isKernelDevice, openDevice, reference } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RunConfig } from "../config/run_settings.ts";
import { UserError } from "../config/user_error.ts";
import { asGasp } from "../methods/gasp/gasp.ts";
import { PRESETS } from "../methods/table.ts";
import { resolveRunConfig } from "../runs/run_config.ts";
import { checkpointPath, checkpointSteps } from "../runs/run_folder.ts";
import { MemoryStore } from "../runs/run_store.ts";
import { sampleForDisplay, sampleLatents } from "../sampling/sampler.ts";
import type { RunningModel, TrainEvents } from "./train_events.ts";
import { train } from "./trainer.ts";

/** Images of soft spots at different positions: enough to learn something. */
function spots(resolution: number, count = 10) {
  const pixels = new Uint8Array(count * resolution ** 2).map((_, i) => {
    const item = Math.floor(i / resolution ** 2), row = Math.floor(i / resolution) % resolution;
    return 255 * Math.exp(-(((row - (item % resolution)) ** 2 + ((i % resolution) - 2) ** 2) / 2));
  });
  return imageDataset("spots", { count, height: resolution, width: resolution, channels: 1, pixels });
}

const config: RunConfig = resolveRunConfig({
  preset: "tiny",
  overrides: { steps: 6, logEvery: 2, sampleEvery: 3, saveEvery: 3, keepCheckpoints: 5 },
});
const data = spots(config.resolution);
const base = { config, data, device: reference };

const run = (store: MemoryStore, more: { config?: RunConfig; resume?: boolean; events?: TrainEvents } = {}) =>
  train({ ...base, store, ...more });

/** Runs until a step, then stops. */
async function stopAfter(step: number, store: MemoryStore, resume = false) {
  const stop = new AbortController();
  const events = { onStep: (done: number) => done === step && stop.abort() };
  return await train({ ...base, store, resume, signal: stop.signal, events });
}

/** The logged losses of a run. */
async function metricsOf(store: MemoryStore): Promise<Record<string, number>[]> {
  const lines = new TextDecoder().decode(await store.read("metrics.jsonl")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const whole = new MemoryStore("whole");
await run(whole);

Deno.test("train() writes configuration, losses, sheets and checkpoints", async () => {
  assertEquals([...whole.files.keys()].sort(), [
    "checkpoints/step-3.safetensors",
    "checkpoints/step-6.safetensors",
    "config.json",
    "metrics.jsonl",
    "samples/step-3.png",
    "samples/step-6.png",
  ]);
  const metrics = await metricsOf(whole);
  const names = ["step", "generator", "discriminator", "real", "fake", "r1"];
  for (const line of metrics) assertEquals(Object.keys(line), names);
  assertEquals(metrics.map(({ step }) => step), [2, 4, 6]);
  for (const { real = NaN, fake = NaN, r1 = NaN, discriminator = NaN } of metrics) {
    const sum = real + fake + (asGasp(config).training.r1Weight / 2) * r1;
    assert(Math.abs(discriminator - sum) < 1e-6 * sum, `${discriminator} is not ${sum}`);
  }
});

Deno.test("train() is a pure function of configuration, seed and data", async () => {
  const again = new MemoryStore();
  await run(again);
  assertEquals(again.files, whole.files);
  const other = new MemoryStore();
  await run(other, { config: { ...config, seed: 1 } });
  const weights = (store: MemoryStore) => store.files.get(checkpointPath(6))!.slice(-1000);
  assert(weights(other).some((byte, i) => byte !== weights(whole)[i]));
});

for (const step of [1, 3, 5]) {
  Deno.test(`train() stopped after step ${step} and resumed ends in the same bytes`, async () => {
    const store = new MemoryStore();
    assertEquals(await stopAfter(step, store), { step, finished: false });
    assertEquals((await checkpointSteps(store)).at(-1), step);
    assertEquals(await run(store, { resume: true }), { step: 6, finished: true });
    for (const [path, bytes] of whole.files) assertEquals(store.files.get(path), bytes, path);
  });
}

Deno.test("train() killed after logging later steps resumes from its checkpoint without duplicate lines", async () => {
  const store = new MemoryStore();
  await stopAfter(3, store);
  await store.append("metrics.jsonl", '{"step":4,"generator":1}\n{"st');
  await store.write(`${checkpointPath(6)}.tmp`, new Uint8Array(100));
  await run(store, { resume: true });
  assertEquals([...store.files.keys()].sort(), [...whole.files.keys()].sort());
  assertEquals(store.files, whole.files);
});

Deno.test("train() resumed without a checkpoint starts at the first step", async () => {
  const store = new MemoryStore();
  const steps: number[] = [];
  await run(store, { resume: true, events: { onReady: ({ step }) => steps.push(step) } });
  assertEquals(steps, [0]);
  assertEquals(store.files, whole.files);
});

Deno.test("train() extends a finished run with more steps", async () => {
  const store = new MemoryStore();
  await run(store, { config: { ...config, steps: 3 } });
  assertEquals(await run(store, { resume: true }), { step: 6, finished: true });
  assertEquals(store.files.get(checkpointPath(6)), whole.files.get(checkpointPath(6)));
});

Deno.test("train() does not touch checkpoints of another run", async () => {
  const store = new MemoryStore("runs/mine");
  await run(store, { config: { ...config, steps: 3 } });
  const before = new Map(store.files);
  await assertRejects(
    () => run(store),
    UserError,
    "runs/mine already has checkpoints of a run, up to step 3",
  );
  assertEquals(store.files, before);
});

Deno.test("train() reports events in order", async () => {
  const reported: string[] = [];
  await run(new MemoryStore(), {
    events: {
      onReady: ({ step, plan }) => reported.push(`ready ${step} ${plan}`),
      onStep: (step) => reported.push(`step ${step}`),
      onLosses: (step) => reported.push(`losses ${step}`),
      onSheet: (path, { height, width }) => reported.push(`${path} ${height}×${width}`),
      onCheckpoint: (path, step) => reported.push(`${path} ${step}`),
    },
  });
  assertEquals(reported.slice(0, 7), [
    "ready 0 undefined",
    "step 1",
    "losses 2",
    "step 2",
    "step 3",
    "samples/step-3.png 130×130",
    "checkpoints/step-3.safetensors 3",
  ]);
});

Deno.test("train() stops at losses that are not finite, names the step and a remedy, and saves nothing afterwards", async () => {
  let batches = 0;
  const broken = {
    ...data,
    batch: async (indices: readonly number[]) =>
      ++batches > 4 ? (await data.batch(indices)).fill(NaN) : await data.batch(indices),
  };
  const often = { ...config, logEvery: 1, saveEvery: 1 };
  const store = new MemoryStore();
  const request = { ...base, config: often, data: broken, store };
  const { message } = await assertRejects(() => train(request), UserError);
  const step = Number(/^the \w+ loss is NaN at step (\d+): the training diverged/.exec(message)?.[1]);
  assert(step > 1 && step < config.steps, message);
  assert(message.includes("lower learning rates"), message);
  assert(message.endsWith(`The last good checkpoint is that of step ${step - 1}`), message);
  const good = Array.from({ length: step - 1 }, (_, i) => i + 1);
  assertEquals(await checkpointSteps(store), good);
  assertEquals((await metricsOf(store)).map(({ step }) => step), good);
  assertEquals(await run(store, { resume: true }), { step: config.steps, finished: true });
  assertEquals(store.files.get(checkpointPath(6)), whole.files.get(checkpointPath(6)));
});

Deno.test("train() does not save a state that is not finite, even if its losses are", async () => {
  const broken = resolveRunConfig({
    preset: "tiny",
    overrides: { steps: 30, logEvery: 1, saveEvery: 1, training: { discriminatorRate: 1, r1Weight: 1e300 } },
  });
  const store = new MemoryStore();
  const { message } = await assertRejects(() => run(store, { config: broken }), UserError);
  assert(
    /^the tensor adam\.D\.\S+ is not finite after step 1: the training diverged/.test(message),
  );
  assert(message.includes("lower learning rates"), message);
  assertEquals([...store.files.keys()].sort(), ["config.json", "metrics.jsonl"]);
});

Deno.test("train() leaves nothing of a step on the device but its state, and in the end nothing", async () => {
  const device = await openDevice("wasm", { threads: 1 });
  assert(isKernelDevice(device));
  const live: number[] = [];
  const events = { onStep: () => void live.push(device.liveBuffers) };
  await train({ ...base, device, store: new MemoryStore(), events });
  assertEquals(live, live.map(() => live[0]));
  assertEquals(device.liveBuffers, 0);
  await device.close();
});

Deno.test("train() rejects data that do not match the configuration before it writes anything", async () => {
  const store = new MemoryStore();
  const request = { ...base, data: spots(4), store };
  await assertRejects(
    () => train(request),
    UserError,
    '"model.discriminator.layers.0.points" is 25, but must be at most 16',
  );
  assertEquals(store.files.size, 0);
});

Deno.test("sheets of all presets have at least the resolution of the data", () => {
  for (const { resolution, sheet } of Object.values(PRESETS)) assert(sheet.resolution >= resolution);
});

Deno.test("train() waits between steps, where the model can be drawn, and ends in the same bytes", async () => {
  const store = new MemoryStore(), steps: number[] = [];
  let isDrawing = false;
  const draw = async (step: number, model: RunningModel | undefined) => {
    isDrawing = true;
    const { sampler, weights } = model!, { display, coordinates } = data;
    const latents = sampleLatents(1, 2, sampler.generator.latentDim);
    const { values } = await sampleForDisplay(sampler, weights, {
      latents,
      display,
      coordinates,
      resolution: 4,
    });
    assertEquals(values.length, 2 * 4 * 4);
    steps.push(step);
    isDrawing = false;
  };
  await run(store, {
    events: {
      onStep: () => assertEquals(isDrawing, false),
      betweenSteps: (step, model) => step % 2 === 0 ? draw(step, model) : undefined,
    },
  });
  assertEquals(steps, [2, 4, 6]);
  assertEquals(store.files, whole.files);
});
