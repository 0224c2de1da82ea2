import { assertEquals, assertThrows } from "@std/assert";
import { tensor } from "@gasp/tensor";
import { assertNear, numbers } from "../testing.ts";
import { clipByGlobalNorm, globalNorm } from "./clip.ts";
import { emaUpdate } from "./ema.ts";

const tree = { w: tensor([[1, 2], [2, 4]]), b: [tensor([12])] };

Deno.test("globalNorm() is the norm over all elements", async () => {
  assertNear(await numbers(globalNorm(tree)), [13]);
  assertEquals(await numbers(globalNorm([])), [0]);
});

Deno.test("clipByGlobalNorm() scales gradients above the limit only", async () => {
  const clipped = clipByGlobalNorm(tree, 6.5);
  assertNear(await numbers(clipped.gradients.w), [0.5, 1, 1, 2]);
  assertNear(await numbers(clipped.gradients.b[0]!), [6]);
  assertNear(await numbers(clipped.norm), [13]);
  for (const limit of [13, 100, tensor([14], [])]) {
    assertEquals(await numbers(clipByGlobalNorm(tree, limit).gradients.w), [1, 2, 2, 4]);
  }
  const zero = clipByGlobalNorm({ x: tensor([0, 0]) }, 1);
  assertEquals(await numbers(zero.gradients.x), [0, 0]);
  assertThrows(() => clipByGlobalNorm(tree, 0), RangeError, "above 0, got 0");
});

Deno.test("emaUpdate() averages", async () => {
  const average = { x: tensor([1, 0]) }, params = { x: tensor([2, 4]) };
  assertNear(await numbers(emaUpdate(average, params, 0.75).x), [1.25, 1]);
  assertNear(await numbers(emaUpdate(average, params, tensor([0.5], [])).x), [1.5, 2]);
  assertThrows(() => emaUpdate(average, params, 1.5), RangeError, "got 1.5");
  assertThrows(() => emaUpdate(average, { x: tensor([1]) }, 0.5), RangeError, "at 'x'");
});
