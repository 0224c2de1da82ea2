import { findNeighbourhoods } from "@gasp/pointconv";
import { evaluate, reference, type TensorToStore, writeSafetensors } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { stateToRecord } from "../methods/core/state_record.ts";
import { numberedLayers } from "../methods/gasp/discriminators/pointconv/layers.ts";
import { gasp } from "../methods/gasp/gasp.ts";
import { tensorToHost } from "../state/host_record.ts";
import {
  numbersByName,
  SMALL_CONFIG,
  SMALL_MODEL,
  SMALL_NETWORK,
  SMALL_TRAINING,
  smallPoints,
  stepInputs,
  stepPoints,
} from "../methods/gasp/gasp_testing.ts";
import { initialState } from "../methods/gasp/state.ts";
import { gaspNetworks, trainStep } from "../methods/gasp/train_step.ts";
import { runParityFile } from "./run.ts";

const STEPS = 2;
const TRAINING = { ...SMALL_TRAINING, emaDecay: null };
const CONFIG = { ...SMALL_CONFIG, training: TRAINING }, NETWORKS = gaspNetworks(SMALL_MODEL, TRAINING);

/** The configuration as the original writes it. */
function storedConfig(model: typeof SMALL_MODEL): string {
  return JSON.stringify({
    training: {
      lr: SMALL_TRAINING.generatorRate,
      lr_disc: SMALL_TRAINING.discriminatorRate,
      r1_weight: SMALL_TRAINING.r1Weight,
    },
    generator: {
      layer_sizes: model.functionHidden,
      latent_dim: model.latentDim,
      hypernet_layer_sizes: model.hyperHidden,
    },
    discriminator: {
      norm_order: model.discriminator.norm,
      linear_layer_sizes: [],
      layer_configs: model.discriminator.layers.map((layer) => ({
        num_output_points: layer.points,
        num_neighbors: layer.neighbours,
        ...(layer.kind === "conv"
          ? { out_channels: layer.channels, mid_channels: layer.weightNetSizes }
          : {}),
      })),
    },
  });
}

/** Index tables of every layer. */
async function storedTables(): Promise<Record<string, TensorToStore>> {
  const tables: Record<string, TensorToStore> = {};
  const layers = numberedLayers(SMALL_NETWORK);
  const found = await findNeighbourhoods(smallPoints(), SMALL_NETWORK.layers, { device: reference });
  for (const [i, { neighbours, centres, k, inputs, outputs }] of found.entries()) {
    const { index } = layers[i]!;
    tables[`idx.step1.layer${index}.neighbors`] = { shape: [1, outputs.points, k], data: neighbours };
    if (outputs.points < inputs.points) {
      tables[`idx.step1.layer${index}.subsample`] = { shape: [1, outputs.points], data: centres };
    }
  }
  return tables;
}

/** A file of two steps of the small model, with sizes that no stored file has. */
async function smallStepFile(): Promise<Map<string, TensorToStore>> {
  let state = initialState(SMALL_MODEL, { emaDecay: null }, 3);
  const points = await stepPoints(state, smallPoints());
  const file = new Map<string, TensorToStore>(Object.entries(await storedTables()));
  const put = (prefix: string, record: Record<string, TensorToStore>) => {
    for (const [name, value] of Object.entries(record)) {
      if (!name.startsWith("adam.")) file.set(`${prefix}${name}`, value);
    }
  };
  put("before.", await stateToRecord(gasp, CONFIG, state));
  file.set("in.coordinates", { shape: [1, 25, 2], data: smallPoints().coordinates });
  const losses: Record<string, number[]> = {};
  for (let step = 1; step <= STEPS; step++) {
    const inputs = stepInputs(step);
    file.set("in.real_features", await tensorToHost(inputs.real));
    file.set(`in.z_disc.step${step}`, await tensorToHost(inputs.latentsDiscriminator));
    file.set(`in.z_gen.step${step}`, await tensorToHost(inputs.latentsGenerator));
    const next = trainStep(NETWORKS, state, inputs, points);
    for (const [name, [loss]] of Object.entries(await numbersByName({ ...next.losses }))) {
      (losses[name] ??= []).push(loss!);
    }
    state = await evaluate(next.state, reference);
    put(`after${step}.`, await stateToRecord(gasp, CONFIG, state));
    file.delete(`after${step}.frequency_matrix`);
  }
  const names = {
    generator: "generator",
    discriminator: "discriminator",
    real: "disc_real",
    fake: "disc_fake",
    r1: "grad_squared",
  };
  for (const [ours, stored] of Object.entries(names)) {
    file.set(`loss.${stored}`, { shape: [STEPS], data: Float32Array.from(losses[ours]!) });
  }
  return file;
}

Deno.test("runParityFile() compares any number of training steps of a model of any size", async () => {
  const file = await smallStepFile();
  const metadata = [["config", storedConfig(SMALL_MODEL)], ["steps", String(STEPS)]] as const;
  const run = () => runParityFile("f_small", writeSafetensors(file, metadata), reference);
  const { verdict, reason, groups } = await run();
  assertEquals(verdict, "pass", reason);
  assert(groups.some(({ group }) => group === "after2.D RMS"));
  const wrong = file.get("after2.G.0.weight")!;
  file.set("after2.G.0.weight", {
    shape: wrong.shape,
    data: Float32Array.from(wrong.data as Float32Array, (x) => x + 0.01),
  });
  assertEquals((await run()).verdict, "fail");
});

Deno.test("runParityFile() reports errors in a configuration", async () => {
  const file = await smallStepFile();
  const run = async (config: string) =>
    (await runParityFile("f_small", writeSafetensors(file, [["config", config], ["steps", "1"]]), reference))
      .reason;
  assertEquals(await run("{"), "the fixture's metadata 'config' is not valid JSON: {");
  assertEquals(await run("{}"), "training should be an object, got undefined");
  assertEquals(
    await run(storedConfig({ ...SMALL_MODEL, latentDim: 5 })),
    "tensor 'G.0.weight' has shape [6, 4], but this model needs [6, 5]",
  );
});
