/**
 * Feature spaces of metrics that need a network: Inception's from a file of the user, the digit classifier's.
 * @module
 */
import {
  classifierFeatures,
  classProbabilities,
  type EvaluationRequest,
  inceptionFeatures,
  type Metric,
  type ResizeKind,
} from "@gasp/gasp/metrics";
import type { Device } from "@gasp/tensor";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { printError } from "../terminal/output.ts";
import { digitClassifier } from "./classifier.ts";
import { readBytes } from "./files.ts";

/** Options that choose the Inception network. */
export const INCEPTION_OPTIONS = {
  inception: {
    kind: "text",
    value: "FILE",
    defaultText: "none",
    help: "Weights of the Inception network of pytorch-fid, .safetensors or .onnx, for FID and KID",
  },
  resize: {
    kind: "choice",
    choices: ["pytorch-fid", "clean-fid"],
    default: "pytorch-fid",
    help: "How pictures are resized for the Inception network",
  },
} satisfies OptionTable;

/** Values of {@link INCEPTION_OPTIONS}. */
export type InceptionChoice = Values<typeof INCEPTION_OPTIONS>;

/** Feature spaces of an evaluation, and the hidden layer of the classifier. */
export type Spaces = Pick<EvaluationRequest, "inception" | "classifier"> & {
  /** Hidden layer of the classifier. */
  readonly hidden?: NonNullable<EvaluationRequest["features"]>;
};

/**
 * Opens the feature spaces that metrics need.
 *
 * @param choice The Inception network.
 * @param metrics Metrics.
 * @param device Device, on which the classifier is trained if it is not in the cache.
 * @param needsClassifier Whether the classifier is needed whatever the metrics.
 * @throws {UsageError} If the name of the file ends otherwise.
 */
export async function openSpaces(
  choice: InceptionChoice,
  metrics: readonly Metric[],
  device: Device,
  needsClassifier = false,
): Promise<Spaces> {
  const isUsed = needsClassifier || metrics.some(({ name }) => name === "classes");
  return { ...await inceptionOf(choice), ...isUsed && await classifierOf(device) };
}

async function inceptionOf({ inception: name, resize }: InceptionChoice): Promise<Spaces> {
  if (name === undefined) return {};
  if (!/\.(?:safetensors|onnx)$/.test(name)) {
    throw new UsageError(`--inception must be a .safetensors or .onnx file; got "${name}"`);
  }
  const bytes = Uint8Array.from(await readBytes(name));
  return { inception: inceptionFeatures({ name, bytes, resize: resize as ResizeKind }) };
}

async function classifierOf(device: Device): Promise<Spaces> {
  const trained = await digitClassifier(device, printError);
  return { classifier: classProbabilities(trained), hidden: classifierFeatures(trained) };
}
