/**
 * Files that are dropped on the studio in Chromium: understood or refused, trained on, opened.
 */
import { checkpointPath, encodeWav, METRICS_FILE } from "@gasp/gasp";
import { openZip, writeNpz } from "@gasp/tensor";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { chromiumTest } from "./browser/chromium.ts";
import { dropFiles } from "./browser/drop_files.ts";
import { pictureShown, removeSites, withStudio } from "./browser/studio.ts";
import { inFolder } from "./cli.ts";

Deno.test.afterAll(removeSites);

const PHOTOS = new URL("../examples/data/photos", import.meta.url).pathname;
const FIELD = new URL("../examples/data/t2m.nc", import.meta.url).pathname;
const SOUNDS = new URL("fixtures/sounds", import.meta.url).pathname;
const MODEL = new URL("../apps/studio/models/digits.safetensors", import.meta.url).pathname;
const ZONE = ".drop-zone", ADDRESS = "#/train?device=wasm&threads=2";

/** Drops data on the view Train, and waits until the page says what they are. */
async function understood(page: Page, path: string, text: string): Promise<void> {
  await dropFiles(page, ZONE, path);
  await page.waitForSelector(`.train-inspection:has-text("${text}")`);
  await pictureShown(page, "The first");
}

/** Trains a few steps on the dropped data, and returns the downloaded files of the run by their ends. */
async function trained(page: Page, steps: number): Promise<(end: string) => Uint8Array> {
  await page.fill("label:has-text('Steps') + input", String(steps));
  await page.click("button:has-text('Start training')");
  await page.waitForSelector(".train-head [role=status]:has-text('Finished')");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.click("button:has-text('Download')"),
  ]);
  const zip = openZip(await Deno.readFile(await file.path())), entries = [...zip.entries()];
  return (end) => entries.find(([name]) => name.endsWith(end))![1].read();
}

/** Fails unless a run has finite losses and a checkpoint. */
function assertTrained(fileOf: (end: string) => Uint8Array, steps: number): void {
  const losses = JSON.parse(new TextDecoder().decode(fileOf(METRICS_FILE)).trim().split("\n").at(-1)!);
  assertEquals(losses.step, steps);
  assert(Object.values(losses).every((value) => Number.isFinite(value)), JSON.stringify(losses));
  assert(fileOf(checkpointPath(steps)).length > 0);
}

/** Half a minute of tones, a semitone apart. */
function tones(): Uint8Array {
  const rate = 8000, length = rate / 8;
  const samples = Float32Array.from(
    { length: 64 * length },
    (_, i) => 0.8 * Math.sin(2 * Math.PI * 110 * 2 ** (Math.floor(i / length) % 24 / 12) * i / rate),
  );
  return encodeWav(samples, rate);
}

/** Twelve functions of 256 points of a square. */
function cloud(): Uint8Array {
  const items = 12, points = 256;
  const coordinates = Float32Array.from(
    { length: 2 * points },
    (_, i) => i % 2 ? (i >> 5) / 8 - 1 : (i >> 1) % 16 / 8 - 1,
  );
  const features = Float32Array.from(
    { length: items * points },
    (_, i) => Math.sin(4 * coordinates[2 * (i % points)]! + Math.floor(i / points)),
  );
  return writeNpz([
    ["coordinates", { shape: [points, 2], data: coordinates }],
    ["features", { shape: [items, points, 1], data: features }],
  ]);
}

/** A box of a given height as a Wavefront OBJ file. */
function box(height: number): string {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `v ${i & 1} ${i >> 1 & 1} ${(i >> 2) * height}`);
  const sides = ["1 3 4 2", "5 6 8 7", "1 2 6 5", "3 7 8 4", "1 5 7 3", "2 4 8 6"];
  return [...corners, ...sides.map((side) => `f ${side}`)].join("\n") + "\n";
}

await chromiumTest(
  "studio: a dropped folder of pictures, a NetCDF file and a broken file are understood, or refused with nothing lost",
  (path) =>
    inFolder((folder) =>
      withStudio(path, { address: ADDRESS }, async ({ page }) => {
        await page.waitForSelector(ZONE);
        await understood(page, PHOTOS, "images of 32×32, 3 channels");
        await Deno.writeTextFile(`${folder}/broken.png`, "not a picture");
        await dropFiles(page, ZONE, `${folder}/broken.png`);
        await page.waitForSelector("[role=alert]");
        assertMatch(await page.textContent("[role=alert]") ?? "", /broken\.png is not a PNG or JPEG file/);
        await page.waitForSelector(".train-inspection:has-text('images of 32×32, 3 channels')");
        await understood(page, FIELD, "fields on the sphere, 23 latitudes");
      })
    ),
);

await chromiumTest(
  "studio: a run trains on a dropped WAV file",
  (path) =>
    inFolder((folder) =>
      withStudio(path, { address: ADDRESS }, async ({ page }) => {
        await Deno.writeFile(`${folder}/tones.wav`, tones());
        await page.waitForSelector(ZONE);
        await understood(page, `${folder}/tones.wav`, "tones.wav");
        assertTrained(await trained(page, 2), 2);
      })
    ),
);

await chromiumTest(
  "studio: compressed sounds are understood, and a run trains on a dropped .npz file",
  (path) =>
    inFolder((folder) =>
      withStudio(path, { address: ADDRESS }, async ({ page }) => {
        await page.waitForSelector(ZONE);
        for (const name of ["mono24.flac", "sine.mp3", "sine.ogg", "sine.opus"]) {
          await understood(page, `${SOUNDS}/${name}`, name);
        }
        await Deno.writeFile(`${folder}/cloud.npz`, cloud());
        await understood(page, `${folder}/cloud.npz`, "cloud.npz");
        assertTrained(await trained(page, 2), 2);
      })
    ),
);

await chromiumTest(
  "studio: a run trains on a dropped folder of shapes",
  (path) =>
    inFolder((folder) =>
      withStudio(path, { address: ADDRESS }, async ({ page }) => {
        await Deno.mkdir(`${folder}/boxes`);
        for (const height of [0.5, 1, 2, 3]) {
          await Deno.writeTextFile(`${folder}/boxes/box-${height}.obj`, box(height));
        }
        await page.waitForSelector(ZONE);
        await understood(page, `${folder}/boxes`, "boxes");
        assertTrained(await trained(page, 2), 2);
      })
    ),
);

await chromiumTest(
  "studio: a model that is dropped on any view is opened",
  (path) =>
    inFolder((folder) =>
      withStudio(path, {}, async ({ page }) => {
        await Deno.copyFile(MODEL, `${folder}/mine.safetensors`);
        await pictureShown(page, "The sample at the mark");
        await dropFiles(page, ".hero", `${folder}/mine.safetensors`);
        await page.waitForFunction(`location.hash.includes("model=browser/mine")`);
        await pictureShown(page, "The sample at the mark");
      })
    ),
);
