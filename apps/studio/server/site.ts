/**
 * Builds the page: bundles its modules and copies its files. All paths in it are relative, so that it works at any address.
 *
 * @module
 */

import { copyPackageFiles, linkReaders, writeReaderEntries } from "./readers.ts";
import { writeSets } from "./sets.ts";

/** Folder of the studio. */
const STUDIO = new URL("..", import.meta.url);
const ROOT = new URL("../..", STUDIO);

/** Modules that the page and its workers start with; the bundle keeps their paths. */
const ENTRIES = [
  "app/main.tsx",
  "app/service_worker.ts",
  "worker/compute.ts",
  "worker/train.ts",
];

/** Other files of the page, and where they go. Folders are copied whole. */
const FILES: Readonly<Record<string, string>> = {
  "app/index.html": "index.html",
  "app/icon.svg": "icon.svg",
  "style/fonts": "fonts",
  "models": "models",
};

/** The style sheet, in this order: what all views share first. */
const STYLES = [
  ...["tokens", "elements", "controls", "frame", "pictures", "start", "phones", "tabs"],
  ...["explore", "fit", "compare", "train", "explain"],
];

/** Options of {@link buildSite}. */
export interface SiteOptions {
  /** Whether the page is served by `deno task studio`, which offers the runs of this machine. */
  readonly hasServer: boolean;
}

/**
 * Builds the page.
 *
 * @param folder Folder to write, created if it does not exist.
 * @param options Where it will be served.
 * @throws {Error} If a module cannot be bundled.
 */
export async function buildSite(folder: string, { hasServer }: SiteOptions): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await bundle(folder);
  // A service worker controls the folder of its script and those below it.
  await Deno.rename(`${folder}/app/service_worker.js`, `${folder}/service_worker.js`);
  for (const [from, to] of Object.entries(FILES)) await copy(new URL(from, STUDIO), `${folder}/${to}`);
  await Deno.writeTextFile(`${folder}/studio.css`, await styleSheet());
  if (hasServer) await offerRuns(folder);
}

/** Tells the page of a site that its server offers the runs of this machine. @param folder Folder of the site. */
export async function offerRuns(folder: string): Promise<void> {
  const page = await Deno.readTextFile(`${folder}/index.html`);
  await Deno.writeTextFile(`${folder}/index.html`, page.replace("<html ", '<html data-server="local" '));
}

async function styleSheet(): Promise<string> {
  const parts = STYLES.map((name) => Deno.readTextFile(new URL(`style/${name}.css`, STUDIO)));
  return (await Promise.all(parts)).join("\n");
}

async function bundle(folder: string): Promise<void> {
  const scratch = await Deno.makeTempDir({ prefix: "gasp-studio-readers-" });
  try {
    const page = ENTRIES.map((entry) => new URL(entry, STUDIO).pathname);
    const readers = (await writeReaderEntries(scratch)).map((entry) => `${scratch}/${entry}`);
    // The bundler does not download what is imported on demand
    await runDeno(["cache", ...page, ...readers]);
    await Promise.all([
      runBundler(folder, page),
      runBundler(folder, readers),
      copyPackageFiles(folder),
      writeSets(folder),
    ]);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  await linkReaders(folder);
}

function runBundler(folder: string, entries: readonly string[]): Promise<void> {
  return runDeno([
    "bundle",
    "--platform=browser",
    "--minify",
    "--code-splitting",
    // The page has its digits as a file
    "--external=mnist",
    `--outdir=${folder}`,
    ...entries,
  ]);
}

/** Runs a subcommand of Deno with the configuration and the lockfile of the workspace. */
async function runDeno([subcommand, ...args]: readonly [string, ...string[]]): Promise<void> {
  const pathOf = (path: string) => new URL(path, ROOT).pathname;
  const workspace = [`--config=${pathOf("deno.json")}`, `--lock=${pathOf("deno.lock")}`, "--frozen"];
  const { success, stderr } = await new Deno.Command("deno", {
    args: [subcommand, "--quiet", ...workspace, ...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`the page cannot be bundled: ${new TextDecoder().decode(stderr).trim()}`);
}

async function copy(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(new URL(`${from}/${name}`), `${to}/${name}`);
}
