/**
 * Measures the studio in headless Chromium:
 *
 *     deno run -A tools/studio_speed.ts [--visits 3] [--rounds 5] [--seconds 10] [--minutes 10]
 *
 * What a first visit loads and how long it takes; steps per second of the preset `digits` on `wasm` with two threads, in the tab
 * and in this process by turns of some seconds, and which threads take the time; tasks of the page's thread meanwhile; with
 * `--minutes`, the memory of a tab that trains. Nothing else should run.
 *
 * @module
 */
import { mnistPackage } from "@gasp/datasets";
import { openFileStore, resolveRunConfig, train } from "@gasp/gasp";
import { openDevice } from "@gasp/tensor";
import { parseArgs } from "@std/cli/parse-args";
import type { Page } from "playwright-core";
import { findChromium } from "../tests/browser/chromium.ts";
import {
  COMPLETED_STEPS,
  packedSizes,
  pictureShown,
  removeSites,
  withStudio,
} from "../tests/browser/studio.ts";
import {
  processTree,
  residentBytes,
  sharePriority,
  type ThreadTime,
  threadTimes,
  timeBetween,
} from "./thread_times.ts";

/** Steps before the measurement, in which programs are compiled and caches filled. */
const WARM_UP = 40;
const THREADS = 2, POLL = 20;
const ADDRESS = `#/train?device=wasm&threads=${THREADS}`;

/** Steps in a time, and the cores that were busy, by what for. */
interface Turn {
  readonly rate: number;
  readonly cores: ReadonlyMap<string, number>;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function startTraining(page: Page): Promise<void> {
  await page.click(".train-sets button:has-text('Digits')");
  await page.waitForSelector(".train-inspection:has-text('images of')");
  await page.fill("label:has-text('Steps') + input", "1000000");
  await page.click("button:has-text('Start training')");
  await page.waitForFunction(`${COMPLETED_STEPS} > ${WARM_UP}`);
  await page.evaluate(`globalThis.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ entryTypes: ["longtask"] });`);
}

/** Waits until the page shows another step than before; returns it. */
async function nextStep(page: Page): Promise<number> {
  const before: number = await page.evaluate(COMPLETED_STEPS);
  await page.waitForFunction(`${COMPLETED_STEPS} !== ${before}`, undefined, { polling: POLL });
  return await page.evaluate(COMPLETED_STEPS);
}

/** What a thread of the browser is for. */
function kindOf({ type, name }: ThreadTime): string {
  if (type !== "renderer") return type === "gpu-process" ? "compositor" : "browser";
  if (name === "DedicatedWorker") return "workers";
  return name.startsWith("ThreadPool") ? "compiler" : name.startsWith("chrom") ? "page" : "browser";
}

/** Measures a turn. @param step Waits for the next step and returns it. */
async function turn(
  seconds: number,
  step: () => Promise<number>,
  processes: readonly string[],
  kind: (thread: ThreadTime) => string,
): Promise<Turn> {
  const first = await step(), begun = performance.now(), before = threadTimes(processes);
  await sleep(seconds);
  const last = await step(), took = (performance.now() - begun) / 1000;
  const spent = timeBetween(before, threadTimes(processes), kind);
  return {
    rate: (last - first) / took,
    cores: new Map([...spent].map(([kind, seconds]) => [kind, seconds / took])),
  };
}

/** A training in this process that can be held between steps. */
class OwnTraining implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  #step = 0;
  #waiting: ((step: number) => void)[] = [];
  #held = Promise.withResolvers<void>();

  constructor(folder: string) {
    this.#held.resolve();
    this.#done = this.#train(folder);
  }

