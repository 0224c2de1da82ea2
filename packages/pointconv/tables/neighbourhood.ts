/**
 * The output points of a layer and their neighbours.
 *
 * Different clouds within a batch are concatenated: point p of cloud c becomes point `c · points + p`, and neighbours
 * are found within each cloud. Layers then operate on one list of points.
 * @module
 */
import {
  compile,
  type Compiled,
  type Device,
  disposeTree,
  showShape,
  type Tensor,
  tensor,
} from "@gasp/tensor";
import {
  type LayerIndices,
  layerIndices,
  type LayerPoints,
  type LayerPointsOptions,
} from "./layer_points.ts";
import type { PointSet } from "../search/point_set.ts";
import { takeRows } from "../search/take_rows.ts";

/**
 * The points of a layer, as indices into the concatenated clouds.
 *
 * @category PointConv
 */
export interface Neighbourhood {
  /** `[clouds · points out]`: the input point of each output point. */
  readonly centres: Int32Array;
  /** `[clouds · points out, neighbours]`; missing neighbours are replaced by the centre. */
  readonly neighbours: Int32Array;
  /** `[clouds · points out, neighbours]`: 1 for a neighbour, 0 for a missing one. Absent without a radius. */
  readonly present?: Float32Array;
  /** Neighbours per output point. */
  readonly k: number;
  /** Input points. */
  readonly inputs: PointSet;
  /** Output points. */
  readonly outputs: PointSet;
}

/**
 * Finds the points of a stack of layers repeatedly, for different coordinates.
 *
 * @category PointConv
 */
export interface NeighbourhoodSearch {
  /**
   * Finds the points of every layer.
   *
   * @param inputs Input points of the first layer.
   * @throws {RangeError} If a layer requests more points or neighbours than there are.
   */
  find(inputs: PointSet): Promise<Neighbourhood[]>;
  /** Frees the programs of the search. */
  release(): void;
}

/**
 * Prepares the search for the points of a stack of layers.
 *
 * @param layers Layers in order.
 * @param options Norm, start, and device of the search; on `wasm` tables are exact.
 *
 * @example The same layers over the points of every step
 * ```ts
 * import { neighbourhoodSearch, pointSet } from "@gasp/pointconv";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const search = neighbourhoodSearch([{ points: 2, neighbours: 1 }], { device: reference });
 * for (const far of [5, 7]) {
 *   const [found] = await search.find(pointSet(Float32Array.of(0, 1, far), [3, 1]));
 *   assertEquals(found!.outputs.coordinates, Float32Array.of(0, far));
 * }
 * search.release();
 * ```
 *
 * @category PointConv
 */
export function neighbourhoodSearch(
  layers: readonly LayerPoints[],
  options: LayerPointsOptions & { readonly device: Device },
): NeighbourhoodSearch {
  const { device } = options;
  const byClouds = new Map<number, Compiled<[Tensor], LayerIndices[]>>();
  const search = (clouds: number) => {
    let compiled = byClouds.get(clouds);
    if (!compiled) {
      compiled = compile((coordinates: Tensor): LayerIndices[] => {
        return layerIndices({ coordinates, clouds, points: coordinates.shape[0]! / clouds }, layers, options);
      }, { device });
      byClouds.set(clouds, compiled);
    }
    return compiled;
  };
  return {
    async find(inputs) {
      const { coordinates, clouds, points, dimension } = inputs;
      const found = await search(clouds)(tensor(coordinates, [clouds * points, dimension]));
      const neighbourhoods: Neighbourhood[] = [];
      for (const [i, indices] of found.entries()) {
        const neighbourhood = await read(indices, neighbourhoods.at(-1)?.outputs ?? inputs);
        // Marked even if none is missing, so that tables of other coordinates have the same structure
        neighbourhoods.push(layers[i]!.radius === undefined ? neighbourhood : withoutMissing(neighbourhood));
      }
      disposeTree(found);
      return neighbourhoods;
    },
    release: () => byClouds.forEach((compiled) => compiled.release()),
  };
}

