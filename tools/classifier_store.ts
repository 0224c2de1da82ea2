/**
 * Keeps a trained classifier in a file, so that it is trained once on a machine.
 *
 * @module
 */
import { parseSafetensors, tensor, toFloat32, treePaths, writeSafetensors } from "@gasp/tensor";
import { cacheFolder } from "../apps/cli/device/cache_folder.ts";
import type { ClassifierTraining, DigitClassifier } from "./digit_classifier.ts";

/** A classifier and how good it is. */
export interface TrainedClassifier {
  /** Parameters on the host. */
  readonly classifier: DigitClassifier;
  /** Part of the held-out digits that it recognises. */
  readonly accuracy: number;
}

/** Where the classifier is kept unless another file is named. */
export function defaultClassifierFile(): string {
  return `${cacheFolder()}/digit_classifier.safetensors`;
}

/**
 * Bytes of a file that holds a classifier.
 *
 * @param trained The classifier.
 * @param training How it was trained.
 */
export async function encodeClassifier(
  { classifier, accuracy }: TrainedClassifier,
  training: ClassifierTraining,
): Promise<Uint8Array> {
  const tensors = await Promise.all(
    Array.from(treePaths(classifier), async ([path, leaf]) => {
      return [path, { shape: leaf.shape, data: Float32Array.from(await leaf.data()) }] as const;
    }),
  );
  return writeSafetensors(tensors, [["training", JSON.stringify(training)], ["accuracy", String(accuracy)]]);
}

/**
 * The classifier in the bytes of a file.
 *
 * @param bytes The file.
 * @param training How it should have been trained.
 * @returns `undefined` if it was trained in another way.
 * @throws {FileFormatError} If the file is damaged.
 */
export function decodeClassifier(
  bytes: Uint8Array,
  training: ClassifierTraining,
): TrainedClassifier | undefined {
  const { metadata, tensors } = parseSafetensors(bytes);
  if (metadata.get("training") !== JSON.stringify(training)) return undefined;
  const parameter = (name: string) => {
    const stored = tensors.get(name);
    if (stored === undefined) throw new Error(`The classifier's file lacks ${name}: delete it.`);
    return tensor(toFloat32(stored), stored.shape);
  };
  const classifier = Array.from({ length: tensors.size / 2 }, (_, layer) => ({
    weight: parameter(`${layer}/weight`),
    bias: parameter(`${layer}/bias`),
  }));
  return { classifier, accuracy: Number(metadata.get("accuracy")) };
}
