/**
 * Runs every example as a reader would, with few steps, and checks what it prints and writes.
 */
import { decodeImage } from "@gasp/datasets";
import { randomUniform } from "@gasp/tensor";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { imports } from "../tools/source.ts";
import { findChromium, hasSoftwareGPU, startChromium } from "./browser/chromium.ts";
import { cliOk, inFolder, LOCKED } from "./cli.ts";

const EXAMPLES = new URL("../examples/", import.meta.url);
/** An example takes seconds; on a busy machine, more. */
const LIMIT = 180_000;

function command(folder: string, example: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", ...LOCKED, new URL(example, EXAMPLES).pathname, ...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT),
  });
}

/** Runs an example to its end; gives what it printed. */
async function run(folder: string, example: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await command(folder, example, args).output();
  const decoder = new TextDecoder();
  assert(success, `${example}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** The numbers that the groups of a pattern find. */
function numbersIn(text: string, pattern: RegExp): number[] {
  assertMatch(text, pattern);
  return pattern.exec(text)!.slice(1).map(Number);
}

Deno.test("the examples import packages by their names only", async () => {
  const names = ["fit_image.ts", "second_derivative.ts", "neighbour_search.ts", "train_own_points.ts"];
  for (const name of [...names, "sample_in_browser/page.js"]) {
    const found = imports(await Deno.readTextFile(new URL(name, EXAMPLES)));
    assert(found.length > 0 && found.every(({ specifier }) => specifier.startsWith("@gasp/")), name);
  }
});

Deno.test("fit_image.ts comes nearer with Fourier features and writes the picture beside both fits", () =>
  inFolder(async (folder) => {
    const text = await run(folder, "fit_image.ts", "60", "fits.png");
    const [plain, fourier] = numbersIn(text, /coordinates: +([\d.]+) dB\nFourier features: ([\d.]+) dB/);
    assert(plain! > 15 && fourier! > plain! + 3, text);
    const { height, width, channels } = await decodeImage(
      await Deno.readFile(`${folder}/fits.png`),
      "fits.png",
    );
    assertEquals([height, width, channels], [192, 3 * 192 + 4, 3]);
  }));

Deno.test("second_derivative.ts agrees with the formula", () =>
  inFolder(async (folder) => {
    const text = await run(folder, "second_derivative.ts");
    const [difference, largest] = numbersIn(text, /largest difference .*: ([\d.e-]+) of ([\d.]+)/);
    assert(largest! > 0.1 && difference! < 1e-5 * largest!, text);
  }));

Deno.test("neighbour_search.ts finds what looking at every point finds", () =>
  inFolder(async (folder) => {
    const count = 3000, text = await run(folder, "neighbour_search.ts", String(count));
    const points = randomUniform({ seed: 0, stream: "cloud", step: 0 }, count * 3, -1, 1);
    const distanceTo = (centre: ArrayLike<number>, i: number) =>
      Math.hypot(...[0, 1, 2].map((axis) => points[3 * i + axis]! - centre[axis]!));
    const all = Array.from({ length: count }, (_, i) => i);
    const nearest = all.toSorted((a, b) => distanceTo(points, a) - distanceTo(points, b)).slice(0, 3);
    const found = [...text.matchAll(/number \d: point (\d+) at ([\d.]+)/g)];
    assertEquals(
      found.map(([, point, distance]) => [point, distance]),
      nearest.map((point) => [String(point), distanceTo(points, point).toFixed(4)]),
    );
    const [within, radius] = numbersIn(text, /(\d+) points within ([\d.]+)/);
    assertEquals(within, all.filter((point) => distanceTo([0, 0, 0], point) <= radius!).length);
  }));

Deno.test("train_own_points.ts learns waves", () =>
  inFolder(async (folder) => {
    const text = await run(folder, "train_own_points.ts", "200");
    const [height, part] = numbersIn(text, /samples: ([\d.]+),.*\n.*wave: ([\d.]+),/);
    assert(height! > 0.2 && height! < 1.1 && part! > 0.5, text);
  }));

/** Waits until the page has drawn; gives what it says and the colours that its canvas holds. */
async function drawn(page: Page): Promise<{ text: string; colours: number[] }> {
  const call = `(() => {
    const text = document.querySelector("output").textContent;
    if (document.querySelector("button").disabled && !text.startsWith("Failed")) return undefined;
    const { width, height } = document.querySelector("canvas");
    const { data } = document.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
    return { text, colours: [...data] };
  })()`;
  const handle = await page.waitForFunction(call, undefined, { timeout: LIMIT });
  return await handle.jsonValue() as { text: string; colours: number[] };
}

let built: Promise<string> | undefined;
Deno.test.afterAll(async () => {
  if (built !== undefined) await Deno.remove(await built, { recursive: true });
});

/** Builds the page, once, with a checkpoint that was hardly trained; gives the folder that holds its folder `site`. */
function buildPage(): Promise<string> {
  return built ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "gasp-test-" });
    await cliOk(folder, "train", "--preset", "tiny", "--steps", "2", "--device", "wasm", "--out", "run");
    await run(folder, "sample_in_browser/build.ts", "run/checkpoints/step-2.safetensors", "site");
    return folder;
  })();
}

/** Serves the page and looks at it in Chromium. */
async function browse(chromium: string, device: "wasm" | "webgpu", says: RegExp): Promise<void> {
  const server = command(await buildPage(), "sample_in_browser/serve.ts", ["site", "0"]).spawn();
  const lines = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const browser = await startChromium(chromium, device === "webgpu" ? "software" : "none");
  try {
    const { value: address = "" } = await lines.read();
    const page = await browser.newPage();
    await page.goto(`${address.trim()}?device=${device}`);
    const first = await drawn(page);
    assertMatch(first.text, says);
    assert(new Set(first.colours).size > 2, "the canvas is uniform");
    await page.click("button");
    const second = await drawn(page);
    assertEquals(second.colours.length, first.colours.length);
    assert(second.colours.some((value, i) => value !== first.colours[i]), "the samples are the same");
  } finally {
    await browser.close();
    server.kill();
    await lines.cancel();
    await server.stderr.cancel();
    await server.status;
  }
}

const path = await findChromium();
const noChromium = path === undefined ? "Chromium is not installed" : undefined;
const noGPU = noChromium ?? (await hasSoftwareGPU(path!) ? undefined : "Chromium gives no WebGPU adapter");

for (
  const { device, missing, says } of [
    { device: "wasm", missing: noChromium, says: /^16 samples in .* s on WebAssembly .*SIMD, \d+ threads?$/ },
    { device: "webgpu", missing: noGPU, says: /^16 samples in .* s on (?!WebAssembly)/ },
  ] as const
) {
  const name = `sample_in_browser draws samples with ${device} in Chromium`;
  if (missing === undefined) Deno.test(name, () => browse(path!, device, says));
  else Deno.test.ignore(`${name}: ${missing}`, () => {});
}
