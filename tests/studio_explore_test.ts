/**
 * Exploring, fitting and comparing in the studio, in Chromium.
 */
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
// @ts-types="@types/three"
import type { Mesh } from "three";
// @ts-types="@types/three/addons/loaders/GLTFLoader.js"
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { chromiumTest } from "./browser/chromium.ts";
import { pictureHash, pictureShown, removeSites, withStudio } from "./browser/studio.ts";
import { until } from "./cli.ts";

Deno.test.afterAll(removeSites);

const STAGE = "The sample as an endless canvas", MEAN = "Mean of the draws", DRAWS = "16 draws";

/** Waits until a canvas looks other than before. */
async function untilChanged(page: Page, label: string, before: string): Promise<string> {
  await until(async () => await pictureHash(page, label) !== before, `another picture of "${label}"`);
  return await pictureHash(page, label);
}

await chromiumTest(
  "studio: zooming by keys evaluates the part that is seen, and the address keeps it",
  (path) =>
    withStudio(path, { address: "#/explore" }, async ({ page }) => {
      await pictureShown(page, STAGE);
      const whole = await pictureHash(page, STAGE);
      await page.focus("canvas.endless");
      for (let i = 0; i < 6; i++) await page.keyboard.press("+");
      await untilChanged(page, STAGE, whole);
      await page.waitForFunction(`location.hash.includes("look=")`);
      await page.waitForFunction(`/\\d{3} pixels of the screen/.test(document.body.innerText)`);
      await page.keyboard.press("0");
      await page.waitForFunction(`/look=0,0,2.3(&|$)/.test(location.hash)`);
    }),
);

await chromiumTest(
  "studio: directions, pins and a plane move the sample",
  (path) =>
    withStudio(path, { address: "#/explore" }, async ({ page }) => {
      await pictureShown(page, STAGE);
      await page.waitForFunction(`/% of the variance/.test(document.body.innerText)`);
      const first = await pictureHash(page, STAGE);
      await page.fill('input[type="range"] >> nth=1', "3");
      const moved = await untilChanged(page, STAGE, first);
      await page.click('role=tab[name="Pins"]');
      await page.click("text=Pin this sample");
      await page.waitForSelector('canvas[aria-label="Pin 1"][data-ready="true"]');
      await page.click('role=tab[name="Plane"]');
      await pictureShown(page, "Samples of the plane");
      await page.focus(".pad");
      await page.keyboard.press("ArrowRight");
      assertNotEquals(await untilChanged(page, STAGE, moved), first);
    }),
);

await chromiumTest(
  "studio: a walk is saved as an animated PNG",
  (path) =>
    withStudio(path, { address: "#/explore?way=walk" }, async ({ page }) => {
      await page.click("text=Pause");
      const download = page.waitForEvent("download");
      await page.click("text=Save as animated PNG");
      const file = await Deno.readFile(await (await download).path());
      const text = new TextDecoder("latin1").decode(file);
      assertEquals(text.slice(1, 4), "PNG");
      assertStringIncludes(text, "acTL");
    }),
);

await chromiumTest(
  "studio: painting changes the draws of the posterior",
  (path) =>
    withStudio(path, { address: "#/fit" }, async ({ page }) => {
      await pictureShown(page, DRAWS);
      await pictureShown(page, MEAN);
      const before = await pictureHash(page, MEAN);
      assertStringIncludes(await page.textContent(".fit") ?? "", "160 of 196 places");
      await page.focus("canvas.easel");
      for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", " "]) await page.keyboard.press(key);
      await page.waitForFunction(`!document.querySelector(".fit").textContent.includes("160 of 196 places")`);
      await untilChanged(page, MEAN, before);
    }),
);

await chromiumTest(
  "studio: clicking on a shape observes places of its surface",
  (path) =>
    withStudio(path, { address: "#/fit?model=bundled/chairs" }, async ({ page }) => {
      const canvas = page.getByLabel(/What is observed: \d+ of \d+ places of the surface/);
      await canvas.waitFor();
      await pictureShown(page, MEAN);
      const seen = async () => Number(/\d+/.exec(await canvas.getAttribute("aria-label") ?? "")![0]);
      await page.click("role=button[name='Nothing']");
      await until(async () => await seen() === 0, "nothing is seen");
      await canvas.focus();
      await page.keyboard.press(" ");
      await until(async () => await seen() > 0, "the space key marks the middle");
      await page.click("role=radio[name='Hide']");
      await canvas.click();
      await until(async () => await seen() === 0, "a click hides the middle again");
      assertStringIncludes(await page.textContent(".fit") ?? "", "On a slice");
    }),
);

await chromiumTest(
  "studio: a comparison begins with two different sheets",
  (path) =>
    withStudio(path, { address: "#/compare" }, async ({ page }) => {
      await pictureShown(page, "First model: 16 samples");
      await pictureShown(page, "Second model: 16 samples");
      assertNotEquals(await pictureHash(page, "First model"), await pictureHash(page, "Second model"));
    }),
);

await chromiumTest(
  "studio: a model beside itself has other latents, trusts observations less, and has metrics",
  (path) =>
    withStudio(path, { address: "#/compare?other=bundled/digits" }, async ({ page }) => {
      await pictureShown(page, "First model: 16 samples");
      await pictureShown(page, "Second model: 16 samples of seed 1");
      assertNotEquals(await pictureHash(page, "First model"), await pictureHash(page, "Second model"));
      await page.click('role=tab[name="Same observations"]');
      await pictureShown(page, "First model: mean");
      await pictureShown(page, "Second model: mean");
      assertNotEquals(
        await pictureHash(page, "First model: mean"),
        await pictureHash(page, "Second model: mean"),
      );
      await page.click('role=tab[name="Metrics"]');
      await page.click("role=button[name=/Evaluate/]");
      await page.waitForSelector("table.metrics");
      const table = await page.textContent("table.metrics") ?? "";
      assertStringIncludes(table, "pca-fd");
      assert(!table.includes("NaN"));
    }),
);

await chromiumTest(
  "studio: a field is a globe with a probe in the units of the data",
  (path) =>
    withStudio(path, { address: "#/explore?model=bundled/climate" }, async ({ page }) => {
      await pictureShown(page, "The field on a map");
      await page.waitForFunction(
        `/^-?\\d+(\\.\\d+)? (K|°C|degC)/.test(document.querySelector(".stage-bar strong").textContent)`,
      );
      const before = await page.textContent(".stage-bar strong");
      await page.click("canvas.map", { position: { x: 40, y: 12 } });
      await until(async () => await page.textContent(".stage-bar strong") !== before, "another value");
    }),
);

await chromiumTest(
  "studio: a shape is downloaded as a GLB file that three reads",
  (path) =>
    withStudio(path, { address: "#/explore?model=bundled/chairs&resolution=24" }, async ({ page }) => {
      const download = page.waitForEvent("download");
      await page.click("role=button[name=/Download GLB/]");
      const file = await Deno.readFile(await (await download).path());
      const { scene } = await new GLTFLoader().parseAsync(file.slice().buffer, "");
      const mesh = scene.getObjectByProperty("isMesh", true) as Mesh;
      assert(mesh.geometry.getAttribute("position").count > 100);
    }),
);
