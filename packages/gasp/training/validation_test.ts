/** @module */
import { imageDataset } from "@gasp/datasets";
import { reference, type Tree, treeLeaves } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { withError } from "../metrics/core/estimate.ts";
import { BEST_FILE, type BestCheckpoint, readBest } from "../runs/best.ts";
import { resolveRunConfig } from "../runs/run_config.ts";
import { checkpointSteps } from "../runs/run_folder.ts";
import { MemoryStore } from "../runs/run_store.ts";
import type { Sampler } from "../sampling/sampler.ts";
import { train, type TrainRequest } from "./trainer.ts";
import { BestTracker, type Validation, type ValidationResult } from "./validation.ts";

const at = (value: number, half = 1) => ({ loss: { value, low: value - half, high: value + half } });

Deno.test("BestTracker remembers the best value of either direction", () => {
  const lower = new BestTracker({ best: "loss", direction: "lower" });
  assertEquals([5, 3, 4, 2].map((value, step) => lower.add(step, at(value)).best.step), [0, 1, 1, 3]);
  const higher = new BestTracker({ best: "loss", direction: "higher" });
  assertEquals([5, 3, 6].map((value, step) => higher.add(step, at(value)).best.step), [0, 0, 2]);
});

Deno.test("BestTracker finds a model clearly worse after two intervals outside that of the best", () => {
  const tracker = new BestTracker({ best: "loss", direction: "lower" });
  const worse = [0, 1.9, 2.1, 1.5, 2.1, 2.2, 2.3].map((value, step) =>
    tracker.add(step, at(value)).isClearlyWorse
  );
  assertEquals(worse, [false, false, false, false, false, true, true]);
});

Deno.test("BestTracker continues from the best of a resumed run, if it was chosen by the same value", () => {
  const before: BestCheckpoint = { step: 10, metric: "loss", value: 1, low: 0, high: 2 };
  assertEquals(new BestTracker({ best: "loss", direction: "lower" }, before).add(20, at(3)).best, before);
  assertEquals(
    new BestTracker({ best: "swd", direction: "lower" }, before).add(20, { swd: withError(3, 0) }).best.step,
    20,
  );
  assertThrows(() => new BestTracker({ best: "swd", direction: "lower" }).add(1, at(3)), RangeError, "swd");
});

const config = resolveRunConfig({
  preset: "tiny",
  overrides: { steps: 8, logEvery: 8, sampleEvery: 8, saveEvery: 4, keepCheckpoints: 1 },
});
const pixels = new Uint8Array(10 * config.resolution ** 2).map((_, i) => (i * 37) % 256);
const data = imageDataset("noise", {
  count: 10,
  height: config.resolution,
  width: config.resolution,
  channels: 1,
  pixels,
});

/** Values by call: best at the second. */
function validation(values: readonly number[], first = 0): Validation & { readonly weights: Tree[] } {
  const weights: Tree[] = [];
  let call = first;
  return {
    every: 2,
    best: "loss",
    direction: "lower",
    weights,
    evaluate(_sampler: Sampler, current: Tree) {
      weights.push(current);
      return Promise.resolve({ loss: withError(values[call++]!, 0.1), other: withError(7, 0) });
    },
  };
}

const run = (store: MemoryStore, more: Partial<TrainRequest> = {}) =>
  train({ config, data, device: reference, store, ...more });

Deno.test("train() evaluates the average at intervals, logs the values and keeps the best checkpoint", async () => {
  const store = new MemoryStore(), checks = validation([3, 1, 2, 4]), results: ValidationResult[] = [];
  await run(store, { validation: checks, events: { onValidation: (result) => void results.push(result) } });
  assertEquals(results.map(({ step, best }) => [step, best.step]), [[2, 2], [4, 4], [6, 4], [8, 4]]);
  assertEquals(results.map(({ isClearlyWorse }) => isClearlyWorse), [false, false, false, true]);
  const lines = new TextDecoder().decode(store.files.get("metrics.jsonl")).trim().split("\n")
    .map((line) => JSON.parse(line));
  assertEquals(lines.slice(0, 3), [3, 1, 2].map((loss, i) => ({ step: 2 * i + 2, loss, other: 7 })));
  // The newest one and the best
  assertEquals(await checkpointSteps(store), [4, 8]);
  assertEquals((await readBest(store))?.step, 4);
  assert(checks.weights.every((weights) => treeLeaves(weights).length > 0));
});

Deno.test("train() does not change its result by evaluations", async () => {
  const plain = new MemoryStore(), evaluated = new MemoryStore();
  await run(plain);
  await run(evaluated, { validation: validation([1, 2, 3, 4]) });
  assertEquals(
    evaluated.files.get("checkpoints/step-8.safetensors"),
    plain.files.get("checkpoints/step-8.safetensors"),
  );
});

Deno.test("train() stopped and resumed with evaluations ends in the same files", async () => {
  const whole = new MemoryStore(), store = new MemoryStore(), values = [3, 1, 2, 4];
  await run(whole, { validation: validation(values) });
  const stop = new AbortController();
  const events = { onStep: (step: number) => step === 5 && stop.abort() };
  await run(store, { validation: validation(values), signal: stop.signal, events });
  // Also after a resume without evaluations, the best checkpoint stays
  const again = new AbortController();
  const until = { onStep: (step: number) => step === 6 && again.abort() };
  await run(store, { resume: true, signal: again.signal, events: until });
  assertEquals(await checkpointSteps(store), [4, 6]);
  await run(store, { resume: true, validation: validation(values, 3) });
  assertEquals([...store.files.keys()].sort(), [...whole.files.keys()].sort());
  for (const [path, bytes] of whole.files) {
    if (path !== "metrics.jsonl") assertEquals(store.files.get(path), bytes, path);
  }
  assert(store.files.has(BEST_FILE));
});
