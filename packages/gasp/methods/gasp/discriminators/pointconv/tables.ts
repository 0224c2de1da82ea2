/**
 * The tables of the discriminator's layers for a set of coordinates.
 * @module
 */
import {
  type CloudTensor,
  type ConvTableOptions,
  type ConvTables,
  convTables,
  countDistinctOffsets,
  layerIndices,
  type NeighbourhoodSearch,
  neighbourhoodSearch,
  type PointSet,
  type PoolTables,
  poolTables,
  tracedConvTables,
  tracedPoolTables,
} from "@gasp/pointconv";
import { type Device, reshape, scope, type Tensor } from "@gasp/tensor";
import type { PointTableBuilder } from "../core/discriminator.ts";
import type { PointConvConfig } from "./config.ts";

/**
 * The part of the configuration that tables depend on.
 *
 * @category Training methods
 */
export type PointConvLayers = Pick<PointConvConfig, "layers" | "norm">;

/**
 * Tables of every layer, in order.
 *
 * @category Training methods
 */
export type DiscriminatorTables = readonly (ConvTables | PoolTables)[];

/**
 * How tables are built.
 *
 * @category Training methods
 */
export interface DiscriminatorTableOptions extends ConvTableOptions {
  /** Device for the neighbour search; on `wasm` tables are exact. */
  readonly device: Device;
}

/** Fraction of distinct offsets from which offsets are not deduplicated. */
const MOSTLY_DISTINCT = 0.7;
/** Capacity for distinct offsets, relative to the most found during calibration. */
const CAPACITY_MARGIN = 1.1;

/**
 * Builds the tables of a discriminator for one set of coordinates after another.
 *
 * @category Training methods
 */
export class TableBuilder implements PointTableBuilder<DiscriminatorTables> {
  readonly #discriminator: PointConvLayers;
  readonly #search: NeighbourhoodSearch;
  /** Options of each layer. */
  #options: readonly ConvTableOptions[];

  /**
   * Constructs a builder.
   *
   * @param discriminator Layers and norm of the discriminator.
   * @param options Deduplication of offsets, and the device for the search.
   */
  constructor(discriminator: PointConvLayers, options: DiscriminatorTableOptions) {
    const { layers, norm } = discriminator;
    this.#discriminator = discriminator;
    this.#options = layers.map(() => options);
    this.#search = neighbourhoodSearch(layers, { norm, device: options.device });
  }

  /**
   * Whether calibration found nearly all offsets of every layer to be distinct, in which case tables are computed in the
   * program instead.
   */
  get areTraced(): boolean {
    const { layers } = this.#discriminator;
    return this.#options.every(({ distinctBelow }, i) => layers[i]!.kind === "pool" || distinctBelow === 0);
  }

  /**
   * Fixes the shapes of tables for coordinates that change from step to step, so that one program serves all of them:
   * whether a layer deduplicates offsets, and its capacity for distinct ones.
   *
   * @param samples Representative sets of coordinates.
   */
  async calibrate(samples: readonly PointSet[]): Promise<void> {
    const most = this.#discriminator.layers.map(() => 0);
    let totals: readonly number[] = [];
    for (const sample of samples) {
      const found = await this.#search.find(sample);
      totals = found.map(({ neighbours }) => neighbours.length);
      found.forEach((neighbourhood, i) => most[i] = Math.max(most[i]!, countDistinctOffsets(neighbourhood)));
    }
    this.#options = most.map((count, i) =>
      count >= MOSTLY_DISTINCT * totals[i]!
        ? { distinctBelow: 0 }
        : { distinctBelow: Infinity, distinctMultiple: Math.ceil(CAPACITY_MARGIN * count) }
    );
  }

  /**
   * Builds the tables of all layers.
   *
   * @param coordinates One cloud for the whole batch, or one for each example.
   * @throws {RangeError} If a layer needs more points or neighbours than there are.
   */
  async build(coordinates: PointSet): Promise<DiscriminatorTables> {
    const { layers } = this.#discriminator;
    return (await this.#search.find(coordinates)).map((neighbourhood, i) =>
      layers[i]!.kind === "conv" ? convTables(neighbourhood, this.#options[i]) : poolTables(neighbourhood)
    );
  }

  /** Frees its buffers on the device. */
  release(): void {
    this.#search.release();
  }
}

/**
 * Builds the tables of all layers for a single set of coordinates.
 *
 * @param coordinates One cloud for the whole batch, or one for each example.
 * @param discriminator Layers and norm of the discriminator.
 * @param options Deduplication of offsets, and the device for the search.
 * @throws {RangeError} If a layer needs more points or neighbours than there are.
 * @category Training methods
 *
 * @example Four points, each with its two nearest
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { discriminatorTables } from "@gasp/gasp";
 * import { reference } from "@gasp/tensor";
 *
 * const points = { coordinates: Float32Array.of(0, 1, 2, 3), clouds: 1, points: 4, dimension: 1 };
 * const layers = [{ kind: "pool", points: 2, neighbours: 2 }] as const;
 * const tables = await discriminatorTables(points, { layers, norm: 2 }, { device: reference });
 * assertEquals(tables.length, 1); // one for each layer
 * ```
 */
export async function discriminatorTables(
  coordinates: PointSet,
  discriminator: PointConvLayers,
  options: DiscriminatorTableOptions,
): Promise<DiscriminatorTables> {
  const builder = new TableBuilder(discriminator, options);
  try {
    return await builder.build(coordinates);
  } finally {
    builder.release();
  }
}

/**
 * Builds the tables of all layers as tensor expressions, for coordinates that change from call to call.
 *
 * @param coordinates f32, `[points, dimension]` shared by the batch, or `[batch, points, dimension]`.
 * @param discriminator Layers and norm of the discriminator.
 * @throws {RangeError} If a layer needs more points or neighbours than there are.
 * @category Training methods
 */
export function tracedDiscriminatorTables(
  coordinates: Tensor,
  { layers, norm }: PointConvLayers,
): DiscriminatorTables {
  const [clouds, points, dimension] = coordinates.rank === 2 ? [1, ...coordinates.shape] : coordinates.shape;
  let inputs: CloudTensor = {
    coordinates: reshape(coordinates, [clouds! * points!, dimension!]),
    clouds: clouds!,
    points: points!,
  };
  const found = scope("search", () => layerIndices(inputs, layers, { norm }));
  return found.map((indices, i) => {
    const layer = layers[i]!;
    const build = layer.kind === "conv" ? tracedConvTables : tracedPoolTables;
    const tables = scope("tables", () => build(inputs, indices, layer));
    inputs = { coordinates: indices.outputs, clouds: clouds!, points: layer.points };
    return tables;
  });
}
