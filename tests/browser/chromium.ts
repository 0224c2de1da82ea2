/**
 * Finding and starting the machine's Chromium without a screen.
 * @module
 */
import { type Browser, chromium } from "playwright-core";
import { isRequired } from "../../packages/tensor/webgpu/runtime/skip_reason_test.ts";

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
async function findChromium(): Promise<string | undefined> {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  for (const path of NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`))) {
    const isFile = await Deno.stat(path).then((info) => info.isFile, () => false);
    if (isFile) return path;
  }
  return undefined;
}

/**
 * Registers a test that needs Chromium. It is ignored only where there is none, and not even there if it is required.
 *
 * @param name What is tested.
 * @param fn The test; it gets the path of Chromium.
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
 * Starts it, with an empty profile.
 *
 * @param path Where it is.
 * @param gpu Whether pages get WebGPU.
 */
export function startChromium(path: string, gpu: "none" | "software" = "none"): Promise<Browser> {
  const flags = gpu === "software" ? SOFTWARE_GPU : ["--disable-gpu"];
  return chromium.launch({ executablePath: path, headless: true, args: [...FLAGS, ...flags] });
}
