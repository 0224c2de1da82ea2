/**
 * How well a search for latents completes digits that a run has not seen, from a tenth of their pixels:
 * `deno run -A tools/fit_digits.ts --run runs/NAME --data FILE`. Prints one line of JSON.
 *
 * @module
 */
import {
  type Checkpoint,
  encodePng,
  messageOf,
  openFileStore,
  openNewestCheckpoint,
  Sampler,
  UserError,
} from "@gasp/gasp";
import {
  chooseFraction,
  FIT_DEFAULTS,
  fitLatents,
  meanOfCandidates,
  meanSquaredError,
  observationsOf,
  type PointSizes,
  takePoints,
} from "@gasp/gasp/explore";
import { DataError, imageDataset, type ImageSet, resizeImages } from "@gasp/datasets";
import { disposeTree, openDevice, type TargetName } from "@gasp/tensor";
import {
  describeOptions,
  type OptionTable,
  parseOptions,
  UsageError,
  type Values,
} from "../apps/cli/options/options.ts";
import { completionSheet } from "./completion_sheet.ts";
import { digitSets, HELD_OUT_FILE, writeHoldOut } from "./held_out_digits.ts";
import { linearValue, nearestValue } from "./scattered.ts";

const SIZES: PointSizes = { coordinateDim: 2, featureDim: 1 };
/** Rows of the sheet. */
const SHOWN = 12;

const OPTIONS = {
  run: { kind: "text", value: "FOLDER", help: "Run of square grey digits" },
  data: {
    kind: "text",
    value: "FILE",
    defaultText: `${HELD_OUT_FILE} in the folder that the run was trained on`,
    help: "IDX file of digits that the run was not trained on, gzip or not",
  },
  "hold-out": {
    kind: "text",
    value: "FOLDER",
    defaultText: "off",
    help:
      "Only write the digits that come with the program as MNIST's files, 1,000 of them as the test set: " +
      "train on the others with --data FOLDER",
  },
  count: { kind: "integer", min: 1, max: 10_000, default: 200, help: "Digits" },
  first: {
    kind: "integer",
    min: 0,
    max: 100_000,
    default: 0,
    help: "Number of the first in a shuffle of the file: choose others to try settings on",
  },
  keep: {
    kind: "text",
    value: "PART",
    default: "0.1",
    help: "Part of the pixels that is observed, of each digit others",
  },
  steps: { kind: "integer", min: 1, max: 100_000, default: 150, help: "Steps of the search" },
  restarts: { kind: "integer", min: 1, max: 1000, default: 16, help: "Starting points of each digit" },
  noise: {
    kind: "text",
    value: "X",
    default: String(FIT_DEFAULTS.noise),
    help: "How far features may be off",
  },
  device: { kind: "choice", choices: ["auto", "webgpu", "wasm"], default: "auto", help: "Where to compute" },
  sheet: {
    kind: "text",
    value: "FILE.png",
    defaultText: "none",
    help: `Shows ${SHOWN} of them: digit, observed, fit, mean of fits, nearest, linear`,
  },
  help: { kind: "flag", help: "Show this help" },
} satisfies OptionTable;

const HELP = [
  "Completes digits that a run has not seen from some of their pixels, and compares with simpler guesses.",
  "",
  "Usage: deno run -A tools/fit_digits.ts --run FOLDER [options]",
  "",
  "Options:",
  describeOptions(OPTIONS),
].join("\n");

/** A number of an option, from above 0 to `most`. */
function positive(name: string, text: string, most: number): number {
  const value = Number(text);
  if (value > 0 && value <= most) return value;
  throw new UsageError(
    `--${name} is a number above 0${most < Infinity ? ` and at most ${most}` : ""}; got "${text}"`,
  );
}

async function openRun(folder: string): Promise<Checkpoint> {
  const checkpoint = await openNewestCheckpoint(await openFileStore(folder));
  if (!checkpoint) throw new UserError(`${folder} has no checkpoint: train the run first.`);
  const { display } = checkpoint;
  if (display.kind !== "image" || display.channels !== 1 || display.height !== display.width) {
    throw new UserError(`${folder} is not a run of digits: its samples are not square grey pictures.`);
  }
  return checkpoint;
}

