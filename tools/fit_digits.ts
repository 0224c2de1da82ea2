/**
 * Measures how well latent optimisation completes held-out digits from a tenth of their pixels:
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
import { type DeviceName, disposeTree, openDevice } from "@gasp/tensor";
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
const ROWS = 12;

const OPTIONS = {
  run: { kind: "text", value: "FOLDER", help: "Run of square grey digits" },
  data: {
    kind: "text",
    value: "FILE",
    defaultText: `${HELD_OUT_FILE} in the folder that the run was trained on`,
    help: "IDX file of digits that the run was not trained on, plain or gzipped",
  },
  "hold-out": {
    kind: "text",
    value: "FOLDER",
    defaultText: "off",
    help: "Only write the bundled digits as MNIST files, with 1,000 of them as the test set: " +
      "train on the others with --data FOLDER",
  },
  count: { kind: "integer", min: 1, max: 10_000, default: 200, help: "Number of digits" },
  first: {
    kind: "integer",
    min: 0,
    max: 100_000,
    default: 0,
    help: "Index of the first digit in a shuffle of the file: use others for tuning settings",
  },
  keep: {
    kind: "text",
    value: "PART",
    default: "0.1",
    help: "Fraction of the pixels that is observed, different ones for each digit",
  },
  steps: { kind: "integer", min: 1, max: 100_000, default: 150, help: "Optimisation steps" },
  restarts: { kind: "integer", min: 1, max: 1000, default: 16, help: "Initial latents per digit" },
  noise: {
    kind: "text",
    value: "X",
    default: String(FIT_DEFAULTS.noise),
    help: "Standard deviation of the observed features",
  },
  device: { kind: "choice", choices: ["auto", "webgpu", "wasm"], default: "auto", help: "Device" },
  sheet: {
    kind: "text",
    value: "FILE.png",
    defaultText: "none",
    help: `Write a sheet of ${ROWS} digits: truth, observation, fit, mean of fits, nearest, linear`,
  },
  help: { kind: "flag", help: "Show this help" },
} satisfies OptionTable;

const HELP = [
  "Completes held-out digits from some of their pixels, and compares with simpler interpolation.",
  "",
  "Usage: deno run -A tools/fit_digits.ts --run FOLDER [options]",
  "",
  "Options:",
  describeOptions(OPTIONS),
].join("\n");

/** Parses the number of an option, above 0 and at most `max`. */
function positive(name: string, text: string, max: number): number {
  const value = Number(text);
  if (value > 0 && value <= max) return value;
  throw new UsageError(
    `--${name} must be a number above 0${max < Infinity ? ` and at most ${max}` : ""}, got "${text}"`,
  );
}

async function openRun(folder: string): Promise<Checkpoint> {
  const checkpoint = await openNewestCheckpoint(await openFileStore(folder));
  if (!checkpoint) throw new UserError(`${folder} has no checkpoint: train the run first.`);
  const { display } = checkpoint;
  if (display.kind !== "image" || display.channels !== 1 || display.height !== display.width) {
    throw new UserError(`${folder} is not a run of digits: its samples are not square grey images.`);
  }
  return checkpoint;
}

/** Resizes images to the run's resolution and returns values in [-1, 1], `[count, pixels]`. */
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

  const device = await openDevice(options.device as DeviceName);
  const sampler = new Sampler(generator, device);
  const weights = await sampler.copyToDevice(await checkpoint.readWeights("ema"));
  const start = performance.now();
  const fit = await fitLatents({ generator, weights, observations, device, steps, restarts, noise });
  const seconds = (performance.now() - start) / 1000;
  const values = await sampler.sample(weights, fit.latents, coordinates);
  const candidates = await sampler.sample(weights, fit.candidates, coordinates);
  disposeTree(weights);
  sampler.release();
  await device.close();

  const complete = (completion: (i: number) => Float32Array) => {
    const all = new Float32Array(digits.length);
    for (let i = 0; i < count; i++) all.set(completion(i), i * pixels);
    return all;
  };
  const completions = {
    fit: values,
    meanOfFits: meanOfCandidates(candidates, restarts, pixels),
    trainingMean: complete(() => trainingMean),
    nearest: complete((i) => nearestValue(observed[i]!.coordinates, observed[i]!.features, coordinates)),
    linear: complete((i) => linearValue(observed[i]!.coordinates, observed[i]!.features, coordinates)),
  };
  const errors = Object.fromEntries(
    Object.entries(completions).map(([name, completed]) => {
      return [name, Number(meanSquaredError(completed, digits).toFixed(5))];
    }),
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
  const { fit: fitted, meanOfFits, nearest, linear } = completions;
  const columns = [digits, fitted, meanOfFits, nearest, linear];
  const sheet = completionSheet({ columns, chosen, size: resolution, count: Math.min(ROWS, count) });
  await Deno.writeFile(options.sheet, encodePng(sheet));
}

try {
  const { values } = parseOptions(OPTIONS, Deno.args);
  if (values["hold-out"] !== undefined) await writeHoldOut(values["hold-out"]);
  else if (values.help) console.log(HELP);
  else if (values.run === undefined) throw new UsageError("pass the folder of a run with --run, see --help");
  else await measure(values.run, values);
} catch (error) {
  if (!(error instanceof UserError || error instanceof DataError)) throw error;
  console.error(`error: ${messageOf(error)}`);
  Deno.exitCode = 1;
}
