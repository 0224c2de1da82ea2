/**
 * Feature spaces: maps from items to vectors in which sets of items are compared.
 *
 * @module
 */
import { type Device, requireMemory } from "@gasp/tensor";
import { UserError } from "../../config/user_error.ts";
import { blocksOf, type Domain, type Items } from "./items.ts";

/**
 * A map from items to feature vectors.
 *
 * @category Metrics
 */
export interface FeatureSpace {
  /** Name, such as `pixels`. */
  readonly name: string;
  /** Dimension of a feature vector. */
  readonly dimensions: number;
  /** What a reader needs to know to repeat a number: sizes, hashes of weights. */
  readonly protocol: Readonly<Record<string, string | number>>;
  /**
   * Computes the features of some items.
   *
   * @param values Values of the items, `[count, points, features]`.
   * @param count Number of items.
   * @returns `[count, dimensions]`.
   */
  extract(values: Float32Array, count: number): Promise<Float32Array | Float64Array>;
  /** Frees resources on devices. */
  release?(): void;
}

/**
 * What a feature space may depend on.
 *
 * @category Metrics
 */
export interface FeatureRequest {
  /** The real items that others are compared with. */
  readonly reference: Items;
  /** Points and display of the items. */
  readonly domain: Domain;
  /** Device to compute on. */
  readonly device: Device;
}

/**
 * Opens a feature space, fitted to the reference if it depends on data.
 *
 * @category Metrics
 */
export type OpenFeatures = (request: FeatureRequest) => FeatureSpace | Promise<FeatureSpace>;

/**
 * Feature vectors of a set of items.
 *
 * @category Metrics
 */
export interface Features {
  /** `[count, dimensions]`. */
  readonly rows: Float32Array | Float64Array;
  /** Number of items. */
  readonly count: number;
  /** Dimension of a vector. */
  readonly dimensions: number;
}

/**
 * A set of items with their features, which are computed once for each space.
 *
 * @category Metrics
 */
export class ItemSet {
  /** The items. */
  readonly items: Items;
  readonly #features: Map<FeatureSpace, Promise<Features>> = new Map();
  readonly #report: (done: number) => void;

  /**
   * Constructs a set.
   *
   * @param items The items.
   * @param report Called after each block with the number of items done.
   */
  constructor(items: Items, report: (done: number) => void = () => {}) {
    this.items = items;
    this.#report = report;
  }

  /**
   * Returns the features of all items.
   *
   * @param space Feature space.
   * @throws {MemoryError} If they do not fit in memory.
   * @throws {UserError} If they are not finite.
   */
  features(space: FeatureSpace): Promise<Features> {
    const known = this.#features.get(space);
    if (known) return known;
    const computed = this.#compute(space);
    this.#features.set(space, computed);
    return computed;
  }

  async #compute(space: FeatureSpace): Promise<Features> {
    const { dimensions } = space, { count } = this.items;
    const bytes = (samples: number) => 8 * samples * dimensions;
    requireMemory({
      purpose: `the ${space.name} features of ${count} items`,
      bytes: bytes(count),
      parameters: [{ name: "samples", value: count, bytes }],
    });
    let rows: Float32Array | Float64Array | undefined;
    for await (const block of blocksOf(this.items)) {
      const features = await space.extract(block.values, block.count);
      if (!features.every(Number.isFinite)) {
        throw new UserError(
          `items ${block.first} to ${
            block.first + block.count
          } have ${space.name} features that are not finite: ` +
            "a model with such samples has diverged",
        );
      }
      rows ??= features instanceof Float64Array
        ? new Float64Array(count * dimensions)
        : new Float32Array(count * dimensions);
      rows.set(features, block.first * dimensions);
      this.#report(block.first + block.count);
    }
    return { rows: rows ?? new Float32Array(), count, dimensions };
  }
}
