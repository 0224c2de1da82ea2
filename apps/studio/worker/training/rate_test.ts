import { assertEquals } from "@std/assert";
import { Rate } from "./rate.ts";

Deno.test("Rate measures the last seconds, without the first step and without pauses", () => {
  const rate = new Rate();
  rate.add(0);
  rate.add(5000);
  assertEquals(rate.value, undefined);
  for (let step = 1; step <= 200; step++) rate.add(5000 + 100 * step);
  assertEquals(rate.value, 10);
  rate.restart();
  assertEquals(rate.value, undefined);
  for (const time of [90_000, 91_000, 91_500, 92_000]) rate.add(time);
  assertEquals(rate.value, 2);
});
