/**
 * Builds a folder with a page that samples an exported generator in a browser. Any static file server can serve it; with
 * the two headers that `serve.ts` sends, WebAssembly can use threads.
 *
 *     deno task export runs/digits-1 --out generator.safetensors
 *     deno task run examples/sample_in_browser/build.ts generator.safetensors FOLDER
 *     deno task run examples/sample_in_browser/serve.ts FOLDER
 *
 * It prints what the page loads.
 *
 * @module
 */
import { resolve } from "node:path";

const HERE = new URL(".", import.meta.url);
const [generator, folder] = Deno.args;
if (generator === undefined || folder === undefined) {
  console.error("usage: build.ts GENERATOR.safetensors FOLDER");
  Deno.exit(2);
}

// Code splitting keeps modules that are imported on demand, such as the code of a device, out of the initial load.
const { success } = await new Deno.Command(Deno.execPath(), {
  args: [
    "bundle",
    "--quiet",
    "--platform=browser",
    "--minify",
    "--code-splitting",
    "--lock=../../deno.lock",
    "--frozen",
    `--outdir=${resolve(folder)}`,
    "page.js",
  ],
  cwd: HERE,
  stdout: "inherit",
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);
await Deno.copyFile(new URL("index.html", HERE), `${folder}/index.html`);
await Deno.copyFile(generator, `${folder}/generator.safetensors`);

for await (const { name } of Deno.readDir(folder)) {
  const { readable } = await Deno.open(`${folder}/${name}`);
  const packed = await new Response(readable.pipeThrough(new CompressionStream("gzip"))).bytes();
  console.log(`${(packed.length / 1000).toFixed(1).padStart(8)} kB compressed  ${name}`);
}
console.log(`wrote ${folder}`);
