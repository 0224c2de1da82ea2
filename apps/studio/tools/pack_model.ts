/**
 * Packs the generator of a run for the studio: half precision, a picture of samples, and a line of the catalog.
 *
 *     deno task run apps/studio/tools/pack_model.ts runs/digits-1/generator.safetensors digits "Digits" "What it shows"
 *
 * @module
 */
import { contactSheet, encodePng, type RasterImage, sampleForDisplay, sampleLatents } from "@gasp/gasp";
import { openAnyGenerator } from "@gasp/gasp/import";
import { samplesOf, sheetOf } from "@gasp/gasp/show";
import { blobAccess, openDevice, parseSafetensors, toFloat32, writeSafetensors } from "@gasp/tensor";
import type { BundledModel } from "../state/library.ts";

const MODELS = new URL("../models/", import.meta.url);
/** Size of the picture: columns and rows of samples, and their resolution by kind. */
const COLUMNS = 6, ROWS = 3;
const RESOLUTIONS = { image: 64, volume: 32, sphere: 46, curve: 256, cloud: 32 } as const;

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
const latents = sampleLatents(0, COLUMNS * ROWS, generator.latentDim);
const request = { latents, display, resolution: RESOLUTIONS[display.kind] };
const samples = await sampleForDisplay(sampler, generator.weights, request);
await Deno.writeFile(new URL(`${name}.png`, MODELS), await encodePng(sheet()));

function sheet(): RasterImage {
  if (samples.display.kind !== "image") return sheetOf(samples, COLUMNS);
  const { height, width, channels } = samples.display;
  return contactSheet(samples.values, { height, width, channels, columns: COLUMNS, zoom: 1 });
}

const catalog = new URL("catalog.json", MODELS);
const listed: BundledModel[] = await Deno.readTextFile(catalog).then(JSON.parse, () => []);
const entry: BundledModel = { name, title, about, kind: display.kind, bytes: bytes.length };
const models = listed.some((model) => model.name === name)
  ? listed.map((model) => model.name === name ? entry : model)
  : [...listed, entry];
await Deno.writeTextFile(catalog, JSON.stringify(models, null, 2) + "\n");
console.log(
  `${name}: ${(bytes.length / 1e6).toFixed(2)} MB, ${samplesOf(samples).length} samples in its picture`,
);
