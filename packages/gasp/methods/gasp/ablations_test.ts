/** The ablations of appendix A.2 of the paper as options. @module */
import { mnistPackage } from "@gasp/datasets";
import { blobAccess, openDevice, reference, treePaths } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { openGenerator } from "../../import/open_generator.ts";
import { encodeCoordinates } from "../../model/fourier.ts";
import { generate } from "../../model/generate.ts";
import { openCheckpoint } from "../../runs/checkpoint.ts";
import { generatorFile } from "../../runs/generator_file.ts";
import { parseRunConfig, resolveRunConfig } from "../../runs/run_config.ts";
import { MemoryStore } from "../../runs/run_store.ts";
import { Sampler } from "../../sampling/sampler.ts";
import { train } from "../../training/trainer.ts";
import { openDiscriminator } from "./discriminators/table.ts";
import { asGasp, gasp } from "./gasp.ts";
import { assertClose, numbers, randomTensor } from "./gasp_testing.ts";
import type { SharedWeights } from "./generator.ts";
import { GASP_PRESETS } from "./presets.ts";
import { initialGenerator } from "./state.ts";

const { tiny } = GASP_PRESETS, fourier = { count: 4, sigma: 1 };
const of = (overrides: object) => asGasp(resolveRunConfig({ preset: "tiny", overrides }));
const learned = of({ steps: 3, model: { fourier: { learned: true } }, training: { emaDecay: 0.5 } });

Deno.test("learned frequencies start as fixed ones, are parameters of the generator, and yield the same functions", async () => {
  const fixed = initialGenerator(tiny.model, 5), trained = initialGenerator(learned.model, 5);
  assertEquals("frequencies" in trained, false);
  const { frequencies, ...hyper } = trained.generator;
  assertEquals(await numbers(frequencies!), await numbers(fixed.frequencies!));
  assertEquals(Object.keys(hyper), Object.keys(fixed.generator));
  const z = randomTensor("z", [2, tiny.model.latentDim]), x = randomTensor("x", [3, 2]);
  assertClose(
    await numbers(generate(trained.generator, learned.model, z, x)),
    await numbers(generate(fixed.generator, tiny.model, z, encodeCoordinates(x, fixed.frequencies))),
  );
  assertEquals(
    [...treePaths(gasp.abstractState!(learned)).keys()],
    [...treePaths(gasp.initialState(learned)).keys()],
  );
});

Deno.test("learned frequencies are trained, averaged, stored and exported", async () => {
  const data = await mnistPackage(5), store = new MemoryStore();
  await using device = await openDevice("wasm", { threads: 1 });
  await train({ config: learned, data, device, store });
  const checkpoint = await openCheckpoint(store, 3), { generator } = checkpoint;
  const [latest, average] = [await checkpoint.readWeights("latest"), await checkpoint.readWeights("ema")];
  const frequenciesOf = async (weights: typeof latest) =>
    await numbers((generator.shared(weights) as SharedWeights).frequencies!);
  const start = await numbers(initialGenerator(learned.model, learned.seed).generator["frequencies"]!);
  assert((await frequenciesOf(latest)).every((b, i) => b !== start[i]));
  const last = await frequenciesOf(latest);
  assert((await frequenciesOf(average)).every((b, i) => b !== last[i]));
  const parts = await Array.fromAsync(generatorFile(checkpoint, average, "ema"));
  const opened = await openGenerator(
    blobAccess(new Blob(parts.map((part) => part.slice()))),
    "a.safetensors",
  );
  const expected = new Sampler(generator, reference), sampler = opened.sampler(reference);
  const z = new Float32Array(8).map((_, i) => Math.sin(i)), at = Float32Array.of(0, 0, 0.3, -1);
  assertEquals(await sampler.sample(opened.weights, z, at), await expected.sample(average, z, at));
});

Deno.test("weight nets without batch norm and of one hidden layer, and a function network of 2 × 256", async () => {
  const { discriminator } = tiny.model;
  assert(discriminator.kind === "pointconv");
  const layers = discriminator.layers.map((layer) =>
    layer.kind === "conv" ? { ...layer, weightNetSizes: [16] } : layer
  );
  const config = of({
    steps: 2,
    model: {
      ...{ fourier, functionHidden: [256, 256] },
      discriminator: { ...discriminator, layers, weightNorm: "none", featureNorm: "none" },
    },
  });
  assertEquals(parseRunConfig(JSON.parse(JSON.stringify(config)), "json"), config);
  const { params, statistics, untrained } = openDiscriminator(config.model).shapes;
  assertEquals([statistics.size, untrained.size], [0, 0]);
  assertEquals(
    [...params.keys()].slice(0, 4),
    ["weight", "bias"].map((part) => `layers.0.weight_net.forward_layers.0.${part}`)
      .concat(["weight", "bias"].map((part) => `layers.0.linear.${part}`)),
  );
  const store = new MemoryStore(), data = await mnistPackage(5);
  await using device = await openDevice("wasm", { threads: 1 });
  const { finished } = await train({ config, data, device, store });
  assert(finished);
  const deep = { ...discriminator, weightNorm: "none" } as const;
  assertEquals(
    [...openDiscriminator({ ...tiny.model, discriminator: deep }).shapes.params.keys()]
      .filter((name) => /^layers\.0\.weight_net.*weight$/.test(name)),
    [0, 2, 4, 6].map((index) => `layers.0.weight_net.forward_layers.${index}.weight`),
  );
});
