/**
 * Tables of a discriminator's layers from the index tables of a fixture.
 * @module
 */
import {
  type ConvTables,
  convTables,
  type Neighbourhood,
  type PointSet,
  type PoolTables,
  poolTables,
} from "@gasp/pointconv";
import type { NumberedLayer } from "../methods/gasp/discriminators/pointconv/layers.ts";
import type { Fixture } from "./fixture.ts";
import { storedNeighbourhood } from "./shared.ts";

/** Tables and neighbourhoods of the layers. */
export interface StoredTables {
  /** Tables in the order of the layers. */
  readonly tables: readonly (ConvTables | PoolTables)[];
  /** Neighbourhoods in the order of the layers. */
  readonly neighbourhoods: readonly Neighbourhood[];
}

/**
 * Builds the tables of all layers.
 *
 * @param fixture Fixture with index tables.
 * @param layers Layers with their indices.
 * @param coordinates Points of the input features.
 * @param prefix Prefix of the tables' names before `layer0.neighbors`: `idx.` or `idx.step1.`.
 */
export function storedTables(
  fixture: Fixture,
  layers: readonly NumberedLayer[],
  coordinates: PointSet,
  prefix: string,
): StoredTables {
  let points = coordinates;
  const neighbourhoods = layers.map(({ index }) => {
    const neighbourhood = storedNeighbourhood(fixture, points, `${prefix}layer${index}.`);
    points = neighbourhood.outputs;
    return neighbourhood;
  });
  const tables = neighbourhoods.map((neighbourhood, i) =>
    layers[i]!.config.kind === "conv" ? convTables(neighbourhood) : poolTables(neighbourhood)
  );
  return { tables, neighbourhoods };
}