  async #train(folder: string): Promise<void> {
    const config = resolveRunConfig({ preset: "digits", overrides: { steps: 1_000_000 } });
    const data = await mnistPackage(config.resolution), store = await openFileStore(folder);
    await using device = await openDevice("wasm", { threads: THREADS });
    const onStep = (step: number) => {
      this.#step = step;
      for (const resolve of this.#waiting.splice(0)) resolve(step);
    };
    const betweenSteps = () => this.#held.promise;
    const events = { onStep, betweenSteps };
    await train({ config, data, device, store, signal: this.#stop.signal, events });
  }

  /** Number of completed steps. */
  get step(): number {
    return this.#step;
  }

  hold(): void {
    this.#held = Promise.withResolvers();
  }

  goOn(): void {
    this.#held.resolve();
  }

  /** Resolves with the next step. */
  next(): Promise<number> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.goOn();
    await this.#done;
  }
}

/** What Lighthouse judges a page by: milliseconds, but for the share of the screen that shifted. */
interface Vitals {
  readonly firstPaint: number;
  readonly largestPaint: number;
  readonly blocked: number;
  readonly shift: number;
}

/** Expression of the page for {@link Vitals} so far. */
const VITALS = `new Promise((resolve) => {
  const vitals = { firstPaint: 0, largestPaint: 0, blocked: 0, shift: 0 };
  const follow = (type, use) =>
    new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({ type, buffered: true });
  follow("paint", ({ name, startTime }) => {
    if (name === "first-contentful-paint") vitals.firstPaint = startTime;
  });
  follow("largest-contentful-paint", ({ startTime }) => vitals.largestPaint = startTime);
  follow("longtask", ({ duration }) => vitals.blocked += Math.max(0, duration - 50));
  follow("layout-shift", ({ value, hadRecentInput }) => vitals.shift += hadRecentInput ? 0 : value);
  setTimeout(() => resolve(vitals), 200);
})`;

/** Times of first visits, and what they load. */
async function measureVisits(path: string, visits: number): Promise<void> {
  const shown: number[] = [], moved: number[] = [], vitals: Vitals[] = [];
  let all = 0, code = 0;
  for (let visit = 0; visit < visits; visit++) {
    await withStudio(path, {}, async ({ page, url, loaded }) => {
      await pictureShown(page, "49 samples");
      await pictureShown(page, "The sample at the mark");
      shown.push(await page.evaluate("performance.now()"));
      vitals.push(await page.evaluate(VITALS));
      await page.focus(".pad");
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(`document.querySelector(".pad").ariaValueNow === "0.2"`);
      moved.push(await page.evaluate("performance.now()"));
      const sizes = await packedSizes(url, loaded);
      all = sizes.reduce((sum, { packed }) => sum + packed, 0);
      code = sizes.reduce((sum, { path, packed }) => /\.(?:js|css)$/.test(path) ? sum + packed : sum, 0);
    });
  }
  console.log(
    `first visit: samples after ${(median(shown) / 1000).toFixed(2)} s, a key moved the mark at ${
      (median(moved) / 1000).toFixed(2)
    } s (medians of ${visits}); ${(all / 1e6).toFixed(2)} MB compressed, ${
      (code / 1e3).toFixed(0)
    } kB of them code and styles`,
  );
  printVitals(vitals);
}

/** Prints the medians. */
function printVitals(vitals: readonly Vitals[]): void {
  const of = (name: keyof Vitals, digits = 0) => median(vitals.map((one) => one[name])).toFixed(digits);
  console.log(
    `first paint ${of("firstPaint")} ms, largest paint ${of("largestPaint")} ms, blocked for ${
      of("blocked")
    } ms, ` +
      `layout shift ${of("shift", 3)}`,
  );
}

/** The tab and this process by turns. */
async function measureSpeed(path: string, rounds: number, seconds: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-speed-" });
  const tab: Turn[] = [], own: Turn[] = [];
  let tasks: number[] = [];
  await using training = new OwnTraining(folder);
  while (training.step < WARM_UP) await training.next();
  training.hold();
  await withStudio(path, { address: ADDRESS }, async ({ page }) => {
    await startTraining(page);
    const browser = processTree(Deno.pid).filter((id) => id !== String(Deno.pid));
    for (let round = 0; round < rounds; round++) {
      tab.push(await turn(seconds, () => nextStep(page), browser, kindOf));
      await page.click("button:has-text('Pause')");
      await page.waitForSelector(".train-head [role=status]:has-text('Paused')");
      training.goOn();
      own.push(await turn(seconds, () => training.next(), [String(Deno.pid)], () => "all"));
      training.hold();
      await page.click("button:has-text('Resume')");
      await nextStep(page);
    }
    tasks = await page.evaluate("tasks");
  });
  const ratios = tab.map(({ rate }, i) => rate / own[i]!.rate);
  console.log(`in a tab:        ${describe(tab)}`);
  console.log(`in this process: ${describe(own)}`);
  console.log(
    `ratio: ${median(ratios).toFixed(2)} (rounds: ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")})`,
  );
  console.log(
    `the page's thread: ${tasks.length} tasks over 50 ms${
      tasks.length > 0 ? `, the longest ${Math.max(...tasks).toFixed(0)} ms` : ""
    }`,
  );
  await Deno.remove(folder, { recursive: true });
}

function describe(turns: readonly Turn[]): string {
  const names = [...turns[0]!.cores.keys()];
  const cores = names.map((name) => [name, median(turns.map(({ cores }) => cores.get(name) ?? 0))] as const);
  const busy = cores.reduce((sum, [, value]) => sum + value, 0);
  const parts = names.length > 1
    ? ` (${cores.map(([name, value]) => `${name} ${value.toFixed(2)}`).join(", ")})`
    : "";
  return `${median(turns.map(({ rate }) => rate)).toFixed(2)} steps/s on ${busy.toFixed(2)} cores${parts}`;
}

/** Memory of a tab that trains. */
async function measureMemory(path: string, minutes: number): Promise<void> {
  await withStudio(path, { address: ADDRESS }, async ({ page }) => {
    await startTraining(page);
    for (let minute = 0; minute <= minutes; minute++) {
      if (minute > 0) await sleep(60);
      const processes = processTree(Deno.pid).filter((id) => id !== String(Deno.pid));
      const renderers = new Set(
        threadTimes(processes).flatMap(({ id, type }) => type === "renderer" ? [id.split("/")[0]!] : []),
      );
      const [tab, all] = [[...renderers], processes].map((ids) => (residentBytes(ids) / 1e6).toFixed(0));
      const tasks: number[] = await page.evaluate("tasks");
      console.log(
        `after ${minute} min, step ${await page.evaluate(
          COMPLETED_STEPS,
        )}: the tab has ${tab} MB, the browser ${all} MB; ` +
          `longest task of the page's thread ${Math.max(0, ...tasks).toFixed(0)} ms`,
      );
    }
  });
}

const path = await findChromium();
if (path === undefined) {
  console.error("Chromium is not installed: apt-get install chromium");
  Deno.exit(1);
}
const options = parseArgs(Deno.args, { string: ["visits", "rounds", "seconds", "minutes"] });
const { visits = "3", rounds = "5", seconds = "10", minutes = "0" } = options;
try {
  {
    using _priority = sharePriority();
    if (Number(visits) > 0) await measureVisits(path, Number(visits));
    if (Number(rounds) > 0) await measureSpeed(path, Number(rounds), Number(seconds));
  }
  if (Number(minutes) > 0) await measureMemory(path, Number(minutes));
} finally {
  await removeSites();
}
