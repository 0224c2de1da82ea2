/**
 * Shared by commands that explore a trained generator: opening a run, latents, decimal options, animations.
 * @module
 */
import { type Checkpoint, encodePng, type RasterImage, sampleLatents, Sampler, UserError } from "@gasp/gasp";
import { encodeAnimatedPng, FIT_DEFAULTS } from "@gasp/gasp/explore";
import { atResolution, type Dataset, type Display, gridPoints, type ImageDisplay } from "@gasp/datasets";
import { type Device, disposeTree, FileFormatError, parseNpy, type Tree } from "@gasp/tensor";
import { Activity } from "../terminal/activity.ts";
import { RUN_OPTIONS } from "../command/run_argument.ts";
import { readBytes, writeBytes } from "../files/files.ts";
import { DEVICE_OPTIONS, type DeviceChoice, withDevice } from "../device/device.ts";
import { type OptionTable, UsageError } from "../options/options.ts";

/** Description of `--resolution` for samples of every kind. */
export const RESOLUTION_HELP =
  "Rows of images and maps, voxels along each axis of shapes, or samples of curves";

/** Options of all commands that use the generator of a run. */
export const GENERATOR_OPTIONS = {
  ...RUN_OPTIONS,
  weights: {
    kind: "choice",
    choices: ["average", "latest"],
    default: "average",
    help: "Moving average of the weights, if the run has one, or latest weights",
  },
  ...DEVICE_OPTIONS,
} satisfies OptionTable;

/** Option of commands that fit latents to observations. */
export const NOISE_OPTION = {
  kind: "text",
  value: "X",
  default: String(FIT_DEFAULTS.noise),
  help: "Standard deviation of observation errors, for features in [-1, 1]",
} as const;

/** Values of {@link GENERATOR_OPTIONS}. */
export interface GeneratorChoice extends DeviceChoice {
  /** Which weights. */
  readonly weights: string;
}

/** A generator on a device. */
export interface OpenGenerator {
  /** Device. */
  readonly device: Device;
  /** Sampler of the generator. */
  readonly sampler: Sampler;
  /** Weights, on the device. */
  readonly weights: Tree;
  /** Progress of the work, shown to the user. */
  readonly activity: Activity;
}

/**
 * Loads the generator of a checkpoint onto a device, passes it to a function, and frees it. Shows the progress of sampling.
 *
 * @param checkpoint Checkpoint.
 * @param choice Weights and device.
 * @param work Uses the generator.
 * @param evaluations Number of points, over all functions, that it is going to evaluate; undefined: unknown.
 */
export async function withGenerator<T>(
  checkpoint: Checkpoint,
  choice: GeneratorChoice,
  work: (generator: OpenGenerator) => Promise<T>,
  evaluations?: number,
): Promise<T> {
  using activity = new Activity("sampling");
  let evaluated = 0;
  const onEvaluated = (count: number) => {
    if (evaluations !== undefined) activity.at((evaluated += count) / evaluations);
  };
  return await withDevice(choice, async (device) => {
    const sampler = new Sampler(checkpoint.generator, device, undefined, onEvaluated);
    try {
      const kind = choice.weights === "latest" ? "latest" : "ema";
      const weights = await sampler.moveToDevice(await checkpoint.readWeights(kind));
      try {
        return await work({ device, sampler, weights, activity });
      } finally {
        disposeTree(weights);
      }
    } finally {
      sampler.release();
    }
  });
}

/**
 * Requires that a data set has the dimensions of a run.
 *
 * @param data Data.
 * @param run The run as named.
 * @param checkpoint Its checkpoint.
 * @throws {UserError} If they differ.
 */
export function checkDimensions(data: Dataset, run: string, { config: { model } }: Checkpoint): void {
  if (data.coordinateDim === model.coordinateDim && data.featureDim === model.featureDim) return;
  throw new UserError(
    `the items of "${data.name}" have ${data.coordinateDim} coordinates and ${data.featureDim} features, ` +
      `samples of ${run} have ${model.coordinateDim} and ${model.featureDim}: pass data of the kind it was trained on`,
  );
}

/**
 * Number of points at which samples are evaluated.
 *
 * @param display Display of the data.
 * @param resolution Resolution of the samples.
 * @param points Points of samples without a grid.
 */
