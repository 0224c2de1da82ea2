/**
 * Tests the page of `examples/sample_in_browser`: its size, its output in Chromium, and its behaviour if a
 * Content-Security-Policy forbids workers or WebAssembly.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { exampleCommand } from "../examples.ts";
import { chromiumTest, newPage, startChromium } from "./chromium.ts";
import { serveFolder } from "./folder_server.ts";
import { buildSamplePage, drawn, type DrawnPage, ISOLATED, type PagePart, pageSize } from "./sample_page.ts";

/**
 * Maximum bytes of compressed JavaScript that the page loads, including the code of one device. `deno bundle` writes more
 * chunks than esbuild, whose page `pack_test.ts` holds below 100 kB, and small chunks compress less.
 */
const MAX_BYTES = 105_000;
let folder: string | undefined, built: Promise<string> | undefined;
async function build(): Promise<string> {
  folder = await Deno.makeTempDir({ prefix: "gasp-test-" });
  return await buildSamplePage(folder);
}
const site = () => built ??= build();
Deno.test.afterAll(async () => {
  if (folder !== undefined) await Deno.remove(folder, { recursive: true });
});

function list(parts: readonly PagePart[]): string {
  return parts.map(({ name, packedBytes }) => `${name} ${packedBytes}`).join(", ");
}

Deno.test(`sample_in_browser loads less than ${MAX_BYTES / 1000} kB of compressed JavaScript`, async () => {
  const { initial, devices } = await pageSize(await site());
  assertEquals(devices.length, 2, "the devices are not in separate chunks");
  for (const device of devices) {
    const parts = [...initial, ...device];
    const total = parts.reduce((sum, { packedBytes }) => sum + packedBytes, 0);
    assert(
      total > MAX_BYTES / 4,
      `the page loads only ${total} bytes: pageSize() may have missed some of its parts: ${list(parts)}`,
    );
    assert(total < MAX_BYTES, `the page loads ${total} bytes: ${list(parts)}`);
  }
});

Deno.test("sample_in_browser is built without readers of data, data and exporters", async () => {
  let bytes = 0;
  for await (const { name } of Deno.readDir(await site())) {
    if (name.endsWith(".js")) bytes += (await Deno.stat(`${await site()}/${name}`)).size;
  }
  // What draws shapes and maps is a part; the digits alone would be 19 MB.
  assert(bytes > 200_000 && bytes < 1_000_000, `the page has ${bytes} bytes of JavaScript`);
});

/** How a page is served and opened. */
interface Visit {
  readonly device: "wasm" | "webgpu" | "auto";
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens the page in Chromium and waits until it has drawn or failed. */
async function visit(
  path: string,
  { device, headers = ISOLATED }: Visit,
  use: (page: Page, first: DrawnPage) => Promise<void> | void,
): Promise<void> {
  await using server = serveFolder(await site(), headers);
  const browser = await startChromium(path, device === "webgpu" ? "software" : "none");
  try {
    const page = await newPage(browser);
    await page.goto(`${server.url}?device=${device}`);
    await use(page, await drawn(page));
  } finally {
    await browser.close();
  }
}

function assertDrawn({ colours }: DrawnPage): void {
  assert(new Set(colours).size > 2, "the canvas is uniform");
}

const pageTest = (name: string, fn: (path: string) => Promise<void>) =>
  chromiumTest(`sample_in_browser ${name}`, fn);

for (
  const { device, message } of [
    { device: "wasm", message: /^16 samples in .* s on WebAssembly .*SIMD, \d+ threads?$/ },
    { device: "webgpu", message: /^16 samples in .* s on (?!WebAssembly)/ },
  ] as const
) {
  await pageTest(
    `draws samples with ${device} in Chromium`,
    (path) =>
      visit(path, { device }, async (page, first) => {
        assertMatch(first.text, message);
        assertDrawn(first);
        await page.click("button");
        const second = await drawn(page);
        assertEquals(second.colours.length, first.colours.length);
        assert(second.colours.some((value, i) => value !== first.colours[i]), "the samples are the same");
      }),
  );
}

await pageTest("loads only the code of the device that it opens", async (path) => {
  await using server = serveFolder(await site(), ISOLATED);
  const browser = await startChromium(path);
  try {
    const page = await newPage(browser), loaded = new Set<string>();
    page.on("response", (response) => {
      if (response.url().endsWith(".js")) loaded.add(response.url().replace(/^.*\//, ""));
    });
    // There is no GPU here, so that auto opens wasm.
    await page.goto(`${server.url}?device=auto`);
    assertStringIncludes((await drawn(page)).text, "WebAssembly");
    const { initial, devices } = await pageSize(await site());
    const [first, second] = devices.map((device) =>
      [...initial, ...device].map(({ name }) => name).toSorted()
    );
    const found = [...loaded].toSorted();
    assert([first, second].some((names) => String(names) === String(found)), `loaded ${found}`);
  } finally {
    await browser.close();
  }
});

const policy = (text: string) => ({ ...ISOLATED, "content-security-policy": text });

await pageTest("runs on one thread and reports why if a policy forbids workers from blobs", (path) => {
  const headers = policy("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'");
  return visit(path, { device: "wasm", headers }, (_, first) => {
    assertMatch(first.text, /^16 samples in .* SIMD, 1 thread \(.*Content-Security-Policy.*worker-src blob:/);
    assertDrawn(first);
  });
});

await pageTest("runs on several threads if a policy allows workers from blobs", (path) => {
  const headers = policy("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:");
  return visit(path, { device: "wasm", headers }, (_, first) => {
    assertMatch(first.text, /^16 samples in .* SIMD, \d+ threads?$/);
    assertDrawn(first);
  });
});

await pageTest(
  "reports what to allow if a policy forbids WebAssembly",
  (path) =>
    visit(path, { device: "wasm", headers: policy("default-src 'self'") }, (_, { text }) => {
      assertMatch(text, /^Failed: .*Content-Security-Policy forbids WebAssembly.*'wasm-unsafe-eval'/);
    }),
);

await pageTest(
  "runs on one thread and reports why if there is no shared memory",
  (path) =>
    visit(path, { device: "wasm", headers: {} }, (_, first) => {
      assertMatch(first.text, /SIMD, 1 thread \(.*Cross-Origin-Opener-Policy/);
      assertDrawn(first);
    }),
);

Deno.test("serve.ts serves the page with the headers for shared memory, and nothing outside the folder", async () => {
  const page = await site(), outside = page.slice(0, page.lastIndexOf("/"));
  const server = exampleCommand(outside, "sample_in_browser/serve.ts", ["site", "0"]).spawn();
  const lines = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    const { value: address = "" } = await lines.read();
    const index = await fetch(address.trim());
    assertStringIncludes(await index.text(), "page.js");
    for (const [name, value] of Object.entries(ISOLATED)) assertEquals(index.headers.get(name), value);
    const other = await fetch(`${address.trim()}..%2fgenerator.safetensors`);
    assertEquals([other.status, await other.text()], [404, "not found"]);
  } finally {
    server.kill();
    await lines.cancel();
    await server.stderr.cancel();
    await server.status;
  }
});
