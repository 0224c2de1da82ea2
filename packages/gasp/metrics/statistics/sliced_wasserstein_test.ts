import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { randomNormal } from "@gasp/tensor";
import { slicedWasserstein } from "./sliced_wasserstein.ts";

Deno.test("slicedWasserstein() pairs values in sorted order", () => {
  // 1-2, 3-4, 8-5 in order: (1 + 1 + 9) / 3.
  assertAlmostEquals(slicedWasserstein([8, 1, 3], [4, 5, 2], 1), Math.sqrt(11 / 3), 1e-12);
});

Deno.test("slicedWasserstein() of a set with itself in another order is 0", () => {
  assertAlmostEquals(slicedWasserstein([1, 2, 3, 4, 5, 6], [5, 6, 1, 2, 3, 4], 2), 0, 1e-12);
});

Deno.test("slicedWasserstein() of translated samples is the translation over √dimensions", () => {
  const dimensions = 16;
  const samples = randomNormal({ seed: 6, stream: "test", step: 0 }, 20 * dimensions);
  const moved = samples.map((value, i) => i % dimensions === 0 ? value + 2 : value);
  const mean = slicedWasserstein(samples, moved, dimensions, { projections: 2000 });
  assertLess(Math.abs(mean - 2 / Math.sqrt(dimensions)), 0.02);
});

Deno.test("slicedWasserstein() draws from the larger set, the same ones for the same seed", () => {
  const larger = randomNormal({ seed: 7, stream: "test", step: 0 }, 300);
  const smaller = randomNormal({ seed: 7, stream: "test", step: 1 }, 30);
  const distance = slicedWasserstein(larger, smaller, 3, { seed: 1 });
  assertEquals(slicedWasserstein(larger, smaller, 3, { seed: 1 }), distance);
  assertEquals(slicedWasserstein(larger, smaller, 3, { seed: 2 }) === distance, false);
});

Deno.test("slicedWasserstein() refuses single samples", () => {
  assertThrows(() => slicedWasserstein([1, 2, 3, 4], [1, 2], 2), RangeError, "two samples or more");
});
