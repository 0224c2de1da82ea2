/**
 * The interface of a metric: one or more numbers that compare a set of items with a reference set.
 *
 * @module
 */
import type { Device } from "@gasp/tensor";
import type { Estimate } from "./estimate.ts";
import type { FeatureSpace, ItemSet, OpenFeatures } from "./features.ts";
import type { Domain } from "./items.ts";

/**
 * Which values are better: lower ones, higher ones, or those nearest to the value of real items.
 *
 * @category Metrics
 */
export type Direction = "lower" | "higher" | "real";

/**
 * One number of a metric.
 *
 * @category Metrics
 */
export interface MetricValue {
  /** Name in tables and files, such as `pca-fd`. */
  readonly name: string;
  /** Which values are better. */
  readonly direction: Direction;
}

/**
 * Settings that metrics share.
 *
 * @category Metrics
 */
export interface MetricContext {
  /** Points and display of the items. */
  readonly domain: Domain;
  /** Device to compute on. */
  readonly device: Device;
  /** Seed of random projections, subsets and resamples. */
  readonly seed: number;
  /** Number of bootstrap resamples. */
  readonly resamples: number;
  /** Opens the feature space that the user chose. */
  readonly features: OpenFeatures;
  /** Opens the probabilities of a classifier, if there is one. */
  readonly classifier?: OpenFeatures;
  /** Opens Inception features, if the user supplied the network. */
  readonly inception?: OpenFeatures;
  /**
   * Opens a feature space for the reference, once: metrics that use the same space share it.
   *
   * @param open Opener of the space.
   */
  open(open: OpenFeatures): Promise<FeatureSpace>;
}

/**
 * A metric prepared for one reference set.
 *
 * @category Metrics
 */
export interface Comparison {
  /**
   * Compares a set with the reference.
   *
   * @param candidate Samples, or other real items.
   * @returns An estimate for each value of the metric, by name.
   */
  compare(candidate: ItemSet): Promise<Readonly<Record<string, Estimate>>>;
  /** What a reader needs to know to repeat the numbers, besides the number of samples. */
  readonly protocol?: Readonly<Record<string, string | number>>;
}

/**
 * A metric.
 *
 * @category Metrics
 */
export interface Metric {
  /** Name, by which users choose it. */
  readonly name: string;
  /** One sentence for `--help`. */
  readonly summary: string;
  /** The publication that defines it. */
  readonly source: string;
  /** Its numbers. */
  readonly values: readonly MetricValue[];
  /** Whether it is computed if the user chooses no metrics; expensive metrics are not. */
  readonly isDefault: boolean;
  /**
   * Returns why the metric does not apply to data, or `undefined` if it does.
   *
   * @param domain Points and display of the data.
   */
  unsuited(domain: Domain): string | undefined;
  /**
   * Prepares comparisons with a reference: everything that does not depend on the candidate.
   *
   * @param reference Real items.
   * @param context Settings.
   */
  prepare(reference: ItemSet, context: MetricContext): Promise<Comparison>;
}

/** `unsuited` of metrics of any data. */
export const anyData = (): undefined => undefined;
