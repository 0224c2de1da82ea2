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
import type { PointTables as HostTables } from "../core/discriminator.ts";
import type { PointConvConfig } from "./config.ts";

/** What decides which tables are needed. */
export type PointConvLayers = Pick<PointConvConfig, "layers" | "norm">;

/** Tables of every layer, in order. */
export type DiscriminatorTables = readonly (ConvTables | PoolTables)[];

/** How tables are made. */
export interface DiscriminatorTableOptions extends ConvTableOptions {
  /** What searches; on `wasm` tables are exact. */
  readonly device: Device;
}

/** Offsets that are mostly distinct are all kept; this is the part from which on. */
const MOSTLY_DISTINCT = 0.7;
/** Other points may have so many more distinct offsets than those that were looked at. */
const CAPACITY_MARGIN = 1.1;

/** Makes the tables of a discriminator, again and again for other coordinates. */
export class TableMaker implements HostTables<DiscriminatorTables> {
  readonly #discriminator: PointConvLayers;
  readonly #search: NeighbourhoodSearch;
  /** For each layer. */
  #options: readonly ConvTableOptions[];

  /**
   * Searches nothing yet.
   *
   * @param discriminator Its layers and norm.
   * @param options How offsets are kept, and what searches.
   */
  constructor(discriminator: PointConvLayers, options: DiscriminatorTableOptions) {
    const { layers, norm } = discriminator;
    this.#discriminator = discriminator;
    this.#options = layers.map(() => options);
    this.#search = neighbourhoodSearch(layers, { norm, device: options.device });
  }

  /**
   * True if calibration has found that nearly all offsets of every layer are distinct, so that a program can search as well.
   */
  get areTraced(): boolean {
    const { layers } = this.#discriminator;
    return this.#options.every(({ distinctBelow }, i) => layers[i]!.kind === "pool" || distinctBelow === 0);
  }

  /**
   * Fixes the shapes of tables for coordinates that change, so that one program serves all of them: whether a layer keeps
   * every offset, and how many distinct ones it has room for.
   *
   * @param samples Some of the coordinates.
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
   * The tables of all layers.
   *
   * @param coordinates One cloud for the whole batch, or one for each example.
   * @throws {RangeError} If a layer asks for more points or neighbours than there are.
   */
  async make(coordinates: PointSet): Promise<DiscriminatorTables> {
    const { layers } = this.#discriminator;
    return (await this.#search.find(coordinates)).map((neighbourhood, i) =>
      layers[i]!.kind === "conv" ? convTables(neighbourhood, this.#options[i]) : poolTables(neighbourhood)
    );
  }

  /** Frees what it holds on the device. */
  release(): void {
    this.#search.release();
  }
}

/**
 * Builds the tables of all layers for a set of coordinates, once.
 *
 * @param coordinates One cloud for the whole batch, or one for each example.
 * @param discriminator Its layers and norm.
 * @param options How offsets are kept, and what searches.
 * @throws {RangeError} If a layer asks for more points or neighbours than there are.
 */
export async function discriminatorTables(
  coordinates: PointSet,
  discriminator: PointConvLayers,
  options: DiscriminatorTableOptions,
): Promise<DiscriminatorTables> {
  const maker = new TableMaker(discriminator, options);
  try {
    return await maker.make(coordinates);
  } finally {
    maker.release();
  }
}

/**
 * The tables of all layers made within a program, for coordinates that change from call to call.
 *
 * @param coordinates f32, `[points, dimension]` shared by the batch, or `[batch, points, dimension]`.
 * @param discriminator Its layers and norm.
 * @throws {RangeError} If a layer asks for more points or neighbours than there are.
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
    const make = layer.kind === "conv" ? tracedConvTables : tracedPoolTables;
    const tables = scope("tables", () => make(inputs, indices, layer));
    inputs = { coordinates: indices.outputs, clouds: clouds!, points: layer.points };
    return tables;
  });
}
