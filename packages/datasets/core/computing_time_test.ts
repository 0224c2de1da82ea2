import { assert, assertEquals } from "@std/assert";
import { computingTime } from "./computing_time.ts";

Deno.test("computingTime() counts what the process computed, at least a tenth of what passed and at most all", () => {
  let now = 5000, computed: number | undefined = 3;
  const clock = computingTime(() => now, () => computed);
  const at = (milliseconds: number, seconds: number | undefined) => {
    [now, computed] = [milliseconds, seconds];
    return clock();
  };
  assertEquals([at(5000, 3), at(15_000, 7), at(15_000, 3.5), at(15_000, 33)], [0, 4, 1, 10]);
  assertEquals(at(15_000, undefined), 10);
});

Deno.test("computingTime() knows that a process computes", () => {
  const clock = computingTime();
  let sum = 0;
  while (clock() < 0.01) sum += Math.sin(sum);
  assert(Number.isFinite(sum) && clock() < 600);
});
