/** @module */
import { GASP_PRESETS } from "@gasp/gasp";
import { assertEquals } from "@std/assert";
import { LongRunWarning } from "./train_duration.ts";

const IMAGE = { kind: "image", height: 64, width: 64, channels: 3 } as const;

/** Reports steps of equal length; returns the warnings. */
function warnings(
  preset: keyof typeof GASP_PRESETS,
  stepSeconds: number,
  first = 0,
  display: ConstructorParameters<typeof LongRunWarning>[2] = IMAGE,
): [step: number, text: string][] {
  let time = 0;
  const warning = new LongRunWarning(first, GASP_PRESETS[preset], display, () => time);
  const found: [number, string][] = [];
  for (let step = first + 1; step <= first + 30; step++) {
    time += 1000 * stepSeconds;
    const text = warning.after(step);
    if (text !== undefined) found.push([step, text]);
  }
  return found;
}

Deno.test("LongRunWarning says once, after the first steps, how long a run would take and what takes minutes", () => {
  const advice = "on this machine: --preset photos32 takes minutes on two cores; or choose fewer --steps";
  assertEquals(warnings("celebahq64", 13.65), [[1, `this run would take about 22 d 5 h ${advice}`]]);
  assertEquals(warnings("celebahq64", 1), [[5, `this run would take about 1 d 15 h ${advice}`]]);
  assertEquals(warnings("celebahq64", 1, 100_000), [
    [100_005, `the rest of this run would take about 11h18m ${advice}`],
  ]);
});

Deno.test("LongRunWarning names a preset for the kind of data, if there is another", () => {
  const ending = (...args: Parameters<typeof warnings>) => warnings(...args)[0]?.[1].split(": ")[1];
  const chairs = "--preset chairs16 takes minutes on two cores; or choose fewer --steps";
  assertEquals(ending("shapenet-voxels", 9, 0, { kind: "volume", resolution: 32 }), chairs);
  assertEquals(ending("photos32", 9), "choose fewer --steps");
  assertEquals(ending("digits", 9, 0, { kind: "curve", samples: 9 }), "choose fewer --steps");
});

Deno.test("LongRunWarning is silent about runs of minutes or a few hours", () => {
  assertEquals(warnings("digits", 0.02), []);
  assertEquals(warnings("photos32", 1), []);
});
