/**
 * Evaluation: samples and held-out real items are compared with a reference of real items by several metrics. Items are read
 * in blocks; what is kept are their features.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { type Device, permutation, type Tree } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import { sampleLatents, type Sampler } from "../sampling/sampler.ts";
import type { Estimate } from "./core/estimate.ts";
import { type FeatureSpace, ItemSet, type OpenFeatures } from "./core/features.ts";
import { type Items, itemsOfDataset } from "./core/items.ts";
import type { Comparison, Metric, MetricContext } from "./core/metric.ts";
import { principalFeatures } from "./features/values.ts";

/**
 * Estimates by the name of the value.
 *
 * @category Metrics
 */
export type Estimates = Readonly<Record<string, Estimate>>;

/**
 * Arguments of {@linkcode Evaluation.prepare}.
 *
 * @category Metrics
 */
export interface EvaluationRequest {
  /** Real items, which share their points. */
  readonly data: Dataset;
  /** Metrics to compute. */
  readonly metrics: readonly Metric[];
  /** Device to compute on. */
  readonly device: Device;
  /** Feature space of the metrics that leave the choice to the user. Default: principal components. */
  readonly features?: OpenFeatures;
  /** Class probabilities, which the metric `classes` needs; see {@linkcode classProbabilities}. */
  readonly classifier?: OpenFeatures;
  /** Inception features, which FID and KID need; see {@linkcode inceptionFeatures}. */
  readonly inception?: OpenFeatures;
  /** Number of samples that are compared, and of held-out items, at most; as many of both. Default: 500. */
  readonly samples?: number;
  /**
   * Number of real items in the reference at most, and at most half of all items. Default: 1,000. `"all"`: all items, as
   * published FIDs have it; the floors then compare one half of the items with the other.
   */
  readonly reference?: number | "all";
  /** Number of bootstrap resamples. Default: 100. */
  readonly resamples?: number;
  /** Seed of random projections, subsets and resamples. Default: 0. */
  readonly seed?: number;
  /** Called as items are read: what, how many of them, of how many. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/**
 * Sizes of the sets that an evaluation compares.
 *
 * @category Metrics
 */
export interface EvaluationSizes {
  /** Items of the reference. */
  readonly reference: number;
  /** Real items whose values are the floors, none of which is in the reference that they are compared with. */
  readonly heldOut: number;
  /** Items that held-out items are compared with, if not the reference. */
  readonly floorReference?: number;
  /** Samples. */
  readonly samples: number;
}

/**
 * Metrics prepared for a data set, which compare any number of sets of samples with it.
 *
 * @example Real items compared with real items
 * ```ts
 * import { chooseMetrics, Evaluation, itemsOf } from "@gasp/gasp/metrics";
 * import { mnistPackage } from "@gasp/datasets";
 * import { openDevice } from "@gasp/tensor";
 * import { assert } from "@std/assert";
 *
 * const data = await mnistPackage(8), metrics = chooseMetrics(["pca-fd"], data);
 * await using device = await openDevice("wasm", { threads: 1 });
 * const evaluation = await Evaluation.prepare({ data, metrics, device, samples: 200, reference: 200 });
 * const grey = itemsOf(new Float32Array(200 * 64), 64);
 * assert((await evaluation.compare(grey))["pca-fd"]!.low > (await evaluation.floors())["pca-fd"]!.high);
 * evaluation.release();
 * ```
 *
 * @category Metrics
 */
export class Evaluation {
  /** Sizes of the sets. */
  readonly sizes: EvaluationSizes;
  /** Metrics that are computed. */
  readonly metrics: readonly Metric[];
  /** What a reader needs to know to repeat the numbers of each metric. */
  readonly protocols: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  /** Publications of the metrics. */
  readonly #comparisons: readonly Comparison[];
  readonly #spaces: readonly FeatureSpace[];
  readonly #request: EvaluationRequest;
  /** Held-out items; undefined if all items are in the reference. */
  readonly #heldOut: Items | undefined;
  #floors: Promise<Estimates> | undefined;

  private constructor(
    request: EvaluationRequest,
    sizes: EvaluationSizes,
    comparisons: readonly Comparison[],
    spaces: readonly FeatureSpace[],
    heldOut: Items | undefined,
  ) {
    this.#request = request;
    this.#comparisons = comparisons;
    this.#spaces = spaces;
    this.#heldOut = heldOut;
    this.sizes = sizes;
    this.metrics = request.metrics;
    this.protocols = Object.fromEntries(
      request.metrics.map(({ name }, i) => [name, comparisons[i]!.protocol ?? {}]),
    );
  }

