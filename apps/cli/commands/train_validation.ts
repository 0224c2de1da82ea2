/**
 * Evaluations during `train`: which metrics, how often, on how many samples.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { methodOf, type RunConfig, type Validation } from "@gasp/gasp";
import type { Device } from "@gasp/tensor";
import { UsageError } from "../options/options.ts";

/** Options of `train` that concern evaluations. */
export interface ValidationChoice {
  /** Steps between evaluations; 0: none; undefined: see {@link openValidation}. */
  readonly "evaluate-every": number | undefined;
  /** Names of metrics, separated by commas. */
  readonly evaluate: string;
}

/** A validation and the memory that it holds. */
export interface OpenedValidation {
  /** For the trainer. */
  readonly validation: Validation;
  /** Frees what the metrics hold on the device. */
  release(): void;
}

/** Number of samples of an evaluation, as `evaluate` draws by default: the numbers agree. */
const SAMPLES = 500;
/** Number of bootstrap resamples. */
const RESAMPLES = 40;
/** Largest items, in values, that are evaluated without being asked for. */
const SMALL_ITEM = 1024;
/** Least number of items that are. */
const FEW_ITEMS = 100;

/**
 * Prepares evaluations. Without `--evaluate-every`, small items are evaluated with each sheet of samples.
 *
 * @param choice Options.
 * @param config Configuration of the run.
 * @param data Training data.
 * @param device Device of the run.
 * @param evaluates Whether this process evaluates; if not, it only knows when others do. Default: true.
 * @returns `undefined` if the run is not evaluated.
 * @throws {UsageError} If a metric cannot choose the best checkpoint.
 * @throws {UserError} If a metric does not exist or does not apply to the data.
 */
export async function openValidation(
  choice: ValidationChoice,
  config: RunConfig,
  data: Dataset,
  device: Device,
  evaluates = true,
): Promise<OpenedValidation | undefined> {
  const every = choice["evaluate-every"] ?? defaultInterval(config, data);
  if (every === 0) return undefined;
  // Loaded here, since a run without evaluations needs none of it
  const { chooseMetrics, Evaluation, itemsOfGenerator } = await import("@gasp/gasp/metrics");
  const names = choice.evaluate.split(",").map((word) => word.trim());
  const metrics = chooseMetrics(names, data);
  const values = metrics.flatMap(({ values }) => values);
  const best = values.find(({ name }) => name === names[0]) ??
    metrics.find(({ name }) => name === names[0])!.values[0]!;
  const { direction } = best;
  if (direction === "real") {
    throw new UsageError(`--evaluate ${names[0]} has no better or worse values: name another metric first`);
  }
  if (!evaluates) {
    const evaluate = () => Promise.reject(new Error("another rank evaluates"));
    return { validation: { every, best: best.name, direction, evaluate }, release: () => {} };
  }
  const evaluation = await Evaluation.prepare({
    data,
    metrics,
    device,
    samples: SAMPLES,
    resamples: RESAMPLES,
  });
  return {
    validation: {
      every,
      best: best.name,
      direction,
      evaluate: (sampler, weights) => evaluation.compare(itemsOfGenerator(sampler, weights, data, SAMPLES)),
    },
    release: () => evaluation.release(),
  };
}

function defaultInterval(
  config: RunConfig,
  { items, pointCount, featureDim, batchCoordinates }: Dataset,
): number {
  const isSmall = items >= FEW_ITEMS && pointCount * featureDim <= SMALL_ITEM && !batchCoordinates;
  return isSmall && methodOf(config).generator ? config.sampleEvery : 0;
}
