import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { batchNorm } from "./batch_norm.ts";
import { tensor } from "@gasp/tensor";
import { numbers } from "../testing.ts";
import { initBatchNorm, initLinear, initMlp } from "./init.ts";
import { randomSource } from "./random_source.ts";

const KEY = { seed: 7, stream: "test" };

Deno.test("initLinear() is uniform over ±1/√in", async () => {
  const { weight, bias } = initLinear(randomSource(KEY), 16, 500);
  assertEquals([weight.shape, bias.shape], [[500, 16], [500]]);
  for (const part of [weight, bias]) {
    const values = await numbers(part);
    assertEquals(values.every((v) => v >= -0.25 && v < 0.25), true);
    // The Kolmogorov–Smirnov statistic, which exceeds this in one of a hundred samples.
    const evenly = values.toSorted((a, b) => a - b).map((v, i) =>
      Math.abs((v + 0.25) / 0.5 - i / values.length)
    );
    assertLess(Math.max(...evenly), 1.63 / Math.sqrt(values.length));
  }
});

Deno.test("initMlp() is a function of its seed and draws every tensor independently", async () => {
  const layers = initMlp(randomSource(KEY), [3, 4, 4, 2]);
  assertEquals(layers.map(({ weight }) => weight.shape), [[4, 3], [4, 4], [2, 4]]);
  const again = initMlp(randomSource(KEY), [3, 4, 4, 2]);
  const other = initMlp(randomSource({ ...KEY, seed: 8 }), [3, 4, 4, 2]);
  assertEquals(await numbers(again[1]!.weight), await numbers(layers[1]!.weight));
  assertNotEquals(await numbers(other[1]!.weight), await numbers(layers[1]!.weight));
  assertNotEquals(await numbers(layers[1]!.bias), await numbers(layers[0]!.bias));
});

Deno.test("initBatchNorm() is the identity in evaluation, up to eps", async () => {
  const x = tensor([[1, -2], [3, 4]]);
  const { output } = batchNorm(x, initBatchNorm(2), { mode: "eval", eps: 0 });
  assertEquals(await numbers(output), [1, -2, 3, 4]);
});
