/**
 * The first view of the studio in Chromium, served locally and as a static site.
 */
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { chromiumTest } from "./browser/chromium.ts";
import {
  accessibilityProblems,
  pictureHash,
  pictureShown,
  removeSites,
  withStudio,
} from "./browser/studio.ts";

Deno.test.afterAll(removeSites);

const PLANE = "49 samples", SAMPLE = "The sample at the mark";

await chromiumTest(
  "studio: the first view shows samples of the bundled digits and follows the keys",
  (path) =>
    withStudio(path, {}, async ({ page }) => {
      await pictureShown(page, PLANE);
      await pictureShown(page, SAMPLE);
      const before = await pictureHash(page, SAMPLE);
      await page.focus(".pad");
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(`location.hash.includes("at=0.200,0.150")`);
      await page.waitForFunction(`document.querySelector(".pad").ariaValueNow === "0.2"`);
      const end = performance.now() + 60_000;
      while (await pictureHash(page, SAMPLE) === before) assert(performance.now() < end, "the sample stays");
      assertStringIncludes(await page.textContent(".foot") ?? "", "threads");
    }),
);

await chromiumTest(
  "studio: an address shows what its sender saw",
  (path) =>
    withStudio(path, { address: "#/start?seed=3&at=-0.5,0.5" }, async ({ page, url }) => {
      await pictureShown(page, SAMPLE);
      const sent = await pictureHash(page, SAMPLE);
      await page.goto(`${url}#/start?seed=4&at=-0.5,0.5`);
      await page.reload();
      await pictureShown(page, SAMPLE);
      assertNotEquals(await pictureHash(page, SAMPLE), sent);
      await page.goto(`${url}#/start?seed=3&at=-0.5,0.5`);
      await page.reload();
      await pictureShown(page, SAMPLE);
      assertEquals(await pictureHash(page, SAMPLE), sent);
    }),
);

await chromiumTest(
  "studio: the static site gets shared memory from its service worker",
  (path) =>
    withStudio(path, { host: "static" }, async ({ page }) => {
      await pictureShown(page, PLANE);
      assertEquals(await page.evaluate("crossOriginIsolated"), true);
      assertMatch(await page.textContent(".foot") ?? "", /\d threads/);
    }),
);

await chromiumTest(
  "studio: without service workers it runs on one thread and says why",
  (path) =>
    withStudio(path, { host: "static", context: { serviceWorkers: "block" } }, async ({ page, errors }) => {
      await pictureShown(page, PLANE);
      assertEquals(await page.evaluate("crossOriginIsolated"), false);
      assertMatch(await page.textContent(".foot") ?? "", /1 thread.*Cross-Origin-Opener-Policy/);
      errors.length = 0;
    }),
);

for (const view of ["start", "train", "explore", "fit", "compare", "explain"]) {
  await chromiumTest(
    `studio: the view ${view} has no serious problem of accessibility`,
    (path) =>
      withStudio(path, { address: `#/${view}` }, async ({ page }) => {
        await page.waitForSelector("main h1");
        await page.waitForSelector('canvas[data-ready="true"], .drop-zone');
        assertEquals(await accessibilityProblems(page), []);
        await page.emulateMedia({ colorScheme: "dark" });
        assertEquals(await accessibilityProblems(page), []);
      }),
  );
}
