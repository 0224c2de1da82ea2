/**
 * Metrics as commands choose them, and the feature spaces of those that need a network: Inception's from a file of the user,
 * the digit classifier's.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import {
  chooseMetrics,
  classifierFeatures,
  classProbabilities,
  type EvaluationRequest,
  inceptionFeatures,
  type Metric,
  METRICS,
  type ResizeKind,
} from "@gasp/gasp/metrics";
import type { Device } from "@gasp/tensor";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { printError } from "../terminal/output.ts";
import { digitClassifier } from "./classifier.ts";
import { readBytes } from "./files.ts";

const MOST = 1_000_000;

/** Options that choose metrics, the numbers of items and the Inception network. */
export const METRIC_OPTIONS = {
  metrics: {
    kind: "text",
    value: "NAME,…",
    defaultText: "all that suit the data and take seconds, and with --inception fid and kid",
    help: `Metrics to compute: ${METRICS.map(({ name }) => name).join(", ")}`,
  },
  samples: { kind: "integer", min: 2, max: MOST, default: 500, help: "Number of samples that are evaluated" },
  reference: {
    kind: "text",
    value: "N|all",
    default: "1000",
    help: "Number of real items to compare with, at most half of them; or all, as published FIDs have it",
  },
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

/** Values of {@link METRIC_OPTIONS}. */
export type MetricChoice = Values<typeof METRIC_OPTIONS>;

/**
 * Parses the number of real items to compare with.
 *
 * @param choice The option.
 * @throws {UsageError} If it is neither a number nor `all`.
 */
export function referenceOf({ reference }: Pick<MetricChoice, "reference">): number | "all" {
  if (reference === "all") return reference;
  const count = /^\d+$/.test(reference) ? Number(reference) : NaN;
  if (count >= 2 && count <= MOST) return count;
  throw new UsageError(`--reference must be all or a number from 2 to ${MOST}; got "${reference}"`);
}

/**
 * Returns the chosen metrics; by default also FID and KID if there is an Inception network.
 *
 * @param choice Names, and the network.
 * @param data Data to compare with.
 * @throws {UserError} If there is no such metric, or it does not apply to the data.
 */
export function metricsOf({ metrics, inception }: MetricChoice, data: Dataset): Metric[] {
  const names = metrics?.split(",").map((word) => word.trim());
  const isWithInception = names === undefined && inception !== undefined;
  return [...chooseMetrics(names, data), ...(isWithInception ? chooseMetrics(["fid", "kid"], data) : [])];
}

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
  choice: MetricChoice,
  metrics: readonly Metric[],
  device: Device,
  needsClassifier = false,
): Promise<Spaces> {
  const isUsed = needsClassifier || metrics.some(({ name }) => name === "classes");
  return { ...await inceptionOf(choice), ...isUsed && await classifierOf(device) };
}

async function inceptionOf({ inception: name, resize }: MetricChoice): Promise<Spaces> {
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
