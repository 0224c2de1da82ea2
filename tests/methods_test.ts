/**
 * A user-defined method trains, resumes, plans its memory, samples and fits through the same functions and commands as the
 * built-in one.
 *
 * @module
 */
import { gridCoordinates, imageDataset } from "@gasp/datasets";
import {
  checkpointPath,
  MemoryStore,
  methodNames,
  openCheckpoint,
  openCheckpointFile,
  parseRunConfig,
  registerMethod,
  resolveRunConfig,
  type RunConfig,
  sampleLatents,
  Sampler,
  train,
  UserError,
} from "@gasp/gasp";
import { fitLatents } from "@gasp/gasp/explore";
import { generatorFile } from "@gasp/gasp/import";
import { blobAccess, isKernelDevice, MemoryError, parseSafetensors } from "@gasp/tensor";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { main } from "../apps/cli/main.ts";
import { inFolder } from "./cli.ts";
import { deviceTest } from "./devices.ts";
import { meanMethod } from "./mean_method.ts";

registerMethod(meanMethod);

const SIZE = 5, ITEMS = 20, POINTS = SIZE ** 2;
const pixels = new Uint8Array(ITEMS * POINTS).map((_, i) => 100 + i % POINTS * 4 + (i * 7 % 13));
const data = imageDataset("ramps", { count: ITEMS, height: SIZE, width: SIZE, channels: 1, pixels });
const config = resolveRunConfig({ file: { value: { method: "mean", steps: 300 }, where: "my.json" } });

/** The mean of the data at each point, in [-1, 1]. */
const expected = Array.from({ length: POINTS }, (_, point) => {
  const values = Array.from({ length: ITEMS }, (_, item) => pixels[item * POINTS + point]!);
  return values.reduce((sum, value) => sum + value, 0) / ITEMS / 127.5 - 1;
});

const linesOf = (store: MemoryStore) =>
  new TextDecoder().decode(store.files.get("metrics.jsonl")).trim().split("\n").map((line) =>
    JSON.parse(line)
  );

Deno.test("a method is registered by name, and validates its own configuration", () => {
  assertEquals([methodNames()[0], methodNames().at(-1)], ["gasp", "mean"]);
  assertEquals([config.method, config.preset, config.steps], ["mean", "tiny-mean", 300]);
  const wrong = { ...config, training: { rate: 0.1, generatorRate: 1 } };
  assertThrows(
    () => parseRunConfig(wrong, "my.json"),
    UserError,
    '"training.generatorRate" is not a known field',
  );
  assertThrows(() => registerMethod(meanMethod), TypeError, 'a method "mean" is already registered');
});

await deviceTest(
  "a method trains, records its named losses, and samples what it has learnt",
  async (device) => {
    const store = new MemoryStore();
    await train({ config, data, device, store });
    const lines = linesOf(store);
    assertEquals(Object.keys(lines[0]), ["step", "error"]);
    assert(lines.at(-1).error < lines[0].error / 10, `from ${lines[0].error} to ${lines.at(-1).error}`);
    assert(store.files.has("samples/step-300.png"));

    const checkpoint = await openCheckpoint(store, 300), { generator } = checkpoint;
    const weights = await checkpoint.readWeights("ema");
    const sampler = new Sampler(generator, device), coordinates = gridCoordinates([SIZE, SIZE]);
    const samples = await sampler.sample(weights, sampleLatents(0, 2, generator.latentDim), coordinates);
    sampler.release();
    assertEquals(samples.length, 2 * POINTS);
    samples.forEach((value, i) => assert(Math.abs(value - expected[i % POINTS]!) < 0.1, `${i}: ${value}`));

    const observations = { targets: 1, points: POINTS, coordinates, features: Float32Array.from(expected) };
    const fit = await fitLatents({ generator, weights, device, observations, steps: 2, restarts: 2 });
    assert(fit.losses[0]! < 0.01, `the loss is ${fit.losses[0]}`);
  },
  ["wasm", "reference"],
);

