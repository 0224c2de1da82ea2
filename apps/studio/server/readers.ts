/**
 * What the readers of data need besides the bundle of the page: modules that they run in workers of their own, and npm packages
 * that they load when a file needs them.
 *
 * @module
 */

const ROOT = new URL("../../../", import.meta.url);
const DATASETS = new URL("packages/datasets/", ROOT);

/** Modules that readers run in workers, relative to `packages/datasets`. In the site all lie beside the bundle. */
export const WORKER_MODULES: readonly string[] = [
  "fields/climate_series.ts",
  "images/picture_worker.ts",
  "shapes/formats/draco_worker.ts",
  "shapes/imnet_worker.ts",
];

/** A package that readers load when a file needs it. */
interface ReaderPackage {
  /** Path of its module in the package; `""` is the main one. */
  readonly module: string;
  /** What readers use of it: the default export, as of CommonJS, or named exports. */
  readonly exports: "default" | "names";
  /** Path of its WebAssembly. */
  readonly wasm?: string;
}

/** Packages by name. In the site their files are `packages/NAME/PATH`, as `datasets/core/npm_package.ts` asks for them. */
export const READER_PACKAGES: Readonly<Record<string, ReaderPackage>> = {
  "@dicebear/core": { module: "", exports: "names" },
  "@dicebear/toon-head": { module: "", exports: "names" },
  "@jsquash/avif": { ...codec("avif_dec"), exports: "default" },
  "@jsquash/jpeg": { ...codec("mozjpeg_dec"), exports: "default" },
  "@jsquash/webp": { ...codec("webp_dec"), exports: "default" },
  "@resvg/resvg-wasm": { module: "", exports: "names", wasm: "index_bg.wasm" },
  draco3d: { module: "", exports: "default" },
  meshoptimizer: { module: "", exports: "names" },
  omggif: { module: "", exports: "default" },
  utif2: { module: "", exports: "default" },
};

function codec(name: string): Pick<ReaderPackage, "module" | "wasm"> {
  return { module: `codec/dec/${name}.js`, wasm: `codec/dec/${name}.wasm` };
}

/** Folder of the packages in the site. */
const PACKAGES = "packages";
/** File of a package's main module. */
const MAIN = "main.js";

/**
 * Writes entries for the bundler: one for each module.
 *
 * @param folder Empty folder for the entries.
 * @returns Their paths. Their bundles belong at the same paths in the site.
 */
export async function writeReaderEntries(folder: string): Promise<string[]> {
  const entries = new Map<string, string>();
  for (const module of WORKER_MODULES) {
    entries.set(`${module.split("/").at(-1)}`, `export * from "${new URL(module, DATASETS)}";\n`);
  }
  const versions = await readVersions();
  for (const [name, { module, exports }] of Object.entries(READER_PACKAGES)) {
    const specifier = `${versions[name]}${module && `/${module}`}`;
    const text = `export ${exports === "default" ? "{ default }" : "*"} from "${specifier}";\n`;
    entries.set(`${PACKAGES}/${name}/${(module || MAIN).replace(/\.js$/, ".ts")}`, text);
  }
  for (const [path, text] of entries) {
    await Deno.mkdir(folderOf(`${folder}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  return [...entries.keys()];
}

/**
 * Copies the WebAssembly of the packages.
 *
 * @param site Folder of the site.
 */
export async function copyPackageFiles(site: string): Promise<void> {
  const versions = await readVersions();
  for (const [name, { module, wasm }] of Object.entries(READER_PACKAGES)) {
    if (wasm === undefined) continue;
    // The files of a package have a place only once one of its modules is loaded
    await import(`${versions[name]}${module && `/${module}`}`);
    const to = `${site}/${PACKAGES}/${name}/${wasm}`;
    await Deno.mkdir(folderOf(to), { recursive: true });
    await Deno.copyFile(new URL(import.meta.resolve(`${versions[name]}/${wasm}`)), to);
  }
}

/** Reads the specifiers of all packages. */
async function readVersions(): Promise<Readonly<Record<string, string>>> {
  return JSON.parse(await Deno.readTextFile(new URL("import_map.json", ROOT))).imports;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/**
 * Points the bundled files of a site to its reader workers and packages.
 *
 * @param site Folder of the site.
 * @param folder Folder in it; default: the site itself.
 */
export async function linkReaders(site: string, folder = ""): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(`${site}/${folder}`)) {
    const path = `${folder}${name}`;
    if (isDirectory && path !== PACKAGES) await linkReaders(site, `${path}/`);
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(`${site}/${path}`), linked = linkFile(text, path);
    if (linked !== text) await Deno.writeTextFile(`${site}/${path}`, linked);
  }
}

/**
 * Points a bundled file to the reader workers and packages of its site.
 *
 * @param text Contents of the file.
 * @param path Its path in the site.
 */
export function linkFile(text: string, path: string): string {
  const up = "../".repeat(path.split("/").length - 1) || "./";
  return text
    .replaceAll(
      /new URL\("\.\/(?:[\w/]+\/)?(\w+)\.ts",\s*import\.meta\.url\)/g,
      `new URL("${up}$1.js",import.meta.url)`,
    )
    .replaceAll("`packages/${", `\`${up}packages/\${`);
}
