/**
 * Opening models from disk in the studio, in Chromium: they stay in the browser, and a broken file loses nothing.
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { chromiumTest } from "./browser/chromium.ts";
import { cliOk, inFolder } from "./cli.ts";
import { accessibilityProblems, pictureShown, removeSites, withStudio } from "./browser/studio.ts";

Deno.test.afterAll(removeSites);

const MODEL = new URL("../apps/studio/models/digits.safetensors", import.meta.url);
const SAMPLE = "The sample at the mark";

const choose = (page: Page, path: string) => page.setInputFiles('input[aria-label="Model file"]', path);
const modelOf = (page: Page) => page.getByLabel("Model", { exact: true }).inputValue();

await chromiumTest(
  "studio: an opened model stays in the browser until it is deleted",
  (path) =>
    inFolder((folder) =>
      withStudio(path, {}, async ({ page }) => {
        await Deno.copyFile(MODEL, `${folder}/mine.safetensors`);
        await pictureShown(page, SAMPLE);
        await choose(page, `${folder}/mine.safetensors`);
        await page.waitForFunction(`location.hash.includes("model=browser/mine")`);
        await page.reload();
        await pictureShown(page, SAMPLE);
        assertEquals(await modelOf(page), "browser/mine");
        assertEquals(await accessibilityProblems(page), []);
        await page.getByLabel("Delete mine").click();
        await page.getByLabel("Delete mine").waitFor({ state: "detached" });
      })
    ),
);

await chromiumTest(
  "studio: a broken file gets a clear message and changes nothing",
  (path) =>
    inFolder((folder) =>
      withStudio(path, {}, async ({ page }) => {
        await pictureShown(page, SAMPLE);
        const bytes = await Deno.readFile(MODEL);
        await Deno.writeFile(`${folder}/cut.safetensors`, bytes.slice(0, bytes.length >> 1));
        await Deno.writeTextFile(`${folder}/notes.safetensors`, "not a model");
        for (const [name, message] of [["cut", /cut/], ["notes", /notes is not a model/]] as const) {
          await choose(page, `${folder}/${name}.safetensors`);
          const alert = page.getByRole("alert");
          await alert.waitFor();
          assertMatch(await alert.textContent() ?? "", message);
          await page.getByLabel("Dismiss").click();
          await alert.waitFor({ state: "detached" });
        }
        assertEquals(await modelOf(page), "bundled/digits");
        assertEquals(await page.getByText("Stored in this browser").count(), 0);
      })
    ),
);

await chromiumTest(
  "studio: runs of this machine are in the gallery and can be opened",
  (path) =>
    inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/runs/mine`, { recursive: true });
      await cliOk(
        folder,
        "train",
        "--preset",
        "tiny",
        "--steps",
        "2",
        "--device",
        "wasm",
        "--out",
        "runs/mine",
      );
      await withStudio(path, { runs: `${folder}/runs` }, async ({ page }) => {
        await pictureShown(page, SAMPLE);
        await page.getByRole("button", { name: /mine.*tiny, gasp, step 2/ }).click();
        await page.waitForFunction(`location.hash.includes("model=runs/mine")`);
        await page.waitForFunction(`document.querySelector(".hero-sample canvas").dataset.ready === "true"`);
        assertEquals(await modelOf(page), "runs/mine");
      });
    }),
);
