/**
 * Training digits of a run, and held-out ones from a file or from the bundled digits.
 *
 * @module
 */
import { UserError } from "@gasp/gasp";
import { type BundledName, type ImageSet, mnistPackageImages, readIdx } from "@gasp/datasets";
import { permutation } from "@gasp/tensor";
import { pick, realDigits } from "../packages/gasp/metrics/classifier/real_digits.ts";

const TRAINING_FILE = "train-images-idx3-ubyte";
/** The test set's file, which training on its folder does not read. */
export const HELD_OUT_FILE = "t10k-images-idx3-ubyte";
/** Name of the bundled digits in configurations. */
const BUNDLED: BundledName = "mnist";

/** A range of shuffled digits. */
export interface Choice {
  /** Index of the first. */
  readonly first: number;
  /** Number of digits. */
  readonly count: number;
}

/** Training and held-out digits. */
export interface DigitSets {
  /** Training data of the run. */
  readonly training: ImageSet;
  /** Digits that are not among them. */
  readonly heldOut: ImageSet;
}

/**
 * Reads the training digits of a run, and held-out ones.
 *
 * @param data Data set of the run's configuration.
 * @param file IDX file of the held-out digits; default: the test set in the run's data folder.
 * @param choice Range of the held-out digits.
 * @throws {UserError} If there are none, too few, or one of them is a training digit.
 */
export async function digitSets(data: string, file: string | undefined, choice: Choice): Promise<DigitSets> {
  const isBundled = data === BUNDLED;
  if (file === undefined && isBundled) {
    throw new UserError(
      "the run was trained on all bundled digits: pass others with --data FILE, or train a run without those that " +
        "--hold-out holds out",
    );
  }
  const training = isBundled ? await mnistPackageImages() : await readDigits(`${data}/${TRAINING_FILE}`);
  const others = await readDigits(file ?? `${data}/${HELD_OUT_FILE}`);
  const order = permutation({ seed: 0, stream: "digits to complete", step: 0 }, others.count);
  const items = order.subarray(choice.first, choice.first + choice.count);
  if (items.length < choice.count) {
    throw new UserError(`there are ${others.count} digits: choose --first and --count within them`);
  }
  const heldOut = pick(others, items);
  const seen = new Set(imageKeys(training));
  const known = imageKeys(heldOut).filter((key) => seen.has(key)).length;
  if (known > 0) {
    throw new UserError(`${known} of the digits are training digits of the run: pass other digits`);
  }
  return { training, heldOut };
}

/** Encodes each image as a string for comparison. */
function imageKeys({ pixels, count }: ImageSet): string[] {
  const decoder = new TextDecoder("latin1"), size = pixels.length / count;
  return Array.from({ length: count }, (_, i) => decoder.decode(pixels.subarray(i * size, (i + 1) * size)));
}

/**
 * Reads images from an IDX file.
 *
 * @param path Path of the file, with or without `.gz`.
 * @throws {UserError} If there is no such file, or it has no images.
 */
export async function readDigits(path: string): Promise<ImageSet> {
  const names = [path, `${path}.gz`];
  for (const name of names) {
    const bytes = await Deno.readFile(name).catch((error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (!bytes) continue;
    const { shape: [count = 0, height = 0, width = 0, ...rest], data } = await readIdx(bytes, name);
    if (width === 0 || rest.length > 0) {
      throw new UserError(`${name} has no images: pass an IDX file with three axes`);
    }
    return { count, height, width, channels: 1, pixels: data };
  }
  throw new UserError(
    `there is no file ${names.join(" or ")}: pass held-out digits with --data FILE`,
  );
}

/**
 * Writes the bundled digits as a folder of MNIST files, with some held out as the test set.
 *
 * @param folder Folder to write.
 */
export async function writeHoldOut(folder: string): Promise<void> {
  const { training, heldOut } = await realDigits();
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, images] of [[TRAINING_FILE, training], [HELD_OUT_FILE, heldOut]] as const) {
    await Deno.writeFile(`${folder}/${name}`, encodeIdx(images));
    console.log(`${images.count} digits: ${folder}/${name}`);
  }
}

/** Encodes an IDX file of three axes. */
function encodeIdx({ count, height, width, pixels }: ImageSet): Uint8Array {
  const bytes = new Uint8Array(16 + pixels.length), view = new DataView(bytes.buffer);
  [0x803, count, height, width].forEach((word, i) => view.setUint32(4 * i, word));
  bytes.set(pixels, 16);
  return bytes;
}
