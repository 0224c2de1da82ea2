/**
 * The classifier of digits in the user's cache folder, trained once per machine.
 * @module
 */
import { messageOf, UserError } from "@gasp/gasp";
import {
  CLASSIFIER_TRAINING,
  decodeClassifier,
  encodeClassifier,
  type TrainedClassifier,
  trainOnRealDigits,
} from "@gasp/gasp/metrics";
import type { Device } from "@gasp/tensor";
import { cacheFolder } from "../device/cache_folder.ts";

/**
 * Reads the classifier, or trains it and writes the file.
 *
 * @param device Device to train on.
 * @param report Receives lines of progress.
 * @throws {UserError} If the file is damaged.
 */
export async function digitClassifier(
  device: Device,
  report: (line: string) => void,
): Promise<TrainedClassifier> {
  const folder = cacheFolder(), file = `${folder}/digit_classifier.safetensors`;
  const stored = await readClassifier(file);
  if (stored) return stored;
  const trained = await trainOnRealDigits(device, (epoch, loss) => {
    report(`classifier: epoch ${epoch} of ${CLASSIFIER_TRAINING.epochs}, loss ${loss.toFixed(3)}`);
  });
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(file, await encodeClassifier(trained, CLASSIFIER_TRAINING));
  return trained;
}

async function readClassifier(file: string): Promise<TrainedClassifier | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return decodeClassifier(bytes, CLASSIFIER_TRAINING);
  } catch (error) {
    throw new UserError(
      `${file} is not a classifier (${messageOf(error)}): delete it to train another`,
      error,
    );
  }
}
