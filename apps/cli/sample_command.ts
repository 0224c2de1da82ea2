/**
 * `sample`: new functions from a trained run, as pictures at any resolution.
 * @module
 */
import {
  type Checkpoint,
  dispose,
  encodePng,
  type GeneratorWeights,
  openCheckpoint,
  openFileStore,
  openNewestCheckpoint,
  pictureOf,
  sampleLatents,
  Sampler,
  sampleShown,
  sheetOf,
  UserError,
} from "@gasp/gasp";
import { type Command, defineCommand } from "./command.ts";
import { countOf, DEVICE_OPTIONS, withDevice } from "./device.ts";
import type { OptionTable, Values } from "./options.ts";
import { newestRun, RUNS } from "./runs.ts";

const ANY = Number.MAX_SAFE_INTEGER;

const SAMPLE_OPTIONS = {
  run: { kind: "text", value: "FOLDER", defaultText: "the newest run", help: "Folder of the run" },
  step: {
    kind: "integer",
    min: 0,
    max: ANY,
    defaultText: "the newest",
    help: "Checkpoint to use, by its step",
  },
  weights: {
    kind: "choice",
    choices: ["average", "latest"],
    default: "average",
    help: "Moving average of the weights, where the run keeps one, or the latest ones",
  },
  count: { kind: "integer", min: 1, max: 65536, default: 64, help: "How many samples" },
  resolution: {
    kind: "integer",
    min: 2,
    max: 65536,
    defaultText: "that of the run's sheets",
    help: "Height of each sample in pixels",
  },
  seed: { kind: "integer", min: 0, max: ANY, default: 0, help: "Seed: which samples" },
  columns: { kind: "integer", min: 1, max: 65536, defaultText: "as many as rows", help: "Samples in a row" },
  separate: { kind: "flag", help: "One PNG for each sample, in the folder --out" },
  out: {
    kind: "text",
    value: "FILE.png",
    defaultText: "samples/step-STEP-seed-SEED.png in the run's folder",
    help: "Where to write",
  },
  ...DEVICE_OPTIONS,
} satisfies OptionTable;

/** The command. */
export const sampleCommand: Command = defineCommand({
  name: "sample",
  summary: "Draw new samples from a trained run.",
  options: SAMPLE_OPTIONS,
  examples: [
    "deno task sample",
    "deno task sample --count 4 --resolution 512 --out big.png",
    "deno task sample --run runs/digits-1 --seed 7 --separate --out digits",
  ],
  async run(values) {
    const run = values.run ?? await newestRun("checkpoints");
    if (run === undefined) {
      throw new UserError(`there is no trained run in ${RUNS}/: train one with deno task train`);
    }
    const checkpoint = await openRun(run, values.step);
    await withDevice(values, async (target) => {
      const sampler = new Sampler(checkpoint.config.model, target);
      const weights = await sampler.place(await checkpoint.readGenerator(weightsOf(values)));
      try {
        await writeSamples(run, checkpoint, sampler, weights, values);
      } finally {
        dispose(weights.generator);
        weights.frequencies?.dispose();
        sampler.release();
      }
    });
    return 0;
  },
});

type SampleValues = Values<typeof SAMPLE_OPTIONS>;

function weightsOf({ weights }: SampleValues): "average" | "latest" {
  return weights === "latest" ? "latest" : "average";
}

async function openRun(folder: string, step: number | undefined): Promise<Checkpoint> {
  const store = await openFileStore(folder);
  const checkpoint = step === undefined
    ? await openNewestCheckpoint(store)
    : await openCheckpoint(store, step);
  if (checkpoint) return checkpoint;
  throw new UserError(
    `${folder} has no checkpoint to sample from: give the folder of a run that has saved one`,
  );
}

async function writeSamples(
  run: string,
  { step, config, display }: Checkpoint,
  sampler: Sampler,
  weights: GeneratorWeights,
  { count, resolution = config.sheet.resolution, seed, columns, separate, out }: SampleValues,
): Promise<void> {
  const { latentDim } = config.model;
  const latents = sampleLatents(seed, count, latentDim);
  const name = `${run}/samples/step-${step}-seed-${seed}`;
  if (!separate) {
    const sheet = sheetOf(await sampleShown(sampler, weights, { latents, display, resolution }), columns);
    const path = out ?? `${name}.png`;
    await writePicture(path, encodePng(sheet));
    console.log(`${countOf(count, "sample")} of ${run} at step ${step}: ${path}`);
    return;
  }
  const folder = out ?? name;
  for (let i = 0; i < count; i++) {
    const one = latents.slice(i * latentDim, (i + 1) * latentDim);
    const { values, display: size } = await sampleShown(sampler, weights, {
      latents: one,
      display,
      resolution,
    });
    const number = String(i).padStart(String(count - 1).length, "0");
    await writePicture(`${folder}/${number}.png`, encodePng(pictureOf({ values, display: size })));
  }
  console.log(`${countOf(count, "sample")} of ${run} at step ${step}: ${folder}`);
}

/** Writes a file as a whole, so that no half picture is left. */
async function writePicture(path: string, bytes: Uint8Array): Promise<void> {
  const cut = path.lastIndexOf("/");
  const folder = cut < 0 ? "." : path.slice(0, cut) || "/";
  await (await openFileStore(folder)).write(path.slice(cut + 1), bytes);
}