await deviceTest("a method that is stopped and resumed yields the same bytes", async (device) => {
  const whole = new MemoryStore(), parts = new MemoryStore(), short: RunConfig = { ...config, steps: 10 };
  await train({ config: short, data, device, store: whole });
  await train({ config: { ...short, steps: 7 }, data, device, store: parts });
  await train({ config: short, data, device, store: parts, resume: true });
  assertEquals(parts.files.get(checkpointPath(10)), whole.files.get(checkpointPath(10)));
  assertEquals(
    linesOf(parts).filter(({ step }) => step === 10),
    linesOf(whole).filter(({ step }) => step === 10),
  );
  const { tensors } = parseSafetensors(whole.files.get(checkpointPath(10))!);
  assertEquals([...tensors.keys()].slice(-2), ["optimizer/moments/v/1/weight", "optimizer/step"]);
}, ["wasm", "reference"]);

await deviceTest("a method's memory is planned, and errors say what would fit", async (device) => {
  assert(isKernelDevice(device));
  const request = { config: { ...config, steps: 1 }, data, device };
  let bytes = 0;
  await train({
    ...request,
    store: new MemoryStore(),
    events: { onReady: ({ plan }) => bytes = plan!.temporaryBytes + plan!.externalBytes },
  });
  assert(bytes > 0);
  await train({ ...request, store: new MemoryStore(), memoryLimit: bytes });
  const { shortage } = await assertRejects(
    () => train({ ...request, store: new MemoryStore(), memoryLimit: 100 }),
    MemoryError,
  );
  assertEquals(shortage.fitting.map(({ name }) => name), ["memoryLimit"]);
}, ["wasm"]);

await deviceTest("a method's generator can be exported and sampled on its own", async (device) => {
  const store = new MemoryStore();
  await train({ config: { ...config, steps: 2 }, data, device, store });
  const checkpoint = await openCheckpoint(store, 2), weights = await checkpoint.readWeights("latest");
  const parts = await Array.fromAsync(generatorFile(checkpoint, weights, "latest"));
  const file = blobAccess(new Blob(parts.map((part) => part.slice())));
  const exported = await openCheckpointFile(file, "mean.safetensors");
  const sample = async (from: typeof checkpoint) => {
    const sampler = new Sampler(from.generator, device);
    const values = await sampler.sample(
      await from.readWeights("latest"),
      Float32Array.of(0),
      gridCoordinates([3, 3]),
    );
    sampler.release();
    return values;
  };
  assertEquals(await sample(exported), await sample(checkpoint));
}, ["reference"]);

Deno.test("the command line trains, resumes and samples a method", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, file = `${folder}/mean.json`;
    await Deno.writeTextFile(file, '{"method": "mean", "steps": 4, "saveEvery": 2}');
    const on = ["--device", "reference"];
    assertEquals(await main(["train", "--config", file, "--out", run, ...on]), 0);
    assertEquals(await main(["train", "--resume", run, "--steps", "6", ...on]), 0);
    assertEquals(await main(["sample", run, "--count", "2", ...on]), 0);
    const { size } = await Deno.stat(`${run}/samples/step-6-seed-0.png`);
    assert(size > 0);
    const { method, steps } = JSON.parse(await Deno.readTextFile(`${run}/config.json`));
    assertEquals([method, steps], ["mean", 6]);
  }));

Deno.test("docs/methods.md shows the tested method, in fewer than 60 lines", async () => {
  const code = await Deno.readTextFile(new URL("mean_method.ts", import.meta.url));
  const guide = await Deno.readTextFile(new URL("../docs/methods.md", import.meta.url));
  assert(
    guide.includes("```ts\n" + code + "```"),
    "the code of tests/mean_method.ts is not in docs/methods.md",
  );
  assert(code.trimEnd().split("\n").length < 60);
});
