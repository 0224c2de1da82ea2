/**
 * Opens the studio in Chromium for tests, and records what a page must not do: errors, and requests to other origins.
 *
 * @module
 */
import { gzip } from "@gasp/tensor";
import { assertEquals } from "@std/assert";
import { cp } from "node:fs/promises";
import type { BrowserContextOptions, Page } from "playwright-core";
import { readSite } from "../../apps/studio/server/read_site.ts";
import { serveStudio } from "../../apps/studio/server/serve.ts";
import { buildSite, offerRuns } from "../../apps/studio/server/site.ts";
import { startChromium } from "./chromium.ts";
import { serveFolder } from "./folder_server.ts";

/** Time limit in milliseconds; a page takes seconds, but more on a busy machine with a software GPU. */
const LIMIT = 180_000;

/** Folder that `deno task studio --build` has written from this code, if the tests need not build the site themselves. */
const BUILT = Deno.env.get("GASP_STUDIO_SITE");

/** Expression of the page for the number of completed steps of the run that it trains; NaN while there is none. */
export const COMPLETED_STEPS = `Number([...document.querySelectorAll(".measures div")]
  .find(({ firstChild }) => firstChild.textContent === "Step")
  ?.lastChild.textContent.replaceAll(",", "").match(/[0-9]+/)?.[0] ?? NaN)`;

/** How the studio is served and opened. */
export interface StudioVisit {
  /** `local`: by `deno task studio`. `static`: as a site, on a host that cannot set headers. Default: `local`. */
  readonly host?: "local" | "static";
  /** Fragment of the address, such as `#/train`. */
  readonly address?: string;
  /** Folder of all runs of a local studio. Default: one that does not exist. */
  readonly runs?: string;
  /** Whether the page has WebGPU. Default: none. */
  readonly gpu?: "none" | "software";
  /** Size of the window, colours and the like. */
  readonly context?: BrowserContextOptions;
}

/** An open studio. */
export interface OpenStudio {
  /** The page. */
  readonly page: Page;
  /** Address of the studio without a fragment. */
  readonly url: string;
  /** Errors of the page and its console so far; a test that expects some empties it. */
  readonly errors: string[];
  /** Addresses of its own origin that the page and its workers have asked for. */
  readonly loaded: ReadonlySet<string>;
}

type Site = { readonly folder: string; readonly files: Awaited<ReturnType<typeof readSite>> };
const sites = new Map<string, Promise<Site>>();

/** Builds a site once for all tests of a file. */
function builtSite(host: "local" | "static"): Promise<Site> {
  const known = sites.get(host);
  if (known) return known;
  const build = async () => {
    const folder = await Deno.makeTempDir({ prefix: "gasp-studio-test-" });
    if (BUILT === undefined) await buildSite(folder, { hasServer: false });
    else await cp(BUILT, folder, { recursive: true });
    if (host === "local") await offerRuns(folder);
    return { folder, files: await readSite(folder) };
  };
  const site = build();
  sites.set(host, site);
  return site;
}

/** Deletes the built sites; call it in `Deno.test.afterAll`. */
export async function removeSites(): Promise<void> {
  for (const site of sites.values()) await Deno.remove((await site).folder, { recursive: true });
  sites.clear();
}

/** Serves the studio. */
async function serve(
  { host = "local", runs = "/nowhere" }: StudioVisit,
): Promise<AsyncDisposable & { url: string }> {
  const { folder, files } = await builtSite(host);
  if (host === "static") return serveFolder(folder, {});
  const server = serveStudio({ site: files, runs, port: 0 });
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}

/**
 * Opens the studio in a fresh profile. Fails if the page has errors or asks another origin for anything.
 *
 * @param path Path of Chromium.
 * @param visit How to serve and open it.
 * @param use Test.
 */
export async function withStudio(
  path: string,
  visit: StudioVisit,
  use: (studio: OpenStudio) => Promise<void>,
): Promise<void> {
  await using server = await serve(visit);
  const browser = await startChromium(path, visit.gpu);
  try {
    const context = await browser.newContext(visit.context);
    context.setDefaultTimeout(LIMIT);
    const page = await context.newPage(), errors: string[] = [], foreign: string[] = [];
    const loaded = new Set<string>();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    context.on("request", (request) => {
      if (request.url().startsWith(server.url)) loaded.add(request.url());
      else if (!/^(?:blob|data):/.test(request.url())) foreign.push(request.url());
    });
    await page.goto(server.url + (visit.address ?? ""));
    await use({ page, url: server.url, errors, loaded });
    assertEquals(errors, [], "the page has errors");
    assertEquals(foreign, [], "the page asks other origins");
  } finally {
    await browser.close();
  }
}

/**
 * Compresses what a page has loaded, as servers do.
 *
 * @param url Address of the studio.
 * @param loaded Addresses; those of runs are left out.
 * @returns Paths and compressed bytes.
 */
export async function packedSizes(
  url: string,
  loaded: ReadonlySet<string>,
): Promise<{ readonly path: string; readonly packed: number }[]> {
  return await Promise.all(
    [...loaded].filter((path) => !path.includes("/api/")).map(async (path) => {
      const packed = gzip(await (await fetch(path)).bytes()).length;
      return { path: path.slice(url.length), packed };
    }),
  );
}

/**
 * Waits until a canvas shows pictures.
 *
 * @param page Page.
 * @param label Its label, or the start of it.
 */
export async function pictureShown(page: Page, label: string): Promise<void> {
  await page.waitForSelector(`canvas[aria-label^="${label}"][data-ready="true"]`);
}

/**
 * Summarises the pixels of a canvas, to tell whether it changed.
 *
 * @param page Page.
 * @param label Its label, or the start of it.
 */
export async function pictureHash(page: Page, label: string): Promise<string> {
  return await page.evaluate(`(async () => {
    const canvas = document.querySelector('canvas[aria-label^="${label}"]');
    const blob = await new Promise((resolve) => canvas.toBlob(resolve));
    const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  })()`);
}

/** A finding of axe-core. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/**
 * Checks the accessibility of the page as it is.
 *
 * @param page Page.
 * @returns Serious and critical findings of axe-core, one per line.
 */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const { default: axe } = await import("axe-core");
  // Without transitions: on their way from light to dark, colours pass through low contrast
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(axe.source);
  const found: readonly Violation[] = await page.evaluate("axe.run().then(({ violations }) => violations)");
  return found.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
}
