/**
 * A run from before methods were distinguished still opens, samples, fits and resumes, with the same bytes as then.
 * `tests/fixtures/run_before_methods` has its configuration, its losses and its checkpoint of step 25; `expected.json` has the
 * results of the program of that time on `wasm`.
 *
 * The last bits depend on whether a machine's relaxed multiply-add rounds once or twice. The fixture's rounded once, as nearly
 * all do; elsewhere results are compared within a tolerance.
 *
 * @module
 */
import { gridCoordinates, mnistPackage } from "@gasp/datasets";
import {
  CONFIG_FILE,
  MemoryStore,
  migrateConfig,
  openCheckpoint,
  parseRunConfig,
  readConfig,
  resolveRunConfig,
  type RunConfig,
  sampleLatents,
  Sampler,
  train,
} from "@gasp/gasp";
import { fitLatents } from "@gasp/gasp/explore";
import { compile, matmul, openDevice, parseSafetensors, type Tensor, tensor } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";

const FOLDER = new URL("fixtures/run_before_methods/", import.meta.url);
const NOTE = "converted a configuration of an earlier version: " +
  '"training.batch" is now "batchSize", "training.averageDecay" is now "training.emaDecay", ' +
  '"model.layers" is now "model.discriminator.layers", "model.norm" is now "model.discriminator.norm"';

interface Expected {
  readonly samples: readonly number[];
  readonly fit: { readonly latents: readonly number[]; readonly losses: readonly number[] };
  readonly checksums: Readonly<Record<string, string>>;
}

const expected: Expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", FOLDER)));

async function storedRun(): Promise<MemoryStore> {
  const store = new MemoryStore("run");
  for (const path of [CONFIG_FILE, "metrics.jsonl", "checkpoints/step-25.safetensors"]) {
    await store.write(path, await Deno.readFile(new URL(path, FOLDER)));
  }
  return store;
}

function linesOf(metrics: string): Record<string, number>[] {
  return metrics.trimEnd().split("\n").map((line) => JSON.parse(line));
}

function tensorsOf(store: MemoryStore, step: number) {
  return parseSafetensors(store.files.get(`checkpoints/step-${step}.safetensors`)!);
}

const tiny = resolveRunConfig({ preset: "tiny" });
const data = await mnistPackage(tiny.resolution);
const device = await openDevice("wasm", { threads: 1 });

async function trained(store: MemoryStore, config: RunConfig): Promise<MemoryStore> {
  await train({ config, data, device, store, resume: true });
  return store;
}

/** A complete run of this program. */
const whole = await trained(new MemoryStore("new"), tiny);

/** Whether multiply-add rounds once: (1 + 2⁻¹²)² is 1 + 2⁻¹¹ + 2⁻²⁴. */
async function roundsOnce(): Promise<boolean> {
  const multiply = compile((a: Tensor, b: Tensor): Tensor => matmul(a, b), { device }), part = 1 + 2 ** -12;
  const product = await multiply(tensor([-1 - 2 ** -11, part], [1, 2]), tensor([1, part], [2, 1]));
  const [sum] = await product.data();
  product.dispose();
  multiply.release();
  assert(sum === 0 || sum === 2 ** -24, `the sum is ${sum}`);
  return sum !== 0;
}
const isExact = await roundsOnce();

function assertSame(actual: ArrayLike<number>, expected: readonly number[]): void {
  if (isExact) return assertEquals(Array.from(actual), expected);
  assertEquals(actual.length, expected.length);
  expected.forEach((value, i) => assertAlmostEquals(actual[i]!, value, 1e-4));
}

Deno.test("the configuration of an earlier run is migrated, with a message", async () => {
  const stored = await readConfig(await storedRun()), notes: string[] = [];
  const config = parseRunConfig(stored, "run/config.json", (note) => notes.push(note));
  assertEquals(config, tiny);
  assertEquals(notes, [`run/config.json: ${NOTE}`]);
  const { value } = migrateConfig(stored);
  assertEquals(migrateConfig(value), { value, moved: [] });
});

Deno.test("an earlier run opens and samples as it did then", async () => {
  const checkpoint = await openCheckpoint(await storedRun(), 25), { generator } = checkpoint;
  assertEquals([checkpoint.step, checkpoint.config], [25, tiny]);
  assertEquals(checkpoint.notes, [`run/checkpoints/step-25.safetensors: ${NOTE}`]);
  const sampler = new Sampler(generator, device), latents = sampleLatents(0, 2, generator.latentDim);
  const weights = await checkpoint.readWeights("ema");
  assertSame(await sampler.sample(weights, latents, gridCoordinates([3, 3])), expected.samples);
  sampler.release();
});

Deno.test("an earlier run fits as it did then", async () => {
  const checkpoint = await openCheckpoint(await storedRun(), 25), { generator } = checkpoint;
  const features = new Float32Array(9).map((_, i) => Math.sin(i));
  const fit = await fitLatents({
    generator,
    weights: await checkpoint.readWeights("ema"),
    device,
    steps: 20,
    restarts: 2,
    observations: { targets: 1, points: 9, coordinates: gridCoordinates([3, 3]), features },
  });
  assertSame(fit.latents, expected.fit.latents);
  assertSame(fit.losses, expected.fit.losses);
});

Deno.test("an earlier run resumes with the same bytes as then, in today's format", async () => {
  const store = await storedRun();
  await trained(store, parseRunConfig(await readConfig(store), "run/config.json"));
  const [resumed, fresh] = [tensorsOf(store, 50), tensorsOf(whole, 50)];
  assertEquals(await readConfig(store), JSON.parse(JSON.stringify(tiny)));
  assertEquals(resumed.metadata.get("version"), "2");
  if (isExact) {
    assertEquals(resumed.metadata.get("checksums"), JSON.stringify(expected.checksums));
    assertEquals(resumed.tensors, fresh.tensors);
    const stored = linesOf(await Deno.readTextFile(new URL("metrics.jsonl", FOLDER)));
    for (const run of [store, whole]) {
      const lines = linesOf(new TextDecoder().decode(run.files.get("metrics.jsonl")));
      assertEquals(lines.map(Object.keys), stored.map(Object.keys));
      // Recorded losses do not affect training, so their rounding may improve.
      lines.forEach((line, i) => {
        for (const [name, value] of Object.entries(line)) assertAlmostEquals(value, stored[i]![name]!, 1e-6);
      });
    }
    return;
  }
  assertEquals([...resumed.tensors.keys()], [...fresh.tensors.keys()]);
  for (const [name, { data }] of resumed.tensors) {
    const values = fresh.tensors.get(name)!.data;
    assert(Array.from(data, Number).every((value, i) => Math.abs(value - Number(values[i])) < 1e-2), name);
  }
});
