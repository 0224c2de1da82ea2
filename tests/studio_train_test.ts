/**
 * Training in the studio, in Chromium: on bundled and dropped data, with and without threads, on WebGPU; and runs that go from
 * the page to the command line and back, to the same bytes.
 */
import { mnistPackage } from "@gasp/datasets";
import {
  checkpointPath,
  CONFIG_FILE,
  METRICS_FILE,
  openFileStore,
  resolveRunConfig,
  type RunStore,
  train,
} from "@gasp/gasp";
import { openDevice, openZip } from "@gasp/tensor";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import jpeg from "jpeg-js";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { hdf5File } from "../packages/datasets/fields/climate_testing.ts";
import { chromiumTest } from "./browser/chromium.ts";
import { pictureHash, pictureShown, removeSites, withStudio } from "./browser/studio.ts";
import { cliOk, inFolder } from "./cli.ts";

Deno.test.afterAll(removeSites);

const PHOTOS = new URL("../examples/data/photos", import.meta.url).pathname;
const FIELD = new URL("../examples/data/t2m.nc", import.meta.url).pathname;
const ADDRESS = "#/train?device=wasm&threads=2";
/** Label of the sheet of `tiny`, but for the step. */
const SHEET = "4 samples";

/** Starts a run of the preset `tiny` on the bundled digits. */
async function startTiny(page: Page, steps: number): Promise<void> {
  await page.click(".train-sets button:has-text('Digits')");
  await page.selectOption("label:has-text('Preset') + select", "tiny");
  await page.waitForSelector(".train-inspection:has-text('images of 5×5')");
  await page.fill("label:has-text('Steps') + input", String(steps));
  await page.click("button:has-text('Start training')");
}

/** Waits until the run of the page has a status. */
async function status(page: Page, text: string): Promise<void> {
  await page.waitForSelector(`.train-head [role=status]:has-text("${text}")`);
}

/** A number that the page shows: completed steps, or the step of its newest checkpoint. */
type Measure = "Step" | "Checkpoint";

/** Expression of the page for a number; NaN while it is not known. */
const shown = (measure: Measure) =>
  `Number(/[0-9]+/.exec([...document.querySelectorAll(".measures div")]
    .find(({ firstChild }) => firstChild.textContent === "${measure}")
    ?.lastChild.textContent.replaceAll(",", "") ?? "")?.[0] ?? NaN)`;

async function stepOf(page: Page, measure: Measure): Promise<number> {
  return await page.evaluate(shown(measure));
}

/** Waits until a number exceeds another, and returns it. */
async function exceeds(page: Page, measure: Measure, step: number): Promise<number> {
  await page.waitForFunction(`${shown(measure)} > ${step}`);
  return await stepOf(page, measure);
}

/** Waits until the sheet of samples has other pixels than before. */
async function sheetChanges(page: Page, before: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (await pictureHash(page, SHEET) === before) assert(performance.now() < end, "the sheet stays");
}

/** Downloads the run of the page; returns its files by their paths in it. */
async function download(page: Page): Promise<Map<string, Uint8Array>> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.click("button:has-text('Download')"),
  ]);
  const entries = openZip(await Deno.readFile(await file.path()));
  return new Map(entries.entries().map(([name, entry]) => [name.slice(name.indexOf("/") + 1), entry.read()]));
}

async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const store = await openFileStore(folder);
  for (const [path, bytes] of files) await store.write(path, bytes);
}

/** Trains the run of {@link startTiny} here, and stops after a step. */
async function trainTiny(store: RunStore, steps: number, stopAfter = steps): Promise<void> {
  const config = resolveRunConfig({ preset: "tiny", overrides: { steps } });
  const data = await mnistPackage(config.resolution), stop = new AbortController();
  await using device = await openDevice("wasm", { threads: 2 });
  const events = { onStep: (step: number) => void (step === stopAfter && stop.abort()) };
  await train({ config, data, device, store, signal: stop.signal, events });
}

