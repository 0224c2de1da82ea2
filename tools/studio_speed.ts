/**
 * Measures training in the studio against training in this process, both with the preset `digits` on `wasm` with two threads,
 * one after the other: `deno run -A tools/studio_speed.ts [SECONDS]`. It prints steps per second, their ratio, and the tasks of
 * the page's thread over 50 ms. Nothing else should run meanwhile.
 *
 * @module
 */
import { mnistPackage } from "@gasp/datasets";
import { MemoryStore, resolveRunConfig, train } from "@gasp/gasp";
import { openDevice } from "@gasp/tensor";
import { findChromium } from "../tests/browser/chromium.ts";
import { removeSites, withStudio } from "../tests/browser/studio.ts";

/** Steps before the measurement, in which programs are compiled and caches filled. */
const WARM_UP = 20;
const THREADS = 2, seconds = Number(Deno.args[0] ?? 30);

/** Steps per second in a tab, and the page's long tasks in milliseconds. */
async function inTab(path: string): Promise<{ readonly rate: number; readonly tasks: number[] }> {
  let result = { rate: NaN, tasks: [] as number[] };
  await withStudio(path, { address: `#/train?device=wasm&threads=${THREADS}` }, async ({ page }) => {
    const step = `Number([...document.querySelectorAll(".measures div")]
      .find(({ firstChild }) => firstChild.textContent === "Step")
      ?.lastChild.textContent.replaceAll(",", "").match(/[0-9]+/)?.[0] ?? NaN)`;
    await page.click(".train-sets button:has-text('Digits')");
    await page.waitForSelector(".train-inspection:has-text('images of')");
    await page.fill("label:has-text('Steps') + input", "100000");
    await page.click("button:has-text('Start training')");
    await page.waitForFunction(`${step} > ${WARM_UP}`);
    await page.evaluate(`globalThis.tasks = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
        .observe({ entryTypes: ["longtask"] });`);
    const first: number = await page.evaluate(step), begun = performance.now();
    await page.waitForTimeout(1000 * seconds);
    const last: number = await page.evaluate(step), took = (performance.now() - begun) / 1000;
    result = { rate: (last - first) / took, tasks: await page.evaluate("tasks") };
  });
  return result;
}

/** Steps per second in this process. */
async function here(): Promise<number> {
  const config = resolveRunConfig({ preset: "digits", overrides: { steps: 100_000 } });
  const data = await mnistPackage(config.resolution), stop = new AbortController();
  await using device = await openDevice("wasm", { threads: THREADS });
  let begun = 0, steps = 0;
  const onStep = (step: number) => {
    if (step === WARM_UP) begun = performance.now();
    steps = step;
    if (step > WARM_UP && performance.now() - begun > 1000 * seconds) stop.abort();
  };
  await train({ config, data, device, store: new MemoryStore(), signal: stop.signal, events: { onStep } });
  return (steps - WARM_UP) / ((performance.now() - begun) / 1000);
}

const path = await findChromium();
if (path === undefined) {
  console.error("Chromium is not installed: apt-get install chromium");
  Deno.exit(1);
}
const { rate, tasks } = await inTab(path).finally(removeSites), own = await here();
console.log(
  `in a tab: ${rate.toFixed(2)} steps/s; in this process: ${own.toFixed(2)} steps/s; ratio ${
    (rate / own).toFixed(2)
  }`,
);
console.log(
  `the page's thread: ${tasks.length} tasks over 50 ms${
    tasks.length > 0 ? `, the longest ${Math.max(...tasks).toFixed(0)} ms` : ""
  }`,
);
