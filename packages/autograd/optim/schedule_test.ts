import { assertThrows } from "@std/assert";
import { tensor } from "@gasp/tensor";
import { assertNear, numbers } from "../testing.ts";
import {
  constantRate,
  cosineDecay,
  exponentialDecay,
  linearDecay,
  linearWarmup,
  type Schedule,
  stepDecay,
} from "./schedule.ts";

async function ratesOf(schedule: Schedule, steps: readonly number[]): Promise<number[]> {
  const rates = await Promise.all(steps.map((step) => numbers(schedule(tensor(Int32Array.of(step), [])))));
  return rates.flat();
}

Deno.test("schedules follow their formulas", async () => {
  assertNear(await ratesOf(constantRate(0.3), [0, 1000]), [0.3, 0.3]);
  assertNear(await ratesOf(linearDecay({ from: 1, to: 0.2, steps: 4 }), [0, 1, 4, 9]), [1, 0.8, 0.2, 0.2]);
  const cosine = [0, 1, 2, 3, 4, 5].map((t) => 0.1 + 0.45 * (1 + Math.cos(Math.PI * Math.min(t / 4, 1))));
  assertNear(await ratesOf(cosineDecay({ from: 1, to: 0.1, steps: 4 }), [0, 1, 2, 3, 4, 5]), cosine);
  assertNear(
    await ratesOf(exponentialDecay({ from: 2, factor: 0.5, steps: 10 }), [0, 5, 10, 20]),
    [2, 2 * Math.SQRT1_2, 1, 0.5],
  );
  assertNear(await ratesOf(stepDecay({ from: 2, factor: 0.1, steps: 10 }), [0, 9, 10, 25]), [
    2,
    2,
    0.2,
    0.02,
  ]);
});

Deno.test("linearWarmup() rises to the first rate of a schedule, then follows it", async () => {
  const schedule = linearWarmup(linearDecay({ from: 1, steps: 10 }), { steps: 4, from: 0.2 });
  assertNear(await ratesOf(schedule, [0, 1, 3, 4, 5, 14, 20]), [0.2, 0.4, 0.8, 1, 0.9, 0, 0]);
  assertNear(await ratesOf(linearWarmup(0.5, { steps: 2 }), [0, 1, 2, 3]), [0, 0.25, 0.5, 0.5]);
});

Deno.test("schedules reject invalid options", () => {
  assertThrows(() => linearDecay({ from: 1, steps: 0 }), RangeError, "at least 1, got 0");
  assertThrows(() => cosineDecay({ from: -1, steps: 5 }), RangeError, "got -1");
  assertThrows(() => stepDecay({ from: 1, factor: 0, steps: 5 }), RangeError, "above 0, got 0");
  assertThrows(() => linearWarmup(1, { steps: 1.5 }), RangeError, "got 1.5");
});
