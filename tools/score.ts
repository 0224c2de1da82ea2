/**
 * Scores samples of digits: `deno task score --run runs/NAME`. Prints one line of JSON.
 *
 * @module
 */
import {
  messageOf,
  openFileStore,
  openNewestCheckpoint,
  sampleForDisplay,
  sampleLatents,
  Sampler,
  UserError,
} from "@gasp/gasp";
import { DataError } from "@gasp/datasets";
import {
  type Device,
  type DeviceName,
  disposeTree,
  FileFormatError,
  openDevice,
  parseNpy,
} from "@gasp/tensor";
import { parseArgs } from "@std/cli/parse-args";
import { dirname } from "node:path/posix";
import {
  decodeClassifier,
  defaultClassifierFile,
  encodeClassifier,
  type TrainedClassifier,
} from "./classifier_store.ts";
import { accuracy, CLASSIFIER_TRAINING, classify, trainClassifier } from "./digit_classifier.ts";
import { type RealDigits, realDigits, valuesOf } from "./real_digits.ts";
import { scoreSamples } from "./score_samples.ts";

const SIZE = 28;
const PIXELS = SIZE * SIZE;
const DEVICES: readonly DeviceName[] = ["auto", "webgpu", "wasm"];

const HELP =
  `Scores samples of digits by a classifier trained on real ones, and by their distance to real ones.

Usage: deno task score (--run FOLDER | --samples FILE | --real) [options]

  --run FOLDER         sample the newest checkpoint of a run
  --samples FILE       read samples from a .npy file: values in [-1, 1], or bytes, [samples, 28, 28]
  --real               use held-out real digits: the score of perfect samples
  --count N            number of samples (500)
  --seed N             seed of the samples of a run (0)
  --device NAME        auto, webgpu or wasm (auto)
  --classifier FILE    file of the trained classifier (in the user's cache folder)
`;

/** Samples a run at 28×28, `[count, 784]`. */
async function samplesOfRun(
  folder: string,
  count: number,
  seed: number,
  device: Device,
): Promise<Float32Array> {
  const checkpoint = await openNewestCheckpoint(await openFileStore(folder));
  if (checkpoint === undefined) throw new UserError(`${folder} has no checkpoint: train the run first.`);
  const { display, generator } = checkpoint;
  if (display.kind !== "image" || display.channels !== 1 || display.height !== display.width) {
    throw new UserError(`${folder} is not a run of digits: its samples are not square grey images.`);
  }
  const sampler = new Sampler(generator, device);
  const weights = await sampler.copyToDevice(await checkpoint.readWeights("ema"));
  const latents = sampleLatents(seed, count, generator.latentDim);
  const { values } = await sampleForDisplay(sampler, weights, { latents, display, resolution: SIZE });
  disposeTree(weights);
  sampler.release();
  return values;
}

async function readIfPresent(file: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Reads the first samples of a file, `[count, 784]`. */
async function samplesOfFile(file: string, count: number): Promise<Float32Array> {
  const bytes = await readIfPresent(file);
  if (bytes === undefined) throw new UserError(`There is no file ${file}: --samples expects a .npy file.`);
  const { shape, data } = parseNpy(bytes);
  const [available = 0] = shape;
  if (available < count || data.length !== available * PIXELS) {
    throw new UserError(
      `${file} must have at least ${count} samples of ${SIZE}×${SIZE}, got ${shape.join("×")}.`,
    );
  }
  const values = Float32Array.from(data.subarray(0, count * PIXELS), Number);
  return data instanceof Uint8Array ? values.map((value) => value / 127.5 - 1) : values;
}

async function trainedClassifier(file: string, real: RealDigits, device: Device): Promise<TrainedClassifier> {
  const bytes = await readIfPresent(file);
  try {
    const stored = bytes && decodeClassifier(bytes, CLASSIFIER_TRAINING);
    if (stored !== undefined) return stored;
  } catch (error) {
    throw new UserError(
      `${file} is not a classifier (${messageOf(error)}): delete it to train another.`,
      error,
    );
  }
  const classifier = await trainClassifier(real.training, device, CLASSIFIER_TRAINING, (epoch, loss) => {
    console.error(`classifier: epoch ${epoch} of ${CLASSIFIER_TRAINING.epochs}, loss ${loss.toFixed(3)}`);
  });
  const { labels = new Uint8Array() } = real.heldOut;
  const trained = {
    classifier,
    accuracy: accuracy(await classify(classifier, valuesOf(real.heldOut), device), labels),
  };
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeFile(file, await encodeClassifier(trained, CLASSIFIER_TRAINING));
  return trained;
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseArgs(args.filter((arg) => arg !== "--"), {
    boolean: ["real", "help"],
    string: ["run", "samples", "count", "seed", "device", "classifier"],
    default: { count: "500", seed: "0", device: "auto" },
    unknown: (arg) => {
      throw new UserError(`${arg} is not an option: see deno task score --help.`);
    },
  });
  if (options.help) return console.log(HELP);
  const { run, samples, real } = options;
  if ([run, samples, real || undefined].filter((source) => source !== undefined).length !== 1) {
    throw new UserError("Pass one of --run FOLDER, --samples FILE and --real: see deno task score --help.");
  }
  const [count, seed] = [Number(options.count), Number(options.seed)];
  if (!Number.isSafeInteger(count) || count < 2 || !Number.isSafeInteger(seed) || seed < 0) {
    throw new UserError("--count must be an integer of at least 2, --seed one of at least 0.");
  }
  const deviceName = DEVICES.find((name) => name === options.device);
  if (deviceName === undefined) {
    throw new UserError(`--device must be one of ${DEVICES.join(", ")}, got ${options.device}.`);
  }
  const digits = await realDigits();
  if (real && count > digits.heldOut.count) {
    throw new UserError(
      `There are ${digits.heldOut.count} held-out digits: --count must not exceed that.`,
    );
  }
  const device = await openDevice(deviceName);
  try {
    const values = run !== undefined
      ? await samplesOfRun(run, count, seed, device)
      : samples !== undefined
      ? await samplesOfFile(samples, count)
      : valuesOf(digits.heldOut).slice(0, count * PIXELS);
    const file = options.classifier ?? defaultClassifierFile();
    const { classifier, accuracy } = await trainedClassifier(file, digits, device);
    const scores = await scoreSamples(values, valuesOf(digits.training), PIXELS, classifier, device);
    console.log(JSON.stringify({ ...scores, classifierAccuracy: accuracy }));
  } finally {
    await device.close();
  }
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    const expected = [UserError, DataError, FileFormatError].some((kind) => error instanceof kind);
    if (!expected) throw error;
    console.error(`error: ${messageOf(error)}`);
    Deno.exit(1);
  }
}
