/** @module */
import { blobAccess, disposeTree, reference, writeSafetensors } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { generatorFile } from "../runs/generator_file.ts";
import { openCheckpoint } from "../runs/checkpoint.ts";
import { MemoryStore } from "../runs/run_store.ts";
import { sampleForDisplay, sampleLatents, Sampler } from "../sampling/sampler.ts";
import { importGenerator, writeImportedRun } from "./import_generator.ts";
import { openGenerator } from "./open_generator.ts";
import { released, type ReleasedOptions } from "./released_testing.ts";

/** A run with the generator of a small file of the authors' code. */
async function openRun(options: ReleasedOptions) {
  const store = new MemoryStore();
  await writeImportedRun(store, importGenerator(released(options).bytes, "model.pt"));
  return await openCheckpoint(store, 0);
}

for (const frequencies of [0, 4]) {
  Deno.test(`openGenerator() draws the samples of the checkpoint, with ${frequencies} frequencies`, async () => {
    const checkpoint = await openRun({ frequencies }), { generator } = checkpoint;
    const weights = await checkpoint.readWeights("ema");
    const file = new Blob(await Array.fromAsync(generatorFile(checkpoint, weights, "ema")) as BlobPart[]);
    const opened = await openGenerator(blobAccess(file), "generator.safetensors");
    assertEquals([opened.latentDim, opened.display], [generator.latentDim, checkpoint.display]);

    const latents = sampleLatents(0, 3, opened.latentDim);
    const request = { latents, display: opened.display, resolution: 9 };
    const sampler = opened.sampler(reference), expected = new Sampler(generator, reference);
    const { values } = await sampleForDisplay(sampler, opened.weights, request);
    assertEquals(values, (await sampleForDisplay(expected, weights, request)).values);
    assert(new Set(values).size > 9);
    for (const each of [sampler, expected]) each.release();
    for (const each of [weights, opened.weights]) disposeTree(each);
  });
}

/** A file with nothing but metadata. */
function fileWith(metadata: Readonly<Record<string, string>>): Blob {
  return new Blob([writeSafetensors([], Object.entries(metadata)).slice()]);
}

const GENERATOR = { format: "gasp-generator" };
const CONFIG = JSON.stringify({ model: { coordinateDim: 2, featureDim: 1, functionHidden: [8] } });
const DISPLAY = JSON.stringify({ kind: "image", height: 5, width: 5, channels: 1 });

for (
  const [what, metadata, message] of [
    ["another file", {}, "not an exported GASP generator"],
    ["a checkpoint", { format: "gasp-checkpoint" }, "not an exported GASP generator"],
    ["no configuration", { ...GENERATOR, display: DISPLAY }, "metadata is damaged"],
    [
      "an empty configuration",
      { ...GENERATOR, config: "{}", display: DISPLAY },
      "lacks the sizes of the networks",
    ],
    [
      "sizes that are no numbers",
      { ...GENERATOR, config: JSON.stringify({ model: { coordinateDim: "2" } }), display: DISPLAY },
      "sizes of its function network",
    ],
    [
      "a generator of an unknown method",
      { ...GENERATOR, version: "2", step: "0", config: JSON.stringify({ method: "mean" }), display: DISPLAY },
      'of the method "mean"',
    ],
    ["no display", { ...GENERATOR, config: CONFIG }, "metadata is damaged"],
    [
      "a display of another kind",
      { ...GENERATOR, config: CONFIG, display: '{"kind":"toString"}' },
      "unknown kind toString",
    ],
    [
      "a display of no size",
      { ...GENERATOR, config: CONFIG, display: '{"kind":"volume","resolution":0}' },
      'damaged: "resolution"',
    ],
    ["no tensors", { ...GENERATOR, config: CONFIG, display: DISPLAY }, "it has no tensor"],
  ] as const
) {
  Deno.test(`openGenerator() rejects ${what}`, async () => {
    const error = await assertRejects(
      () => openGenerator(blobAccess(fileWith(metadata)), "it.safetensors"),
      UserError,
      message,
    );
    assert(error.message.startsWith("it.safetensors cannot be used: "), error.message);
  });
}
