/**
 * What the commands share that look into a trained generator: the run, latents by their number, decimal options, files.
 * @module
 */
import {
  type Checkpoint,
  encodePng,
  openCheckpoint,
  openFileStore,
  openNewestCheckpoint,
  type RasterImage,
  sampleLatents,
  Sampler,
  UserError,
} from "@gasp/gasp";
import { encodeAnimatedPng } from "@gasp/gasp/explore";
import type { ImageDisplay } from "@gasp/datasets";
import { type Device, disposeTree, FileFormatError, parseNpy, type Tree } from "@gasp/tensor";
import type { Positional } from "./command.ts";
import { readBytes, writeBytes } from "../files/files.ts";
import { DEVICE_OPTIONS, type DeviceChoice, withDevice } from "../device/device.ts";
import { type OptionTable, UsageError } from "../options/options.ts";
import { printError } from "../terminal/output.ts";

const ANY = Number.MAX_SAFE_INTEGER;

/** The run, as an argument. */
export const RUN: Positional = { name: "RUN", help: "Folder of a trained run" };

/** Options of every command that takes a generator from a run. */
export const GENERATOR_OPTIONS = {
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
  ...DEVICE_OPTIONS,
} satisfies OptionTable;

/** Values of {@link GENERATOR_OPTIONS}. */
export interface GeneratorChoice extends DeviceChoice {
  /** Checkpoint. */
  readonly step: number | undefined;
  /** Which weights. */
  readonly weights: string;
}

/** A generator on a device. */
export interface OpenGenerator {
  /** Where it is. */
  readonly device: Device;
  /** Draws samples. */
  readonly sampler: Sampler;
  /** Placed on the device. */
  readonly weights: Tree;
}

/**
 * Opens a checkpoint of a run.
 *
 * @param folder The run.
 * @param step Which; the newest if undefined.
 * @throws {UserError} If there is none.
 */
export async function openRun(folder: string, step: number | undefined): Promise<Checkpoint> {
  const store = await openFileStore(folder);
  const checkpoint = await (step === undefined ? openNewestCheckpoint(store) : openCheckpoint(store, step));
  if (checkpoint) {
    for (const note of checkpoint.notes) printError(note);
    return checkpoint;
  }
  throw new UserError(`${folder} has no checkpoint: give the folder of a run that has saved one`);
}

/**
 * Brings the generator of a checkpoint to a device for the time of some work.
 *
 * @param checkpoint Of a run.
 * @param choice Which weights, and where.
 * @param work What to do with it.
 */
export async function withGenerator<T>(
  checkpoint: Checkpoint,
  choice: GeneratorChoice,
  work: (generator: OpenGenerator) => Promise<T>,
): Promise<T> {
  return await withDevice(choice, async (device) => {
    const sampler = new Sampler(checkpoint.generator, device);
    try {
      const kind = choice.weights === "latest" ? "latest" : "ema";
      const weights = await sampler.moveToDevice(await checkpoint.readWeights(kind));
      try {
        return await work({ device, sampler, weights });
      } finally {
        disposeTree(weights);
      }
    } finally {
      sampler.release();
    }
  });
}

/** How a latent is named, for `--help`. */
export const LATENT_HELP = "number N of the sheet of seed 0, SEED:N, or FILE.npy that fit has written";

/**
 * The latent that a word names: `3`, `7:3` or a file.
 *
 * @param option Name of the option, for messages.
 * @param word What was typed.
 * @param latentDim Numbers of a latent.
 * @throws {UserError} If it is no such word, or the file holds something else.
 */
export async function latentOf(option: string, word: string, latentDim: number): Promise<Float32Array> {
  const numbers = /^(?:(\d{1,15}):)?(\d{1,7})$/.exec(word);
  if (numbers) {
    const [seed, index] = [Number(numbers[1] ?? 0), Number(numbers[2])];
    return sampleLatents(seed, index + 1, latentDim).slice(index * latentDim);
  }
  if (!word.endsWith(".npy")) {
    throw new UsageError(`--${option} takes a ${LATENT_HELP}; got "${word}"`);
  }
  const { data, shape } = await explained(word, async () => parseNpy(await readBytes(word)));
  const latent = Float32Array.from(data, Number);
  if (latent.length !== latentDim || !latent.every(Number.isFinite)) {
    throw new UserError(
      `${word} holds numbers of shape (${
        shape.join(", ")
      }), but a latent of this run is ${latentDim} finite numbers`,
    );
  }
  return latent;
}

/**
 * Reads a file format, with the file's name in the message where it is damaged.
 *
 * @param path The file.
 * @param read What reads it.
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
 * Decimal numbers, separated by commas.
 *
 * @param option Name of the option, for messages.
 * @param text What was typed.
 * @param names What each number is: `x,y`.
 * @throws {UsageError} If these are no numbers or not as many.
 */
export function decimalsOf(option: string, text: string, names: string): number[] {
  const count = names.split(",").length, words = text.split(",");
  const values = words.map((word) => word.trim() === "" ? NaN : Number(word));
  if (values.length === count && values.every(Number.isFinite)) return values;
  throw new UsageError(
    `--${option} takes ${count === 1 ? "a number" : `${count} numbers ${names}`}; got "${text}"`,
  );
}

/**
 * The run's pictures.
 *
 * @param checkpoint Of a run.
 * @param command What needs them, for messages.
 * @throws {UserError} If samples of the run are no pictures.
 */
export function imageDisplayOf({ display }: Checkpoint, command: string): ImageDisplay {
  if (display.kind === "image") return display;
  throw new UserError(
    `${command} works on pictures, but samples of this run are of kind ${display.kind}: give a run of pictures`,
  );
}

/** Rows of the pictures of animations and windows, which are functions and as sharp at any size. */
export const PICTURE_ROWS = 256;

/** Options of commands that write moving pictures. */
export const FRAME_OPTIONS = {
  rate: { kind: "integer", min: 1, max: 100, default: 12, help: "Frames in a second of an animation" },
} satisfies OptionTable;

/**
 * Writes an animation as one file, or its frames as files of a folder.
 *
 * @param frames Pictures of one size.
 * @param out File of the animation, or folder of the frames.
 * @param options Whether it is an animation, and its rate.
 * @param options.format `apng` or `frames`.
 * @param options.rate Frames in a second.
 */
export async function writeFrames(
  frames: readonly RasterImage[],
  out: string,
  { format, rate }: { readonly format: string; readonly rate: number },
): Promise<void> {
  if (format === "apng") return await writeBytes(out, encodeAnimatedPng(frames, { rate }));
  const digits = String(frames.length - 1).length;
  for (const [i, frame] of frames.entries()) {
    await writeBytes(`${out}/${String(i).padStart(digits, "0")}.png`, encodePng(frame));
  }
}
