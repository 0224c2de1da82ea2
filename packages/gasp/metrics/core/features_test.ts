/** @module */
import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../config/user_error.ts";
import { bootstrap, errorOfInfluences, meanOf, showEstimate } from "./estimate.ts";
import { type FeatureSpace, ItemSet } from "./features.ts";
import { blocksOf, itemsOf } from "./items.ts";

const doubled: FeatureSpace = {
  name: "doubled",
  dimensions: 2,
  protocol: {},
  extract: (values) => Promise.resolve(values.map((value) => 2 * value)),
};

Deno.test("ItemSet computes the features of a space once, block by block, and reports progress", async () => {
  let reads = 0;
  const items = itemsOf(Float32Array.from({ length: 600 }, (_, i) => i), 2), done: number[] = [];
  const counted = { ...items, read: (first: number, count: number) => (reads++, items.read(first, count)) };
  const set = new ItemSet(counted, (count) => done.push(count));
  const { rows, count, dimensions } = await set.features(doubled);
  assertEquals([rows[599], count, dimensions], [1198, 300, 2]);
  assertEquals(await set.features(doubled), { rows, count, dimensions });
  assertEquals([reads, done], [2, [256, 300]]);
});

Deno.test("ItemSet rejects features that are not finite", async () => {
  const set = new ItemSet(itemsOf(Float32Array.of(1, NaN), 2));
  await assertRejects(() => set.features(doubled), UserError, "doubled features that are not finite");
});

Deno.test("blocksOf() limits the number of values in memory", async () => {
  const size = 2 ** 20, sizes: number[] = [];
  const large = { count: 10, size, read: () => Promise.resolve(new Float32Array(0)) };
  for await (const { count } of blocksOf(large)) sizes.push(count);
  assertEquals(sizes, [4, 4, 2]);
});

Deno.test("meanOf() and bootstrap() of a mean agree with the standard error of the mean", () => {
  const terms = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i));
  const closed = meanOf(terms);
  const resampled = (picks: Uint32Array) => picks.reduce((sum, i) => sum + terms[i]!, 0) / picks.length;
  const sampled = bootstrap({ value: closed.value, count: 400, resamples: 400, seed: 1, resampled });
  assertAlmostEquals((sampled.high - sampled.low) / (closed.high - closed.low), 1, 0.1);
  assertAlmostEquals(
    (closed.high - closed.low) / 2,
    1.959964 * errorOfInfluences(terms.map((term) => term + 5)),
    1e-12,
  );
});

Deno.test("showEstimate() shows the digits that the interval supports", () => {
  assertEquals(showEstimate({ value: 0.123456, low: 0.1, high: 0.15 }), "0.123 ± 0.025");
  assertEquals(showEstimate({ value: 1, low: 1, high: 1 }), "1");
  assertEquals(showEstimate({ value: 0.5, low: 0.5, high: 0.5 }), "0.5000");
});
