/**
 * How much JavaScript a page that samples loads, and what it is made of: `examples/sample_in_browser`, bundled by esbuild from
 * the packages as npm installs them.
 *
 *     deno run -A tools/page_size.ts
 *
 * @module
 */
import { openNpmProject, runIn } from "./npm_project.ts";

/** The parts of esbuild's metafile that are read here. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<string, {
      readonly bytes: number;
      readonly entryPoint?: string;
      readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
      readonly imports: readonly { readonly path: string; readonly kind: string }[];
    }>
  >;
}

/** What is loaded at one time. */
export interface Loaded {
  /** Module that asks for it: the page's own, or that of a device. */
  readonly entry: string;
  /** Files. */
  readonly outputs: readonly string[];
  /** Bytes before compression by the package, and within `@gasp` the folder, that they come from; largest first. */
  readonly parts: readonly (readonly [name: string, bytes: number])[];
}

/** The part that an input belongs to: `@gasp/tensor/compile`, `gl-matrix`. */
function partOf(input: string): string {
  const path = input.split("node_modules/").at(-1)!;
  const depth = path.startsWith("@gasp/") ? 3 : path.startsWith("@") ? 2 : 1;
  return input.includes("node_modules/") ? path.split("/").slice(0, depth).join("/") : "the page";
}

function partsOf({ outputs }: Metafile, files: readonly string[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const file of files) {
    for (const [input, { bytesInOutput }] of Object.entries(outputs[file]!.inputs)) {
      sums.set(partOf(input), (sums.get(partOf(input)) ?? 0) + bytesInOutput);
    }
  }
  return [...sums].toSorted(([, a], [, b]) => b - a);
}

/**
 * What a page loads at once, and what comes with each device.
 *
 * @param meta From esbuild.
 * @param page The page's own file among the outputs.
 * @returns First what the page loads at once; then for each device what comes with it.
 */
export function loadedBy(meta: Metafile, page: string): Loaded[] {
  const { outputs } = meta;
  const closure = (file: string, known: ReadonlySet<string>): string[] => {
    const found = new Set<string>();
    const visit = (file: string) => {
      if (known.has(file) || found.has(file)) return;
      found.add(file);
      for (const { path, kind } of outputs[file]!.imports) if (kind === "import-statement") visit(path);
    };
    visit(file);
    return [...found];
  };
  const initial = closure(page, new Set());
  const load = (file: string, files: readonly string[]): Loaded => ({
    entry: outputs[file]!.entryPoint ?? file,
    outputs: files,
    parts: partsOf(meta, files),
  });
  const devices = initial.flatMap((file) => outputs[file]!.imports)
    .filter(({ path, kind }) =>
      kind === "dynamic-import" && /device\.js$/.test(outputs[path]!.entryPoint ?? "")
    )
    .map(({ path }) => path);
  return [
    load(page, initial),
    ...[...new Set(devices)].map((path) => load(path, closure(path, new Set(initial)))),
  ];
}

/**
 * Bytes of files as a server sends them, compressed by `gzip`.
 *
 * @param folder Folder that the paths start from.
 * @param files Paths.
 */
export async function packedBytes(folder: string, files: readonly string[]): Promise<number> {
  let total = 0;
  for (const file of files) {
    const { readable } = await Deno.open(`${folder}/${file}`);
    total += (await new Response(readable.pipeThrough(new CompressionStream("gzip"))).bytes()).length;
  }
  return total;
}

/** A page that was bundled. */
export interface BundledPage {
  readonly meta: Metafile;
  /** What esbuild complained about. */
  readonly warnings: string;
}

/**
 * Bundles `page.js` of a folder into its folder `site`.
 *
 * @param folder A project with esbuild.
 * @throws {Error} If esbuild fails.
 */
export async function bundlePage(folder: string): Promise<BundledPage> {
  const { success, stderr } = await runIn(
    folder,
    "node_modules/.bin/esbuild",
    "page.js",
    "--bundle",
    "--format=esm",
    "--splitting",
    "--minify",
    "--outdir=site",
    "--metafile=meta.json",
    "--log-level=warning",
  );
  if (!success) throw new Error(`esbuild failed: ${stderr}`);
  return { meta: JSON.parse(await Deno.readTextFile(`${folder}/meta.json`)), warnings: stderr };
}

if (import.meta.main) {
  await using project = await openNpmProject(".");
  if ("missing" in project) throw new Error(project.missing);
  const { folder } = project;
  await Deno.copyFile("examples/sample_in_browser/page.js", `${folder}/page.js`);
  const { meta, warnings } = await bundlePage(folder);
  if (warnings !== "") console.log(warnings);
  for (const { entry, outputs, parts } of loadedBy(meta, "site/page.js")) {
    console.log(`${entry}: ${((await packedBytes(folder, outputs)) / 1000).toFixed(1)} kB compressed`);
    for (const [name, bytes] of parts) console.log(`  ${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name}`);
  }
}
