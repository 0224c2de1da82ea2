/**
 * Finding and starting the machine's Chromium without a screen.
 * @module
 */
import { type Browser, chromium } from "playwright-core";

/** Names of its program. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU on the processor, with the adapter that comes with Chromium. */
const SOFTWARE_GPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Path of Chromium, if the machine has it. */
export async function findChromium(): Promise<string | undefined> {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const path of NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`))) {
    const isFile = await Deno.stat(path).then((info) => info.isFile, () => false);
    if (isFile) return path;
  }
  return undefined;
}

/**
 * Starts it, with an empty profile.
 *
 * @param path From {@link findChromium}.
 * @param gpu Whether pages get WebGPU.
 */
export function startChromium(path: string, gpu: "none" | "software" = "none"): Promise<Browser> {
  const flags = gpu === "software" ? SOFTWARE_GPU : ["--disable-gpu"];
  return chromium.launch({ executablePath: path, headless: true, args: [...FLAGS, ...flags] });
}

/**
 * Whether pages get a WebGPU adapter that runs on the processor.
 *
 * @param path From {@link findChromium}.
 */
export async function hasSoftwareGPU(path: string): Promise<boolean> {
  const browser = await startChromium(path, "software");
  try {
    const page = await browser.newPage();
    // WebGPU is only for pages of this machine or of secure sites: an empty one will do.
    await page.route("http://localhost/", (route) => route.fulfill({ contentType: "text/html", body: "" }));
    await page.goto("http://localhost/");
    return await page.evaluate(
      "navigator.gpu?.requestAdapter().then((adapter) => adapter !== null) ?? false",
    );
  } finally {
    await browser.close();
  }
}
