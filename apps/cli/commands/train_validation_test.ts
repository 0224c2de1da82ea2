/** @module */
import { mnistPackage } from "@gasp/datasets";
import { asGasp, generatorOf, initialGenerator, resolveRunConfig, Sampler } from "@gasp/gasp";
import { openDevice } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { chooseMetrics, Evaluation, itemsOfGenerator } from "@gasp/gasp/metrics";
import { UsageError } from "../options/options.ts";
import { openValidation, type ValidationChoice } from "./train_validation.ts";

const config = asGasp(resolveRunConfig({ preset: "tiny" })), data = await mnistPackage(config.resolution);
const device = await openDevice("wasm", { threads: 1 });
const open = (every?: number, evaluate = "pca-fd") =>
  openValidation({ "evaluate-every": every, evaluate } as ValidationChoice, config, data, device);

Deno.test("openValidation() evaluates as `evaluate` does", async () => {
  const opened = (await open(7, "pca-fd,swd"))!, { every, best, direction, evaluate } = opened.validation;
  assertEquals([every, best, direction], [7, "pca-fd", "lower"]);
  const sampler = new Sampler(generatorOf(config), device), weights = initialGenerator(config.model, 0);
  const values = await evaluate(sampler, weights);
  assertEquals(Object.keys(values), ["pca-fd", "swd"]);
  const metrics = chooseMetrics(["pca-fd"], data);
  const evaluation = await Evaluation.prepare({ data, metrics, device });
  const samples = itemsOfGenerator(sampler, weights, data, 500);
  assertAlmostEquals((await evaluation.compare(samples))["pca-fd"]!.value, values["pca-fd"]!.value, 1e-9);
  opened.release();
  sampler.release();
});

Deno.test("openValidation() is on for small items and off on request and for large or few ones", async () => {
  assertEquals((await open())?.validation.every, config.sampleEvery);
  assertEquals(await open(0), undefined);
  const choice = { "evaluate-every": undefined, evaluate: "pca-fd" };
  for (const other of [{ ...data, items: 20 }, { ...data, pointCount: 4096 }]) {
    assertEquals(await openValidation(choice, config, other, device), undefined);
  }
});

Deno.test("openValidation() names the value that chooses the best checkpoint", async () => {
  const manifold = await open(5, "recall");
  assertEquals([manifold!.validation.best, manifold!.validation.direction], ["recall", "higher"]);
  assert(!("seam" in manifold!.validation));
  await assertRejects(() => open(5, "fie"), Error, "there is no metric");
  const volume = { ...data, display: { kind: "volume", resolution: 2 } as const };
  await assertRejects(
    () => openValidation({ "evaluate-every": 5, evaluate: "parts" }, config, volume, device),
    UsageError,
    "has no better or worse values",
  );
});
