/**
 * Digits that a run was trained on, and others that it was not: from a file, or held back from those that come with the
 * program.
 *
 * @module
 */
import { UserError } from "@gasp/gasp";
import { type ImageSet, mnistPackageImages, readIdx } from "@gasp/datasets";
import { permutation } from "@gasp/tensor";
import { pick, realDigits } from "./real_digits.ts";

const TRAINING_FILE = "train-images-idx3-ubyte";
/** The file of digits that a run on its folder does not read. */
export const HELD_OUT_FILE = "t10k-images-idx3-ubyte";
/** What a configuration calls the digits that come with the program. */
const BUNDLED = "mnist";

/** Which digits of a shuffle. */
export interface Choice {
  /** Number of the first. */
  readonly first: number;
  /** How many. */
  readonly count: number;
}

/** The two sets. */
export interface DigitSets {
  /** What the run learned from. */
  readonly training: ImageSet;
  /** Others. */
  readonly heldOut: ImageSet;
}

/**
 * The digits of a run, and some that it has not seen.
 *
 * @param data The data of the run's configuration.
 * @param file IDX file to take the others from; by default the test set in the run's folder.
 * @param choice Which of them.
 * @throws {UserError} If there are none, too few, or one of them is among the run's digits.
 */
export async function digitSets(data: string, file: string | undefined, choice: Choice): Promise<DigitSets> {
  const isBundled = data === BUNDLED;
  if (file === undefined && isBundled) {
    throw new UserError(
      "the run learned from all digits that come with the program: give others with --data FILE, or train a run without " +
        "the ones that --hold-out keeps back",
    );
  }
  const training = isBundled ? await mnistPackageImages() : await readDigits(`${data}/${TRAINING_FILE}`);
  const others = await readDigits(file ?? `${data}/${HELD_OUT_FILE}`);
  const order = permutation({ seed: 0, stream: "digits to complete", step: 0 }, others.count);
  const items = order.subarray(choice.first, choice.first + choice.count);
  if (items.length < choice.count) {
    throw new UserError(`there are ${others.count} digits: ask for a --first and --count within them`);
  }
  const heldOut = pick(others, items);
  const seen = new Set(pictures(training));
  const known = pictures(heldOut).filter((picture) => seen.has(picture)).length;
  if (known > 0) {
    throw new UserError(
      `${known} of the digits are among those that the run learned from: give other digits`,
    );
  }
  return { training, heldOut };
}

/** Each picture as text, to be compared. */
function pictures({ pixels, count }: ImageSet): string[] {
  const decoder = new TextDecoder("latin1"), size = pixels.length / count;
  return Array.from({ length: count }, (_, i) => decoder.decode(pixels.subarray(i * size, (i + 1) * size)));
}

/**
 * Reads pictures from an IDX file.
 *
 * @param path The file, or its name without `.gz`.
 * @throws {UserError} If there is none, or it holds no pictures.
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
      throw new UserError(`${name} holds no pictures: give an IDX file with three axes`);
    }
    return { count, height, width, channels: 1, pixels: data };
  }
  throw new UserError(
    `there is no file ${names.join(" or ")}: give digits that the run has not seen with --data FILE`,
  );
}

/**
 * Writes the digits that come with the program as a folder to train on, with some held back as its test set.
 *
 * @param folder Where to write.
 */
export async function writeHoldOut(folder: string): Promise<void> {
  const { training, heldOut } = await realDigits();
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, images] of [[TRAINING_FILE, training], [HELD_OUT_FILE, heldOut]] as const) {
    await Deno.writeFile(`${folder}/${name}`, encodeIdx(images));
    console.log(`${images.count} digits: ${folder}/${name}`);
  }
}

/** An IDX file: its kind, three sizes, bytes. */
function encodeIdx({ count, height, width, pixels }: ImageSet): Uint8Array {
  const bytes = new Uint8Array(16 + pixels.length), view = new DataView(bytes.buffer);
  [0x803, count, height, width].forEach((word, i) => view.setUint32(4 * i, word));
  bytes.set(pixels, 16);
  return bytes;
}