async function read(
  { centres, neighbours, outputs }: LayerIndices,
  inputs: PointSet,
): Promise<Neighbourhood> {
  const { clouds, points, dimension } = inputs;
  const chosen = centres && Int32Array.from(await centres.data());
  return {
    centres: chosen ?? Int32Array.from({ length: clouds * points }, (_, i) => i),
    neighbours: Int32Array.from(await neighbours.data()),
    k: neighbours.shape[1]!,
    inputs,
    outputs: chosen
      ? {
        coordinates: Float32Array.from(await outputs.data()),
        clouds,
        points: chosen.length / clouds,
        dimension,
      }
      : inputs,
  };
}

/** Replaces missing neighbours by the centre, and marks them. */
function withoutMissing(neighbourhood: Neighbourhood): Neighbourhood {
  const { centres, neighbours, k } = neighbourhood;
  return {
    ...neighbourhood,
    neighbours: neighbours.map((point, i) => (point < 0 ? centres[Math.floor(i / k)]! : point)),
    present: Float32Array.from(neighbours, (point) => (point < 0 ? 0 : 1)),
  };
}

/**
 * Finds the points of a stack of layers once.
 *
 * @param inputs Input points of the first layer.
 * @param layers Layers in order.
 * @param options Norm, start, and device of the search.
 * @throws {RangeError} If a layer requests more points or neighbours than there are.
 *
 * @example Two layers: three of five points on a line, then one
 * ```ts
 * import { findNeighbourhoods, pointSet } from "@gasp/pointconv";
 * import { reference } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const points = pointSet(Float32Array.of(0, 1, 2, 3, 4), [5, 1]);
 * const layers = [{ points: 3, neighbours: 2 }, { points: 1, neighbours: 3 }];
 * const [first, second] = await findNeighbourhoods(points, layers, { device: reference });
 * assertEquals(first!.centres, Int32Array.of(0, 4, 2));
 * assertEquals(second!.outputs.coordinates, Float32Array.of(0));
 * ```
 *
 * @category PointConv
 */
export async function findNeighbourhoods(
  inputs: PointSet,
  layers: readonly LayerPoints[],
  options: LayerPointsOptions & { readonly device: Device },
): Promise<Neighbourhood[]> {
  const search = neighbourhoodSearch(layers, options);
  try {
    return await search.find(inputs);
  } finally {
    search.release();
  }
}

/**
 * Creates a neighbourhood from existing tables.
 *
 * @param inputs Input points.
 * @param subsample `[clouds, points out]`, indices within each cloud; `undefined` for all points in order.
 * @param neighbours `[clouds, points out, k]`, indices within each cloud.
 * @param k Neighbours per output point.
 * @throws {RangeError} If the sizes do not match or an index is out of range.
 * @category PointConv
 */
export function neighbourhoodFrom(
  inputs: PointSet,
  subsample: Int32Array | undefined,
  neighbours: Int32Array,
  k: number,
): Neighbourhood {
  const { clouds, dimension } = inputs;
  const points = subsample ? subsample.length / clouds : inputs.points;
  if (!Number.isInteger(points) || neighbours.length !== clouds * points * k) {
    throw new RangeError(
      `tables for ${clouds} clouds need shapes ${showShape([clouds, points])} and ` +
        `${showShape([clouds, points, k])}, got ${subsample?.length} and ${neighbours.length} indices`,
    );
  }
  const centres = joined(subsample ?? everyPoint(inputs), inputs, points);
  return {
    centres,
    neighbours: joined(neighbours, inputs, points * k),
    k,
    inputs,
    outputs: {
      coordinates: takeRows(inputs.coordinates, centres, dimension),
      clouds,
      points,
      dimension,
    },
  };
}

function everyPoint({ clouds, points }: PointSet): Int32Array {
  return Int32Array.from({ length: clouds * points }, (_, i) => i % points);
}

function joined(index: Int32Array, { points }: PointSet, perCloud: number): Int32Array {
  return index.map((point, i) => {
    if (point < 0 || point >= points) {
      throw new RangeError(`index ${i} of the table is ${point}, but points are 0 to ${points - 1}`);
    }
    return Math.floor(i / perCloud) * points + point;
  });
}
