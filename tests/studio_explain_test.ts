/**
 * The view of the studio that explains the parts of a model, in Chromium.
 */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { chromiumTest } from "./browser/chromium.ts";
import {
  accessibilityProblems,
  pictureHash,
  pictureShown,
  removeSites,
  withStudio,
} from "./browser/studio.ts";

Deno.test.afterAll(removeSites);

await chromiumTest(
  "studio: every part of the bundled digits is explained by a picture of this model",
  (path) =>
    withStudio(path, { address: "#/explain" }, async ({ page }) => {
      for (const label of ["Weights of layer 1", "16 units of hidden layer 1", "24 waves", "Samples with"]) {
        await pictureShown(page, label);
      }
      const weights = await pictureHash(page, "Weights of layer 1");
      const units = await pictureHash(page, "16 units of hidden layer 1");
      await page.getByLabel("Between two latents").fill("0.8");
      await page.waitForFunction(`location.hash.includes("between=0.8")`);
      const changed = async (label: string, before: string) => {
        const end = performance.now() + 60_000;
        while (await pictureHash(page, label) === before) assert(performance.now() < end, `${label} stays`);
      };
      await changed("Weights of layer 1", weights);
      await changed("16 units of hidden layer 1", units);

      const all = await pictureHash(page, "Samples with");
      await page.getByLabel("Waves kept").fill("0");
      await changed("Samples with", all);

      const features = () => page.getAttribute(".bars rect:last-child", "height");
      const before = await features();
      await page.getByLabel("Point whose features are shown").focus();
      await page.keyboard.press("ArrowUp");
      await page.waitForFunction(
        `document.querySelector(".features .pad").ariaValueText.endsWith("40 % up")`,
      );
      assertNotEquals(await features(), before);

      await page.getByLabel("Layer", { exact: true }).fill("2");
      const text = await page.textContent(".points .caption");
      assertMatch(text ?? "", /Pooling reads 196 points and returns 49, each from its 9 nearest/);
      assertEquals(await page.locator(".points-plot line").count(), 9);
      assertEquals(await accessibilityProblems(page), []);
    }),
);
