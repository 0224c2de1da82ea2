/**
 * The page of `examples/sample_in_browser`, built for tests.
 * @module
 */
import type { Page } from "playwright-core";
import { cliOk } from "../cli.ts";
import { runExample } from "../examples.ts";

/**
 * Builds the page with a generator that was hardly trained.
 *
 * @param folder An empty folder.
 * @returns The folder of the page.
 */
export async function buildSamplePage(folder: string): Promise<string> {
  await cliOk(folder, "train", "--preset", "tiny", "--steps", "2", "--device", "wasm", "--out", "run");
  await cliOk(folder, "export", "run", "--out", "generator.safetensors");
  await runExample(folder, "sample_in_browser/build.ts", "generator.safetensors", "site");
  return `${folder}/site`;
}

/** A page takes seconds; on a busy machine with a software GPU, more. */
const LIMIT = 180_000;

/** With these two headers a browser shares memory between threads. */
export const ISOLATED: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** What the page shows. */
export interface DrawnPage {
  readonly text: string;
  /** What its canvas holds. */
  readonly colours: readonly number[];
}

/**
 * Waits until the page has drawn or failed. waitForFunction() would need eval(), which the policies of some tests forbid.
 *
 * @param page The page.
 */
export async function drawn(page: Page): Promise<DrawnPage> {
  const call = `(() => {
    const text = document.querySelector("output").textContent;
    if (document.querySelector("button").disabled && !text.startsWith("Failed")) return undefined;
    const { width, height } = document.querySelector("canvas");
    const { data } = document.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
    return { text, colours: [...data] };
  })()`;
  const end = performance.now() + LIMIT;
  while (performance.now() < end) {
    const found: DrawnPage | undefined = await page.evaluate(call);
    if (found !== undefined) return found;
    await page.waitForTimeout(20);
  }
  throw new Error(
    `the page did not draw within ${LIMIT / 1000} s; it says: ${await page.textContent("output")}`,
  );
}

/** A file of a page. */
export interface PagePart {
  /** Its name. */
  readonly name: string;
  /** Its size as a server sends it. */
  readonly packedBytes: number;
}

/** What a page loads. */
export interface PageSize {
  /** What it loads at once. */
  readonly initial: readonly PagePart[];
  /** For each device, what comes when it is opened. */
  readonly devices: readonly (readonly PagePart[])[];
}

/**
 * Measures what a page loads, by following the imports of its files.
 *
 * @param site Its folder, of files with the names that `deno bundle` chooses.
 */
export async function pageSize(site: string): Promise<PageSize> {
  const { src } = /<script[^>]* src="(?:\.\/)?(?<src>[^"]+)"/
    .exec(await Deno.readTextFile(`${site}/index.html`))!.groups!;
  const parts = new Map<string, PagePart>(), dynamic = new Set<string>();
  /** A file and what it imports at once; those that were met before come with an earlier one. */
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
