/**
 * Builds a folder with a page that samples a checkpoint in a browser. Any static file server can serve it; with the two
 * headers that `serve.ts` sends, WebAssembly can use threads.
 *
 *     deno run -A examples/sample_in_browser/build.ts CHECKPOINT FOLDER
 *     deno run -A examples/sample_in_browser/serve.ts FOLDER
 *
 * where CHECKPOINT is a file such as `runs/digits-1/checkpoints/step-4500.safetensors`.
 *
 * @module
 */
import { resolve } from "node:path";

const [checkpoint, folder] = Deno.args;
if (checkpoint === undefined || folder === undefined) {
  console.error("usage: build.ts CHECKPOINT FOLDER");
  Deno.exit(2);
}

// Code splitting keeps modules that are imported on demand, such as exporters, out of the initial load.
const { success } = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--platform=browser",
    "--minify",
    "--code-splitting",
    "--lock=../../deno.lock",
    "--frozen",
    `--outdir=${resolve(folder)}`,
    "index.html",
  ],
  cwd: new URL(".", import.meta.url),
  stdout: "inherit",
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);
await Deno.copyFile(checkpoint, `${folder}/checkpoint.safetensors`);
console.log(`wrote ${folder}`);
