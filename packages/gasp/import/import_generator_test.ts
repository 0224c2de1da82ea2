/** @module */
import { parseSafetensors, writeSafetensors } from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { openCheckpoint } from "../runs/checkpoint.ts";
import { toHost } from "../state/host_record.ts";
import { joinHypernetwork } from "../model/hypernetwork_record.ts";
import { GASP_PRESETS as PRESETS } from "../methods/gasp/presets.ts";
import { type GaspState, type GeneratorWeights, initialState } from "../methods/gasp/state.ts";
import { generatorFile } from "../runs/generator_file.ts";
import { readConfig } from "../runs/run_folder.ts";
import { MemoryStore } from "../runs/run_store.ts";
import { UserError } from "../config/user_error.ts";
import { importGenerator, writeImportedRun } from "./import_generator.ts";
import { released, type ReleasedOptions } from "./released_testing.ts";

const imported = (options: ReleasedOptions = {}) => importGenerator(released(options).bytes, "model.pt");

/** The file written by {@link generatorFile}. */
async function exported(store: MemoryStore, kind: "ema" | "latest"): Promise<Uint8Array<ArrayBuffer>> {
  const checkpoint = await openCheckpoint(store, 0);
  const parts = await Array.fromAsync(generatorFile(checkpoint, await checkpoint.readWeights(kind), kind));
  return new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
}

for (const keys of ["old", "new"] as const) {
  Deno.test(`importGenerator() reads the authors' file with ${keys} keys, and a run of it preserves every bit`, async () => {
    const { bytes, tensors } = released({ keys });
    const model = importGenerator(bytes, "model.pt");
    assertEquals(model.config, { ...PRESETS.tiny, sheet: { count: 4, resolution: 5 } });
    assertEquals(model.display, { kind: "image", height: 5, width: 5, channels: 1 });
    assertEquals(Object.keys(model.generator), ["0.weight", "0.bias", "2.weight", "2.bias"]);

    const store = new MemoryStore();
    await writeImportedRun(store, model);
    assertEquals(await readConfig(store), JSON.parse(JSON.stringify(model.config)));
    const checkpoint = await openCheckpoint(store, 0);
    for (const kind of ["ema", "latest"] as const) {
      const { generator, frequencies } = await checkpoint.readWeights(kind) as GeneratorWeights;
      for (
        const [name, { shape, data }] of Object.entries(
          joinHypernetwork(await toHost(generator), model.config.model),
        )
      ) {
        assertEquals({ shape, data }, tensors.get(`hypernetwork.forward_layers.${name}`));
      }
      const matrix = tensors.get("hypernetwork.function_representation.encoding.frequency_matrix");
      assert(frequencies);
      assertEquals(await frequencies.data(), matrix?.data);
    }
  });
}

Deno.test("writeImportedRun() writes a trainable state, with a new discriminator and zero moments", async () => {
  const store = new MemoryStore(), model = imported();
  await writeImportedRun(store, model);
  const state = await (await openCheckpoint(store, 0)).readState() as GaspState;
  const fresh = initialState(model.config.model, model.config.training, model.config.seed);
  assertEquals(await toHost(state.discriminator), await toHost(fresh.discriminator));
  assertEquals(await toHost(state.statistics), await toHost(fresh.statistics));
  assertEquals(await toHost(state.generatorAdam.v), await toHost(fresh.generatorAdam.v));
});

Deno.test("importGenerator() reads a bare state dictionary, and reports its assumptions", () => {
  const model = imported({ stateOnly: true });
  assertEquals(model.config.preset, "tiny");
  assert(model.notes.some((note) => note.includes("assuming LeakyReLU with slope 0.1 and a final tanh")));
  const parts = released({ stateOnly: true });
  const safetensors = writeSafetensors(parts.tensors);
  assertEquals(importGenerator(safetensors, "x.safetensors"), model);
});

Deno.test("importGenerator() rounds doubles, and reports it", () => {
  const model = imported({ double: true });
  assertEquals(model.generator, imported().generator);
  assert(model.notes.includes("its doubles are rounded to single precision"));
});

Deno.test("importGenerator() imports networks that match no preset with a placeholder discriminator", async () => {
  const model = imported({ functionHidden: [9, 7], hyperHidden: [5], frequencies: 0, coordinateDim: 3 });
  const { preset, model: { discriminator } } = model.config;
  assert(discriminator.kind === "pointconv");
  assertEquals([preset, discriminator.layers.length], ["imported", 1]);
  assertEquals(model.display, { kind: "volume", resolution: 32 });
  assert(model.notes.some((note) => note.includes("a placeholder of one convolution")));
  const store = new MemoryStore();
  await writeImportedRun(store, model);
  assertEquals((await openCheckpoint(store, 0)).config, model.config);
});

Deno.test("importGenerator() takes kind, resolution and preset from the options", () => {
  const { bytes } = released({ coordinateDim: 3 });
  assertEquals(importGenerator(bytes, "x").display.kind, "sphere");
  const model = importGenerator(bytes, "x", { kind: "volume", resolution: 20 });
  assertEquals(model.display, { kind: "volume", resolution: 20 });
  assertEquals([model.config.resolution, model.config.sheet.resolution], [20, 20]);
  assertEquals(importGenerator(released().bytes, "x", { preset: "tiny" }).config.preset, "tiny");
  assertThrows(
    () => importGenerator(bytes, "x", { kind: "image" }),
    UserError,
    "samples of kind image have coordinate dimension 2 and feature dimension 1 or 3, but this generator has 3 and 1",
  );
  assertThrows(
    () => importGenerator(released().bytes, "x", { preset: "mnist" }),
    UserError,
    "do not match the preset mnist: they match tiny",
  );
});