await chromiumTest(
  "studio: 50 steps of tiny: losses fall, the sheet changes, and the command line continues to the same bytes",
  (path) =>
    withStudio(path, { address: ADDRESS }, ({ page }) =>
      inFolder(async (folder) => {
        await startTiny(page, 50);
        await pictureShown(page, SHEET);
        const first = await pictureHash(page, SHEET);
        await status(page, "Finished");
        await pictureShown(page, `${SHEET} at step 50`);
        assertNotEquals(await pictureHash(page, SHEET), first);
        const files = await download(page);
        const lines = new TextDecoder().decode(files.get(METRICS_FILE)).trim().split("\n");
        const losses = lines.map((line) => JSON.parse(line).discriminator);
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        assertEquals(losses.length, 10);
        assert(mean(losses.slice(-5)) < mean(losses.slice(0, 5)), `the losses do not fall: ${losses}`);
        await writeFiles(`${folder}/page`, files);
        await cliOk(folder, "train", "page", "--resume", "--steps", "60", "--device", "wasm");
        await cliOk(
          folder,
          "train",
          "--preset",
          "tiny",
          "--steps",
          "60",
          "--device",
          "wasm",
          "--out",
          "whole",
        );
        const [resumed, whole] = ["page", "whole"].map((run) =>
          Deno.readFileSync(`${folder}/${run}/${checkpointPath(60)}`)
        );
        assertEquals(resumed, whole);
      })),
);

await chromiumTest(
  "studio: a page that is loaded again in mid-training loses at most one save interval and ends in the same bytes",
  (path) =>
    withStudio(path, { address: ADDRESS }, ({ page }) =>
      inFolder(async (folder) => {
        const steps = 1_000_000;
        await startTiny(page, steps);
        const saved = await exceeds(page, "Checkpoint", 0);
        await page.reload();
        await status(page, "Interrupted");
        const kept = await stepOf(page, "Step");
        assert(kept >= saved, `step ${saved} was saved, step ${kept} is kept`);
        await page.click("button:has-text('Continue')");
        await exceeds(page, "Step", kept);
        await page.click("button:has-text('Pause')");
        await status(page, "Paused");
        const before = await pictureHash(page, SHEET);
        await page.click("button:has-text('Other samples')");
        await sheetChanges(page, before);
        await page.click("button:has-text('Resume')");
        await page.click("button:has-text('Stop')");
        await status(page, "Stopped");
        const step = await stepOf(page, "Step"), store = await openFileStore(`${folder}/here`);
        await trainTiny(store, steps, step);
        assertEquals(
          (await download(page)).get(checkpointPath(step)),
          await store.read(checkpointPath(step)),
        );
      })),
);

await chromiumTest(
  "studio: a run of the command line is continued in the page to the same bytes",
  (path) =>
    withStudio(path, { address: ADDRESS }, ({ page }) =>
      inFolder(async (folder) => {
        await trainTiny(await openFileStore(`${folder}/mine`), 60, 30);
        await page.setInputFiles("input[aria-label='Data folder']", `${folder}/mine`);
        await status(page, "Interrupted after step 30");
        await page.click("button:has-text('Continue')");
        await status(page, "Finished");
        const whole = await openFileStore(`${folder}/whole`);
        await trainTiny(whole, 60);
        const files = await download(page);
        assertEquals(files.get(checkpointPath(60)), await whole.read(checkpointPath(60)));
        assertEquals(files.get(METRICS_FILE), await whole.read(METRICS_FILE));
      })),
);

