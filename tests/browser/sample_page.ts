/**
 * Builds and inspects the page of `examples/sample_in_browser`.
 * @module
 */
import type { Page } from "playwright-core";
import { cliOk, HANG } from "../cli.ts";
import { runExample } from "../examples.ts";

/**
 * Builds the page with a generator trained for two steps.
 *
 * @param folder Empty folder.
 * @returns Path of the folder of the page.
 */
export async function buildSamplePage(folder: string): Promise<string> {
  await cliOk(folder, "train", "--preset", "tiny", "--steps", "2", "--device", "wasm", "--out", "run");
  await cliOk(folder, "export", "run", "--out", "generator.safetensors");
  await runExample(folder, "sample_in_browser/build.ts", "generator.safetensors", "site");
  return `${folder}/site`;
}

/** Headers that browsers require for shared memory. */
export const ISOLATED: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Contents of the page after drawing. */
export interface DrawnPage {
  readonly text: string;
  /** Colours of its canvas, four bytes per pixel. */
  readonly colours: readonly number[];
}

/**
 * Waits until the page has drawn or failed. Polls, since waitForFunction() needs eval(), which the policies of some tests forbid.
 *
 * @param page Page.
 */
export async function drawn(page: Page): Promise<DrawnPage> {
  const call = `(() => {
    const text = document.querySelector("output").textContent;
    if (document.querySelector("button").disabled && !text.startsWith("Failed")) return undefined;
    const { width, height } = document.querySelector("canvas");
    const { data } = document.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
    return { text, colours: [...data] };
  })()`;
  const end = performance.now() + HANG;
  while (performance.now() < end) {
    const found: DrawnPage | undefined = await page.evaluate(call);
    if (found !== undefined) return found;
    await page.waitForTimeout(20);
  }
  throw new Error(
    `the page did not draw within ${HANG / 1000} s; its output is: ${await page.textContent("output")}`,
  );
}

/** A file of a page. */
export interface PagePart {
  /** File name. */
  readonly name: string;
  /** Compressed size in bytes. */
  readonly packedBytes: number;
}

/** Files that a page loads. */
export interface PageSize {
  /** Files that it loads at the start. */
  readonly initial: readonly PagePart[];
  /** For each device, files that it additionally loads when the device is opened. */
  readonly devices: readonly (readonly PagePart[])[];
}

/**
 * Measures the files that a page loads, by following their imports.
 *
 * @param site Folder of the page, with the file names that `deno bundle` chooses.
 */
export async function pageSize(site: string): Promise<PageSize> {
  const { src } = /<script[^>]* src="(?:\.\/)?(?<src>[^"]+)"/
    .exec(await Deno.readTextFile(`${site}/index.html`))!.groups!;
  const parts = new Map<string, PagePart>(), dynamic = new Set<string>();
  /** Returns a file and its static imports that have not been visited yet. */
  const visit = async (name: string): Promise<PagePart[]> => {
    if (parts.has(name)) return [];
    const bytes = await Deno.readFile(`${site}/${name}`), text = new TextDecoder().decode(bytes);
    const part = { name, packedBytes: await packedSize(bytes) };
    parts.set(name, part);
    for (const [, other] of text.matchAll(/\bimport\("\.\/([^"]+\.js)"\)/g)) dynamic.add(other!);
    const found = [part];
    for (const [, other] of text.matchAll(/\b(?:from|import)"\.\/([^"]+\.js)"/g)) {
      found.push(...await visit(other!));
    }
    return found;
  };
  const initial = await visit(src!), loaded = new Map(parts);
  const devices: PagePart[][] = [];
  for (const name of [...dynamic].filter((name) => name.startsWith("device-"))) {
    parts.clear();
    for (const [known, part] of loaded) parts.set(known, part);
    devices.push(await visit(name));
  }
  return { initial, devices };
}

async function packedSize(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).length;
}