const HYPER = "hypernetwork.forward_layers.", FUNCTION = "hypernetwork.function_representation.";

const REFUSED: readonly (readonly [string, ReleasedOptions, string])[] = [
  ["another slope", { slope: 0.2 }, '"config.hypernetwork.non_linearity" has the slope 0.2'],
  [
    "another end",
    { last: "Sigmoid" },
    'final_non_linearity" is Sigmoid, but only Tanh is supported',
  ],
  ["one-dimensional coordinates", { coordinateDim: 1 }, "none of the kinds image, volume, sphere"],
  ["no first layer", { without: [`${HYPER}0.weight`] }, `it has no tensor ${HYPER}0.weight`],
  ["no bias", { without: [`${HYPER}0.bias`] }, `its tensor ${HYPER}0.bias is missing`],
  ["no last layer", { without: [`${HYPER}2.weight`] }, "its hypernetwork has 8 outputs, but a function"],
  [
    "no frequencies",
    { without: [`${FUNCTION}encoding.frequency_matrix`] },
    "its hypernetwork has 81 outputs, but a function network with widths 2, 8, 1 has 33",
  ],
  [
    "no sizes of the function network",
    { stateOnly: true, without: [`${FUNCTION}forward_layers.0.weight`] },
    "does not contain the sizes of the function network",
  ],
];

for (const [what, options, message] of REFUSED) {
  Deno.test(`importGenerator() rejects a generator with ${what}`, () => {
    assertThrows(() => imported(options), UserError, message);
  });
}

Deno.test("importGenerator() rejects elements that are not finite, and names the file", () => {
  const { tensors } = released();
  const name = `${HYPER}0.weight`, { shape, data } = tensors.get(name)!;
  const bytes = writeSafetensors(new Map([...tensors, [name, { shape, data: data.map(() => NaN) }]]));
  assertThrows(
    () => importGenerator(bytes, "x.safetensors"),
    UserError,
    `x.safetensors cannot be imported: its tensor ${HYPER}0.weight has elements that are not finite`,
  );
  assertThrows(
    () => importGenerator(new Uint8Array(9), "x.pt"),
    UserError,
    "x.pt cannot be imported: not a zip",
  );
});

Deno.test("generatorFile() and importGenerator() preserve every bit, the configuration and the display", async () => {
  const store = new MemoryStore(), { bytes } = released({ coordinateDim: 3 });
  await writeImportedRun(store, importGenerator(bytes, "x", { kind: "volume", resolution: 9 }));
  const file = await exported(store, "ema");
  const names = [...parseSafetensors(file).tensors.keys()];
  assertEquals(names, [
    ...["0.weight", "0.bias", "2.weight", "2.bias"].map((name) => HYPER + name),
    `${FUNCTION}encoding.frequency_matrix`,
  ]);
  const again = new MemoryStore(), back = importGenerator(file, "y");
  const before = await openCheckpoint(store, 0);
  assertEquals([back.config, back.display, back.notes], [before.config, before.display, []]);
  await writeImportedRun(again, back);
  assertEquals(await exported(again, "ema"), file);
  assertThrows(() => importGenerator(file, "y", { kind: "sphere" }), UserError, "omit kind");
});

Deno.test("generatorFile() writes the moving average or the latest weights", async () => {
  const config = PRESETS.tiny, { model, training } = config;
  const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
  const state = initialState(model, training, 1), ema = initialState(model, training, 2).generator;
  const info = { step: 3, config, display };
  const weights = [state.generator, ema].map((generator) => ({
    generator,
    frequencies: state.frequencies!,
  }));
  for (const [i, kind] of (["latest", "ema"] as const).entries()) {
    const parts = await Array.fromAsync(generatorFile(info, weights[i]!, kind));
    const file = new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
    assertEquals(parseSafetensors(file).metadata.get("weights"), kind === "ema" ? "average" : "latest");
    const { generator } = importGenerator(file, "x");
    assertEquals(generator, joinHypernetwork(await toHost(weights[i]!.generator), model));
  }
});

Deno.test("importGenerator() rejects safetensors files whose configuration does not match their tensors", async () => {
  const store = new MemoryStore();
  await writeImportedRun(store, imported());
  const { metadata, tensors } = parseSafetensors(await exported(store, "latest"));
  const edited = (name: string, text: string) =>
    writeSafetensors(tensors, new Map([...metadata, [name, text]]));
  const config = JSON.parse(metadata.get("config")!);
  const other = JSON.stringify({ ...config, model: { ...config.model, latentDim: 5 } });
  assertThrows(
    () => importGenerator(edited("config", other), "x"),
    UserError,
    "its configuration does not match its tensors",
  );
  assertThrows(() => importGenerator(edited("config", "{"), "x"), UserError, "metadata is damaged");
  assertThrows(() => importGenerator(edited("display", "{}"), "x"), UserError, "its display");
  assertThrows(() => importGenerator(edited("version", "3"), "x"), UserError, "format version 3");
  const checkpoint = store.files.get("checkpoints/step-0.safetensors")!;
  assertThrows(
    () => importGenerator(checkpoint, "x"),
    UserError,
    "a checkpoint of a run already",
  );
});