export function pointsOf(display: Display, resolution: number, points = 0): number {
  return display.kind === "cloud" ? points : gridPoints(atResolution(display, resolution));
}

/** Syntax of a latent, for `--help`. */
export const LATENT_HELP = "index N of a sample of seed 0, SEED:N, or a FILE.npy written by fit";

/**
 * Reads a latent: `3`, `7:3` or a file.
 *
 * @param option Name of the option, for messages.
 * @param word Value of the option.
 * @param latentDim Dimension of a latent.
 * @throws {UserError} If the value is invalid, or the file does not contain such a latent.
 */
export async function latentOf(option: string, word: string, latentDim: number): Promise<Float32Array> {
  const numbers = /^(?:(\d{1,15}):)?(\d{1,7})$/.exec(word);
  if (numbers) {
    const [seed, index] = [Number(numbers[1] ?? 0), Number(numbers[2])];
    return sampleLatents(seed, index + 1, latentDim).slice(index * latentDim);
  }
  if (!word.endsWith(".npy")) {
    throw new UsageError(`--${option} must be an ${LATENT_HELP}; got "${word}"`);
  }
  const { data, shape } = await explained(word, async () => parseNpy(await readBytes(word)));
  const latent = Float32Array.from(data, Number);
  if (latent.length !== latentDim || !latent.every(Number.isFinite)) {
    throw new UserError(
      `${word} has an array of shape (${
        shape.join(", ")
      }), but a latent of this run has ${latentDim} finite elements`,
    );
  }
  return latent;
}

/**
 * Reads a file; format errors are rethrown with its name.
 *
 * @param path Path of the file.
 * @param read Reads the file.
 */
export async function explained<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new UserError(`${path} cannot be read: ${error.message}`, error);
  }
}

/**
 * Parses decimal numbers separated by commas.
 *
 * @param option Name of the option, for messages.
 * @param text Value of the option.
 * @param names Names of the numbers, such as `x,y`.
 * @throws {UsageError} If they are not numbers, or of another count.
 */
export function decimalsOf(option: string, text: string, names: string): number[] {
  const count = names.split(",").length, words = text.split(",");
  const values = words.map((word) => word.trim() === "" ? NaN : Number(word));
  if (values.length === count && values.every(Number.isFinite)) return values;
  throw new UsageError(
    `--${option} must be ${count === 1 ? "a number" : `${count} numbers ${names}`}; got "${text}"`,
  );
}

/**
 * Returns the image display of a run.
 *
 * @param checkpoint Checkpoint of the run.
 * @param command Name of the command, for messages.
 * @throws {UserError} If samples of the run are not images.
 */
export function imageDisplayOf({ display }: Checkpoint, command: string): ImageDisplay {
  if (display.kind === "image") return display;
  throw new UserError(
    `${command} works with images only, but samples of this run are of kind ${display.kind}: pass a run of images`,
  );
}

/** Default rows of animations and windows. */
export const PICTURE_ROWS = 256;

/** Options of commands that write animations. */
export const FRAME_OPTIONS = {
  rate: { kind: "integer", min: 1, max: 100, default: 12, help: "Frames per second of an animation" },
} satisfies OptionTable;

/**
 * Writes an animation as one file, or its frames as files in a folder.
 *
 * @param frames Images of the same size.
 * @param out File of the animation, or folder of the frames.
 * @param options Format, rate and progress.
 * @param options.format `apng` or `frames`.
 * @param options.rate Frames per second.
 * @param options.activity Progress of the work.
 */
export async function writeFrames(
  frames: readonly RasterImage[],
  out: string,
  { format, rate, activity }: {
    readonly format: string;
    readonly rate: number;
    readonly activity: Activity;
  },
): Promise<void> {
  activity.next(`writing ${out}`);
  if (format === "apng") return await writeBytes(out, encodeAnimatedPng(frames, { rate }));
  const digits = String(frames.length - 1).length;
  for (const [i, frame] of frames.entries()) {
    await writeBytes(`${out}/${String(i).padStart(digits, "0")}.png`, encodePng(frame));
    activity.at((i + 1) / frames.length);
  }
}
