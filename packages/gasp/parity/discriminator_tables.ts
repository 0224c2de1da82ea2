/**
 * Tables of a whole discriminator from the index tables of a fixture.
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

/** Tables of the layers, and the points of each. */
export interface StoredTables {
  /** In the order of the configuration. */
  readonly tables: readonly (ConvTables | PoolTables)[];
  /** In the order of the configuration. */
  readonly neighbourhoods: readonly Neighbourhood[];
}

/**
 * Builds tables layer by layer.
 *
 * @param fixture The file.
 * @param layers Layers with their numbers.
 * @param coordinates Points of the features.
 * @param prefix What stands before `layer0.neighbors`: `idx.` or `idx.step1.`.
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
