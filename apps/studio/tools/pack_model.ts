/**
 * Packs the generator of a run for the studio: half precision, a picture of samples, and a line of the catalog.
 *
 *     deno task run apps/studio/tools/pack_model.ts runs/digits-1/generator.safetensors digits "Digits" "What it shows"
 *
 * @module
 */
import { contactSheet, encodePng, sampleForDisplay, sampleLatents } from "@gasp/gasp";
import { openAnyGenerator } from "@gasp/gasp/import";
import { blobAccess, openDevice, parseSafetensors, toFloat32, writeSafetensors } from "@gasp/tensor";
import type { BundledModel } from "../state/library.ts";
import { picturesOf } from "../worker/core/draw.ts";

const MODELS = new URL("../models/", import.meta.url);
/** The picture by kind of samples: their resolution, columns and rows; about twice as wide as high. */
const PICTURES = {
  image: { resolution: 64, columns: 6, rows: 3 },
  volume: { resolution: 32, columns: 4, rows: 2 },
  sphere: { resolution: 46, columns: 2, rows: 2 },
  curve: { resolution: 256, columns: 2, rows: 2 },
  cloud: { resolution: 32, columns: 4, rows: 2 },
} as const;

const [path, name, title, about] = Deno.args;
if (path === undefined || name === undefined || title === undefined || about === undefined) {
  console.error("usage: pack_model.ts GENERATOR.safetensors NAME TITLE ABOUT");
  Deno.exit(2);
}

const { tensors, metadata } = parseSafetensors(await Deno.readFile(path));
const halves = Array.from(tensors, ([key, tensor]) => {
  const data = new Uint16Array(new Float16Array(toFloat32(tensor)).buffer);
  return [key, { dtype: "F16", shape: tensor.shape, data }] as const;
});
const bytes = writeSafetensors(halves, metadata).slice();
await Deno.mkdir(MODELS, { recursive: true });
await Deno.writeFile(new URL(`${name}.safetensors`, MODELS), bytes);

// The picture shows the packed weights.
const generator = await openAnyGenerator(blobAccess(new Blob([bytes])), name), { display } = generator;
await using device = await openDevice("wasm");
const sampler = generator.sampler(device);
const { resolution, columns, rows } = PICTURES[display.kind];
const latents = sampleLatents(0, columns * rows, generator.latentDim);
const samples = await sampleForDisplay(sampler, generator.weights, { latents, display, resolution });
const { height, width, count, pixels } = await picturesOf(samples);
const colours = Float32Array.from(pixels.filter((_, i) => i % 4 < 3), (value) => value / 127.5 - 1);
const sheet = contactSheet(colours, { height, width, channels: 3, columns, zoom: 1 });
await Deno.writeFile(new URL(`${name}.png`, MODELS), await encodePng(sheet));

const catalog = new URL("catalog.json", MODELS);
const listed: BundledModel[] = await Deno.readTextFile(catalog).then(JSON.parse, () => []);
const entry: BundledModel = { name, title, about, kind: display.kind, bytes: bytes.length };
const models = listed.some((model) => model.name === name)
  ? listed.map((model) => model.name === name ? entry : model)
  : [...listed, entry];
await Deno.writeTextFile(catalog, JSON.stringify(models, null, 2) + "\n");
console.log(
  `${name}: ${(bytes.length / 1e6).toFixed(2)} MB, ${count} samples in its picture`,
);