await chromiumTest(
  "studio: folders of pictures, NetCDF files and broken ones are understood, or refused with nothing lost",
  (path) =>
    withStudio(path, { address: ADDRESS }, async ({ page }) => {
      const understood = (text: string) => page.waitForSelector(`.train-inspection:has-text("${text}")`);
      const files = "input[aria-label='Data files']";
      await page.setInputFiles("input[aria-label='Data folder']", PHOTOS);
      await understood("images of 32×32, 3 channels");
      await pictureShown(page, "The first 16 items");
      await page.setInputFiles(files, {
        name: "a.png",
        mimeType: "image/png",
        buffer: Buffer.from("not a picture"),
      });
      assertMatch(await page.textContent("[role=alert]") ?? "", /a\.png is not a PNG or JPEG file.*damaged/);
      await understood("images of 32×32, 3 channels");
      await page.setInputFiles(files, FIELD);
      await understood("fields on the sphere, 23 latitudes");
      const shade = { width: 40, height: 40, data: new Uint8Array(40 * 40 * 4).map((_, i) => i % 251) };
      const { data } = jpeg.encode(shade, 90);
      await page.setInputFiles(files, { name: "b.jpg", mimeType: "image/jpeg", buffer: data });
      await understood("b.jpg");
      const bytes = await hdf5File({ latitudes: [90, 0, -90], longitudes: [0, 90, 180, 270], times: 4 });
      await page.setInputFiles(files, { name: "c.nc", mimeType: "", buffer: Buffer.from(bytes) });
      await understood("c.nc");
    }),
);

await chromiumTest(
  "studio: dropped pictures are trained on, and are still there after the page was loaded again",
  (path) =>
    withStudio(path, { address: ADDRESS }, async ({ page }) => {
      await page.setInputFiles("input[aria-label='Data folder']", PHOTOS);
      await page.waitForSelector(".train-inspection:has-text('images of 32×32')");
      await page.selectOption("label:has-text('Preset') + select", "tiny");
      await page.waitForSelector(".train-inspection:has-text('images of 5×5')");
      await page.click("button:has-text('Start training')");
      await exceeds(page, "Checkpoint", 0);
      await page.click("button:has-text('Stop')");
      await page.waitForSelector(".train-head :text('Download')");
      await page.reload();
      await page.waitForSelector(".measures:has-text('photos')");
      assertEquals(await page.locator(".drop-zone").count(), 0);
    }),
);

await chromiumTest(
  "studio: faces are drawn by packages beside the bundle",
  (path) =>
    withStudio(path, { address: ADDRESS }, async ({ page }) => {
      await page.click(".train-sets button:has-text('Faces')");
      await page.waitForSelector(".train-inspection:has-text('images of 32×32, 3 channels')");
      await pictureShown(page, "The first 16 items");
    }),
);

await chromiumTest(
  "studio: without shared memory a run trains on one thread",
  (path) =>
    withStudio(
      path,
      { address: "#/train", host: "static", context: { serviceWorkers: "block" } },
      async ({ page, errors }) => {
        await startTiny(page, 10);
        await status(page, "Finished");
        assertMatch(await page.textContent(".train-side") ?? "", /1 thread/);
        errors.length = 0;
      },
    ),
);

await chromiumTest(
  "studio: a run trains on WebGPU",
  (path) =>
    withStudio(path, { address: "#/train?device=webgpu", gpu: "software" }, async ({ page }) => {
      await startTiny(page, 10);
      await status(page, "Finished");
      await pictureShown(page, `${SHEET} at step 10`);
      assert(!(await page.textContent(".train-side"))?.includes("WebAssembly"));
    }),
);

await chromiumTest(
  "studio: a run that trains in a terminal is shown while it goes on",
  (path) =>
    inFolder(async (folder) => {
      const run = `${folder}/tiny-7`, store = await openFileStore(run);
      await trainTiny(store, 60, 30);
      await Deno.writeTextFile(`${run}/training.lock`, "");
      await withStudio(path, { runs: folder, address: "#/train" }, async ({ page }) => {
        await page.click(".card:has-text('tiny-7') a");
        await status(page, "Training in a terminal");
        await exceeds(page, "Step", 29);
        await store.append(METRICS_FILE, '{"step":35,"generator":1,"discriminator":1}\n');
        assertEquals(await exceeds(page, "Step", 30), 35);
        await Deno.remove(`${run}/training.lock`);
        await status(page, "Of this machine");
        assertEquals(await store.size(CONFIG_FILE) !== undefined, true);
      });
    }),
);
