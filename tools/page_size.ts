/**
 * Prints how much JavaScript `examples/sample_in_browser` loads, and which packages it comes from, when esbuild bundles it
 * from the packages as npm installs them.
 *
 *     deno run -A tools/page_size.ts
 *
 * @module
 */
import { openNpmProject, runIn } from "./npm_project.ts";

/** The part of esbuild's metafile that is read here. */
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

/** Files that are loaded together. */
export interface Loaded {
  /** Entry module: the page's script, or the module of a device. */
  readonly entry: string;
  /** Output files. */
  readonly outputs: readonly string[];
  /** Uncompressed bytes by package, and by folder within `@gasp` packages; largest first. */
  readonly parts: readonly (readonly [name: string, bytes: number])[];
}

/** Returns the part that an input belongs to, such as `@gasp/tensor/compile` or `gl-matrix`. */
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
 * Determines what a page loads at the start, and what it additionally loads for each device.
 *
 * @param meta Metafile of esbuild.
 * @param page Output file of the page's script.
 * @returns First what the page loads at the start, then what it additionally loads for each device.
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
      kind === "dynamic-import" && /runtime\/device\.js$/.test(outputs[path]!.entryPoint ?? "")
    )
    .map(({ path }) => path);
  return [
    load(page, initial),
    ...[...new Set(devices)].map((path) => load(path, closure(path, new Set(initial)))),
  ];
}

/**
 * Returns the total size of files compressed by `gzip`, in bytes.
 *
 * @param folder Folder of the files.
 * @param files Paths relative to the folder.
 */
export async function packedBytes(folder: string, files: readonly string[]): Promise<number> {
  let total = 0;
  for (const file of files) {
    const { readable } = await Deno.open(`${folder}/${file}`);
    total += (await new Response(readable.pipeThrough(new CompressionStream("gzip"))).bytes()).length;
  }
  return total;
}

/** Result of bundling a page. */
export interface BundledPage {
  readonly meta: Metafile;
  /** Warnings of esbuild. */
  readonly warnings: string;
}

/**
 * Bundles `page.js` of a folder into its folder `site`.
 *
 * @param folder npm project with esbuild.
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
