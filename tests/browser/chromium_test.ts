/**
 * Trains and samples in a browser tab: with and without shared memory, and with sampling on WebGPU.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { type Bundle, bundleEntry } from "../smoke/bundle.ts";
import type { SmokeOptions, SmokeReport } from "../smoke/entry.ts";
import { assertSameRun, assertSound, reportOfDeno } from "../smoke/expectations.ts";
import { HANG } from "../cli.ts";
import { chromiumTest, newPage, startChromium } from "./chromium.ts";
import { servePage } from "./page_server.ts";

/** Results of a page. */
interface PageResult {
  readonly report: SmokeReport;
  /** Grey values of its canvas. */
  readonly shown: readonly number[];
  /** Whether it had shared memory. */
  readonly isolated: boolean;
}

interface PageOptions extends SmokeOptions {
  /** Whether the page is served with the headers for shared memory. */
  readonly isolated: boolean;
}

/** Tolerance for WebGPU, which sums in another order. */
const ROUNDING = 1e-4;

let bundled: Promise<Bundle> | undefined;
const bundle = () => bundled ??= bundleEntry();
Deno.test.afterAll(async () => await (await bundled)?.remove());

/** Opens the page and waits for its results. */
async function resultOf(page: Page, url: string, options: SmokeOptions): Promise<PageResult> {
  await page.goto(url);
  // Unlike evaluate(), this times out if the page hangs. It calls runPage() once the module has been loaded.
  const call = `globalThis.runPage?.(${JSON.stringify(options)})`;
  const handle = await page.waitForFunction(call, undefined, { timeout: HANG });
  return await handle.jsonValue() as PageResult;
}

/** Runs the page, and counts its workers. */
async function run(
  path: string,
  { isolated, sampleOn = "wasm" }: PageOptions,
): Promise<PageResult & { readonly workers: number }> {
  await using server = servePage((await bundle()).path);
  const browser = await startChromium(path, sampleOn === "webgpu" ? "software" : "none");
  try {
    const page = await newPage(browser);
    let workers = 0;
    page.on("worker", () => workers++);
    const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
    const result = await Promise.race([failed, resultOf(page, server.url(isolated), { sampleOn })]);
    return { ...result, workers };
  } finally {
    await browser.close();
  }
}

function assertShown({ shown, report: { sheet } }: PageResult): void {
  assert(new Set(shown).size > 2, "the canvas is uniform");
  assertEquals(shown, sheet.pixels);
}

await chromiumTest("runSmoke() runs on worker threads in an isolated page of Chromium", async (path) => {
  const result = await run(path, { isolated: true });
  const { report, isolated, workers } = result;
  assertSound(report);
  // One more worker finds out whether the page may start any.
  assertEquals([isolated, report.device, workers], [true, "WebAssembly relaxed SIMD, 2 threads", 3]);
  assertSameRun(report, await reportOfDeno(), 0);
  assertShown(result);
});

await chromiumTest(
  "runSmoke() runs on one thread in a page of Chromium without shared memory",
  async (path) => {
    const result = await run(path, { isolated: false });
    const { report, isolated, workers } = result;
    assertSound(report);
    assertEquals([isolated, report.device, workers], [false, "WebAssembly relaxed SIMD, 1 thread", 0]);
    assertSameRun(report, await reportOfDeno(), 0);
    assertShown(result);
  },
);

await chromiumTest("runSmoke() samples on WebGPU in Chromium", async (path) => {
  const result = await run(path, { isolated: true, sampleOn: "webgpu" });
  const { report } = result;
  assertSound(report);
  assertNotEquals(report.sampler, report.device);
  assertSameRun(report, await reportOfDeno(), ROUNDING);
  assertShown(result);
});