  /**
   * Chooses the reference and the held-out items at random, with a fixed seed, and prepares each metric.
   *
   * @param request Data, metrics and sizes.
   * @throws {UserError} If the items have points of their own, or there are fewer than 4.
   * @throws {MemoryError} If features do not fit in memory.
   */
  static async prepare(request: EvaluationRequest): Promise<Evaluation> {
    const { data, device, metrics, samples = 500, reference = 1000, seed = 0, resamples = 100 } = request;
    if (data.batchCoordinates) {
      throw new UserError(
        `the items of "${data.name}" have points of their own, so values cannot be compared`,
      );
    }
    if (data.items < 4) {
      throw new UserError(`"${data.name}" has ${data.items} items: an evaluation needs at least 4`);
    }
    const order = permutation({ seed: 1, stream: "distance", step: 0 }, data.items);
    const half = Math.floor(data.items / 2), isWhole = reference === "all";
    const referenceCount = isWhole ? data.items : Math.min(reference, half);
    const floorReference = isWhole ? half : referenceCount;
    const heldOutCount = Math.min(samples, data.items - floorReference);
    const real = itemsOfDataset(data, order.subarray(0, referenceCount));
    const heldOut = isWhole
      ? undefined
      : itemsOfDataset(data, order.subarray(floorReference, floorReference + heldOutCount));
    const spaces = new Map<OpenFeatures, Promise<FeatureSpace>>();
    const open = (space: OpenFeatures) => {
      const opened = spaces.get(space) ?? Promise.resolve(space({ reference: real, domain: data, device }));
      spaces.set(space, opened);
      return opened;
    };
    const { classifier, inception, features = principalFeatures } = request;
    const context: MetricContext = {
      domain: data,
      device,
      seed,
      resamples,
      features,
      open,
      ...(classifier && { classifier }),
      ...(inception && { inception }),
    };
    const set = new ItemSet(real, progress(request, "reference", real.count));
    const comparisons: Comparison[] = [];
    for (const metric of metrics) comparisons.push(await metric.prepare(set, context));
    const sizes = {
      reference: real.count,
      heldOut: heldOutCount,
      // Many values depend on the number of items: only those of equal numbers can be compared
      samples: isWhole ? samples : heldOutCount,
      ...(isWhole && { floorReference }),
    };
    return new Evaluation(request, sizes, comparisons, await Promise.all(spaces.values()), heldOut);
  }

  /**
   * Compares samples with the reference: the first `sizes.samples` of them.
   *
   * @param samples Samples at the points of the data.
   */
  compare(samples: Items): Promise<Estimates> {
    return this.#compare({ ...samples, count: Math.min(samples.count, this.sizes.samples) }, "samples");
  }

  /** Returns the values of the held-out real items, which samples as good as real ones would have. */
  floors(): Promise<Estimates> {
    return this.#floors ??= this.#heldOut ? this.#compare(this.#heldOut, "held-out items") : this.#halves();
  }

  /** Compares one half of the items with the other. */
  async #halves(): Promise<Estimates> {
    const { heldOut: samples, floorReference } = this.sizes;
    const halves = await Evaluation.prepare({ ...this.#request, samples, reference: floorReference! });
    try {
      return await halves.floors();
    } finally {
      halves.release();
    }
  }

  async #compare(items: Items, what: string): Promise<Estimates> {
    const set = new ItemSet(items, progress(this.#request, what, items.count));
    const result: Record<string, Estimate> = {};
    for (const comparison of this.#comparisons) Object.assign(result, await comparison.compare(set));
    return result;
  }

  /** Frees the programs of the feature spaces. */
  release(): void {
    for (const space of this.#spaces) space.release?.();
  }
}

function progress({ onProgress }: EvaluationRequest, what: string, total: number): (done: number) => void {
  return (done) => onProgress?.(what, done, total);
}

/**
 * Returns samples of a generator as a set of items: those of seed 0, which `deno task sample` draws too.
 *
 * @param sampler Sampler of the generator.
 * @param weights Weights of the generator.
 * @param data Data whose points the samples are evaluated at.
 * @param count Number of samples.
 * @param seed Seed of the latents. Default: 0.
 * @category Metrics
 */
export function itemsOfGenerator(
  sampler: Sampler,
  weights: Tree,
  data: Pick<Dataset, "coordinates" | "pointCount" | "featureDim">,
  count: number,
  seed = 0,
): Items {
  const { latentDim } = sampler.generator;
  const latents = sampleLatents(seed, count, latentDim);
  return {
    count,
    size: data.pointCount * data.featureDim,
    read: (first, some) =>
      sampler.sample(
        weights,
        latents.slice(first * latentDim, (first + some) * latentDim),
        data.coordinates,
      ),
  };
}
