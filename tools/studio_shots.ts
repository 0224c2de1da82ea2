/**
 * Takes the pictures of `docs/studio`: views of the studio at 1280 and at 390 pixels, in headless Chromium.
 *
 *     deno run -A tools/studio_shots.ts [NAME...]
 *
 * @module
 */
import type { Page } from "playwright-core";
import { findChromium } from "../tests/browser/chromium.ts";
import { COMPLETED_STEPS, pictureShown, removeSites, withStudio } from "../tests/browser/studio.ts";

const FOLDER = new URL("../docs/studio/", import.meta.url);
const SIZES = [{ width: 1280, height: 860 }, { width: 390, height: 844 }];

/** A view, and what has to be there before its picture is taken. */
interface Shot {
  readonly address: string;
  readonly prepare: (page: Page) => Promise<void>;
}

const shown = (...labels: readonly string[]) => async (page: Page) => {
  for (const label of labels) await pictureShown(page, label);
};

/** Waits until no canvas is left empty. */
async function everyCanvasReady(page: Page): Promise<void> {
  await page.waitForSelector("main canvas");
  await page.waitForFunction(`!document.querySelector('main canvas[data-ready="false"]')`);
}

/** Trains digits until the sheet shows some. */
async function trainDigits(page: Page): Promise<void> {
  await page.click(".train-sets button:has-text('Digits')");
  await page.waitForSelector(".train-inspection:has-text('images of')");
  await page.click("button:has-text('Start training')");
  await page.waitForFunction(`${COMPLETED_STEPS} > 1500`, undefined, { timeout: 600_000 });
  await page.evaluate("scrollTo(0, 0)");
}

const SHOTS: Readonly<Record<string, Shot>> = {
  start: { address: "#/?seed=3", prepare: shown("The sample at the mark", "49 samples of a plane") },
  train: { address: "#/train?device=wasm&threads=2", prepare: trainDigits },
  explore: {
    address: "#/explore?model=bundled/faces&seed=5",
    prepare: async (page) => {
      await pictureShown(page, "The sample as an endless canvas");
      await page.waitForFunction(`/% of the variance/.test(document.body.innerText)`);
    },
  },
  compare: { address: "#/compare", prepare: shown("First model: 16 samples", "Second model: 16 samples") },
  explain: { address: "#/explain?model=bundled/faces", prepare: everyCanvasReady },
};

const path = await findChromium(), names = Deno.args.length > 0 ? Deno.args : Object.keys(SHOTS);
if (path === undefined) throw new Error("Chromium is not installed");
try {
  for (const name of names) {
    const shot = SHOTS[name];
    if (shot === undefined) {
      throw new Error(`no view is called ${name}; there are ${Object.keys(SHOTS).join()}`);
    }
    for (const viewport of SIZES) {
      const visit = { address: shot.address, context: { viewport } };
      await withStudio(path, visit, async ({ page }) => {
        await shot.prepare(page);
        await page.screenshot({ path: new URL(`${name}-${viewport.width}.png`, FOLDER).pathname });
      });
      console.log(`${name}-${viewport.width}.png`);
    }
  }
} finally {
  await removeSites();
}