/** Values in [-1, 1] at the run's resolution, `[count, pixels]`. */
function valuesAt(images: ImageSet, resolution: number): Promise<Float32Array> {
  const all = Array.from({ length: images.count }, (_, i) => i);
  return imageDataset("digits", resizeImages(images, resolution, resolution)).batch(all);
}

function meanOf(values: Float32Array, pixels: number): Float32Array {
  const mean = new Float32Array(pixels), count = values.length / pixels;
  values.forEach((value, i) => mean[i % pixels]! += value / count);
  return mean;
}

async function measure(folder: string, options: Values<typeof OPTIONS>): Promise<void> {
  const { count, first, steps, restarts } = options;
  const keep = positive("keep", options.keep, 1), noise = positive("noise", options.noise, Infinity);
  const checkpoint = await openRun(folder), { config: { resolution, data }, generator } = checkpoint;
  const pixels = resolution ** 2;
  const { training, heldOut } = await digitSets(data, options.data, { first, count });
  const digits = await valuesAt(heldOut, resolution);
  const trainingMean = meanOf(await valuesAt(training, resolution), pixels);
  const { coordinates } = imageDataset("digits", resizeImages(heldOut, resolution, resolution));
  const ofDigit = (values: Float32Array, i: number) => values.subarray(i * pixels, (i + 1) * pixels);
  const chosen = Array.from({ length: count }, (_, i) => chooseFraction(pixels, keep, 0, first + i));
  const observed = chosen.map((points, i) =>
    takePoints({ coordinates, features: ofDigit(digits, i) }, points, SIZES)
  );
  const observations = observationsOf(observed, SIZES);

  const device = await openDevice(options.device as TargetName);
  const sampler = new Sampler(generator, device);
  const weights = await sampler.place(await checkpoint.readWeights("average"));
  const start = performance.now();
  const fit = await fitLatents({ generator, weights, observations, device, steps, restarts, noise });
  const seconds = (performance.now() - start) / 1000;
  const values = await sampler.sample(weights, fit.latents, coordinates);
  const candidates = await sampler.sample(weights, fit.candidates, coordinates);
  disposeTree(weights);
  sampler.release();
  await device.close();

  const guess = (of: (i: number) => Float32Array) => {
    const all = new Float32Array(digits.length);
    for (let i = 0; i < count; i++) all.set(of(i), i * pixels);
    return all;
  };
  const guesses = {
    fit: values,
    meanOfFits: meanOfCandidates(candidates, restarts, pixels),
    trainingMean: guess(() => trainingMean),
    nearest: guess((i) => nearestValue(observed[i]!.coordinates, observed[i]!.features, coordinates)),
    linear: guess((i) => linearValue(observed[i]!.coordinates, observed[i]!.features, coordinates)),
  };
  const errors = Object.fromEntries(
    Object.entries(guesses).map((
      [name, guessed],
    ) => [name, Number(meanSquaredError(guessed, digits).toFixed(5))]),
  );
  console.log(JSON.stringify({
    run: folder,
    step: checkpoint.step,
    digits: count,
    observedPixels: observations.points,
    of: pixels,
    meanSquaredError: errors,
    steps,
    restarts,
    noise,
    device: device.info.kind,
    seconds: Number(seconds.toFixed(1)),
  }));
  if (options.sheet === undefined) return;
  const columns = [digits, guesses.fit, guesses.meanOfFits, guesses.nearest, guesses.linear];
  const sheet = completionSheet({ columns, chosen, size: resolution, count: Math.min(SHOWN, count) });
  await Deno.writeFile(options.sheet, encodePng(sheet));
}

try {
  const { values } = parseOptions(OPTIONS, Deno.args);
  if (values["hold-out"] !== undefined) await writeHoldOut(values["hold-out"]);
  else if (values.help) console.log(HELP);
  else if (values.run === undefined) throw new UsageError("give the folder of a run with --run, see --help");
  else await measure(values.run, values);
} catch (error) {
  if (!(error instanceof UserError || error instanceof DataError)) throw error;
  console.error(`error: ${messageOf(error)}`);
  Deno.exitCode = 1;
}
