/**
 * Finds and starts the installed Chromium in headless mode.
 *
 * @module
 */
import { type Browser, chromium, type Page } from "playwright-core";
import { isRequired } from "../../packages/tensor/webgpu/runtime/skip_reason_test.ts";
import { HANG } from "../cli.ts";

/** Names of the executable. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU on the CPU, with Chromium's software adapter. */
const SOFTWARE_GPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Returns the path of Chromium, if it is installed. */
export async function findChromium(): Promise<string | undefined> {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const path of NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`))) {
    const isFile = await Deno.stat(path).then((info) => info.isFile, () => false);
    if (isFile) return path;
  }
  return undefined;
}

/**
 * Registers a test that needs Chromium. It is ignored if Chromium is not installed, unless it is required.
 *
 * @param name Name of the test.
 * @param fn Test, which receives the path of Chromium.
 * @throws {Error} If Chromium is required and not installed.
 */
export async function chromiumTest(name: string, fn: (path: string) => Promise<void>): Promise<void> {
  const path = await findChromium();
  const isMissing = path === undefined;
  if (isMissing && isRequired("chromium")) {
    throw new Error(`no Chromium on the path: none of ${NAMES.join()}`);
  }
  Deno.test({
    name: isMissing ? `${name}: Chromium is not installed` : name,
    ignore: isMissing,
    fn: () => fn(path!),
  });
}

/**
 * Starts Chromium with an empty profile.
 *
 * @param path Path of Chromium.
 * @param gpu Whether pages have WebGPU.
 */
export function startChromium(path: string, gpu: "none" | "software" = "none"): Promise<Browser> {
  const flags = gpu === "software" ? SOFTWARE_GPU : ["--disable-gpu"];
  return chromium.launch({ executablePath: path, headless: true, args: [...FLAGS, ...flags], timeout: HANG });
}

/** Opens a page that may be slow. @param browser Result of {@link startChromium}. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(HANG);
  return page;
}
