/**
 * The file of a trained classifier, so that it is trained once per machine.
 *
 * @module
 */
import { parseSafetensors, tensor, toFloat32, treePaths, writeSafetensors } from "@gasp/tensor";
import type { ClassifierTraining, DigitClassifier } from "./digit_classifier.ts";

/**
 * A classifier and its accuracy.
 *
 * @category Metrics
 */
export interface TrainedClassifier {
  /** Parameters on the host. */
  readonly classifier: DigitClassifier;
  /** Accuracy on the held-out digits. */
  readonly accuracy: number;
}

/**
 * Serialises a classifier.
 *
 * @param trained Classifier and accuracy.
 * @param training Training settings.
 * @returns File contents.
 * @category Metrics
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
 * Parses a classifier.
 *
 * @param bytes File contents.
 * @param training Expected training settings.
 * @returns The classifier, or `undefined` if it was trained with other settings.
 * @throws {FileFormatError} If the file is damaged.
 * @category Metrics
 */
export function decodeClassifier(
  bytes: Uint8Array,
  training: ClassifierTraining,
): TrainedClassifier | undefined {
  const { metadata, tensors } = parseSafetensors(bytes);
  if (metadata.get("training") !== JSON.stringify(training)) return undefined;
  const parameter = (name: string) => {
    const stored = tensors.get(name);
    if (stored === undefined) throw new Error(`The classifier's file has no ${name}: delete it.`);
    return tensor(toFloat32(stored), stored.shape);
  };
  const classifier = Array.from({ length: tensors.size / 2 }, (_, layer) => ({
    weight: parameter(`${layer}/weight`),
    bias: parameter(`${layer}/bias`),
  }));
  return { classifier, accuracy: Number(metadata.get("accuracy")) };
}
